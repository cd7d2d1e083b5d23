"""What becomes of a flow that people log in through: what stays, for how long, and what is built beside."""

from __future__ import annotations

from typing import Any

import pytest

from provisioning import plan, report
from provisioning.observed import Observed
from provisioning.plan import Plan

DAY = 86_400


def flow(alias: str, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    executions = [{"requirement": "REQUIRED", "priority": 10 * n, **each} for n, each in enumerate(steps)]
    return {"alias": alias, "id": f"id of {alias}", "authenticationExecutions": executions, **more}


def a(name: str, **more: Any) -> dict[str, Any]:
    return {"authenticator": name, **more}


BEFORE, AFTER = flow("mine", a("old")), flow("mine", a("new"), a("newer"))
BUILT_IN = flow("browser", a("cookie"), builtIn=True)
FORM = flow("form", a("create"), topLevel=False, providerId="form-flow")


def planned(
    before: list[dict[str, Any]], after: list[dict[str, Any]], *, config: Any = None, **realm: Any
) -> Plan:
    """The plan from some flows to others, a day after 1970 began; `mine` is bound."""
    export = {
        "browserFlow": "mine",
        "authenticationFlows": [*before, BUILT_IN],
        "authenticatorConfig": config or [],
        "accessCodeLifespanLogin": 3540,
        **realm,
    }
    declared = {"authenticationFlows": after, "authenticatorConfig": config or []}
    return plan.make(declared, Observed("r", exists=True, export=export, at=DAY))


def beside(found: Plan) -> bool:
    return "built beside the present one" in report.as_text(found)


def test_a_bound_flow_is_built_beside_where_a_change_takes_several_steps() -> None:
    told = report.as_text(planned([BEFORE], [AFTER]))
    assert 'mine (as a whole): "built beside the present one, and bound in one call' in told
    assert 'mine - retired 1 (retired): "stays 60 min for who stands in it' in told


def test_so_is_one_that_only_a_client_binds() -> None:
    client = {"clientId": "c", "authenticationFlowBindingOverrides": {"browser": "id of mine"}}
    assert beside(planned([BEFORE], [AFTER], browserFlow="browser", clients=[client]))


def test_of_two_changes_in_a_row_each_keeps_the_flow_that_it_replaced() -> None:
    there = [BEFORE, flow("mine - retired 1", a("older"))]
    assert "mine - retired 2" in report.as_text(planned(there, [AFTER]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([a("x")], [a("x"), a("new")]),
        ([a("x"), a("y")], [a("x")]),
        ([a("x")], [a("x", requirement="ALTERNATIVE")]),
        ([a("x")], [a("x"), a("y", requirement="DISABLED"), a("z", requirement="DISABLED")]),
        # What is out of reach already: steps that were kept for who stood in them.
        ([a("x"), a("y", requirement="ALTERNATIVE"), a("z", requirement="ALTERNATIVE")], [a("x")]),
    ],
)
def test_what_logins_see_happen_in_one_call_is_done_in_place(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    found = planned([flow("mine", *before)], [flow("mine", *after)])
    assert not found.empty
    assert not beside(found)


@pytest.mark.parametrize(
    "realm",
    [
        {"browserFlow": "browser"},
        {"identityProviders": [{"alias": "i", "firstBrokerLoginFlowAlias": "mine"}]},
        {"clientProfiles": {"profiles": [{"executors": [{"configuration": {"auth-flow-alias": "mine"}}]}]}},
    ],
)
def test_in_place_is_what_nobody_logs_in_by_and_what_others_know_by_its_id_or_name(
    realm: dict[str, Any],
) -> None:
    found = planned([BEFORE], [AFTER], **realm)
    assert not found.empty
    assert not beside(found)


def test_in_place_is_a_flow_with_a_form_whose_sending_makes_an_account() -> None:
    page = a("page", flowAlias="form")
    found = planned([flow("mine", page), FORM], [flow("mine", a("new"), a("newer"), page), FORM])
    assert not found.empty
    assert not beside(found)


@pytest.mark.parametrize("config", [{"key": "**********"}, {"flow_to_check": "some"}])
def test_in_place_is_what_cannot_take_another_name(config: dict[str, str]) -> None:
    step = a("old", authenticatorConfig="c")
    settings = [{"alias": "c", "config": config}]
    found = planned([flow("mine", step)], [flow("mine", step, a("new"), a("newer"))], config=settings)
    assert not found.empty
    assert not beside(found)


def test_a_form_under_another_alias_is_the_same_form() -> None:
    page, other = a("page", flowAlias="form"), a("page", flowAlias="other")
    found = planned([flow("mine", page), FORM], [flow("mine", other), {**FORM, "alias": "other"}])
    (change,) = found.changes
    assert [(each.path, each.before, each.after) for each in change.fields] == [
        ("other.alias", "form", "other")
    ]


PRUNED = {"provisioning": {"prune": {"authenticationFlows": "undeclared"}}, "authenticationFlows": []}
NOTE = "provisioning.retired.mine"


def pruned(**realm: Any) -> list[str]:
    """What a plan at that moment says of `mine`, which is declared no more."""
    export = {"authenticationFlows": [BEFORE, BUILT_IN], "accessCodeLifespanLogin": 3540, **realm}
    found = plan.make({"browserFlow": "browser", **PRUNED}, Observed("r", True, export, at=DAY))
    return [line for line in report.as_text(found).splitlines() if "flow mine" in line or "stays" in line]


def test_a_pruned_flow_that_nobody_logs_in_by_goes_at_once() -> None:
    assert pruned(browserFlow="browser") == ["- authentication flow mine"]


def test_a_pruned_flow_that_logins_go_through_stays_as_long_as_one_may_last() -> None:
    assert pruned(browserFlow="mine") == [
        "~ authentication flow mine",
        '    + mine (retired): "stays 60 min for who stands in it, then an apply removes it"',
    ]


@pytest.mark.parametrize(("until", "told"), [(DAY + 1, []), (DAY, ["- authentication flow mine"])])
def test_it_goes_when_no_login_can_stand_in_it_any_more_and_not_before(until: int, told: list[str]) -> None:
    assert pruned(browserFlow="browser", attributes={NOTE: f'{{"mine": {until}}}'}) == told


def test_what_was_put_aside_goes_whatever_is_pruned_and_nobody_need_allow_it() -> None:
    aside = flow("mine - retired 1", a("old"))
    note = {"provisioning.retired.mine - retired 1": f'{{"mine - retired 1": {DAY}}}'}
    found = planned([AFTER, aside], [AFTER], attributes=note)
    assert [str(change) for change in found.changes] == ["delete authentication flow mine - retired 1"]
    assert found.dangers == ()
    assert planned([AFTER, aside], [AFTER]).empty  # without the mark it is somebody else's
