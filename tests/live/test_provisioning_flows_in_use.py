"""Flows changed while people log in and register through them: nobody fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from provisioning import defaults, drift, engine, importing, report
from provisioning.dangers import DangerError
from provisioning.observed import Observed
from stack.keycloak import Keycloak
from tests.support.flows_in_use import (
    FORM,
    NEW_FORMS,
    OLD_FORMS,
    PRUNE,
    RESTRUCTURED,
    TWICE,
    InUse,
    Watched,
    configuration,
    step,
)
from tests.support.people import PASSWORD, Opened
from tests.support.provisioned import realm_of


@pytest.fixture
def in_use(keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[InUse]:
    with realm_of(request.node.name, keycloak_server, tmp_path) as realm:
        made = InUse(realm, tmp_path)
        made.apply(**configuration())
        yield made


@pytest.fixture
def in_an_hour(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Once called, what is observed is observed an hour later."""
    now = Observed.__init__

    def later(self: Observed, *arguments: object, **options: object) -> None:
        now(self, *arguments, **options)  # type: ignore[arg-type]
        self.at += 3600

    return lambda: monkeypatch.setattr(Observed, "__init__", later)


ONE_OF_SEVERAL = [step("auth-username-password-form", 10, "ALTERNATIVE")]
CHANGES: dict[str, dict[str, Any]] = {
    "restructured": {**RESTRUCTURED, "provisioning": PRUNE},
    "a way of several": {**configuration(ONE_OF_SEVERAL), "provisioning": PRUNE},
    "under other names": {**configuration(NEW_FORMS, FORM[:2], "other"), "provisioning": PRUNE},
}


def test_logins_and_registrations_in_progress_all_end_well_while_their_flows_change(in_use: InUse) -> None:
    people = in_use.people
    people.register("anna")
    in_use.apply(**configuration(), provisioning=PRUNE)
    with ThreadPoolExecutor(3) as threads:
        coming = [threads.submit(people.keep_coming) for _ in range(3)]
        for content in CHANGES.values():
            people.wait_for(6)
            in_use.apply(**content)
        people.wait_for(6)
        people.stopping = True
    for each in coming:
        each.result()
    assert people.failures == []
    assert people.done >= 24


@pytest.mark.parametrize("change", CHANGES)
def test_whoever_comes_or_stands_somewhere_at_any_call_of_a_change_gets_in(
    in_use: InUse, change: str
) -> None:
    people, numbers = in_use.people, count()
    people.register("anna")
    in_use.apply(**configuration(OLD_FORMS if change == "restructured" else NEW_FORMS), provisioning=PRUNE)

    def standing() -> tuple[Opened, Opened, Opened]:
        """On the login page, on the one with the password, on the registration form."""
        browser, page = people.open()
        second = browser, browser.submit(page.form, {"username": "anna", "password": PASSWORD})
        return people.open(), second, people.registration()

    stood: list[str] = []

    def sent(call: str, before: tuple[Opened, Opened, Opened]) -> None:
        first, second, form = before
        pages = [people.log_in("anna"), people.log_in("anna", first), people.log_in("anna", second)]
        pages.append(people.register(f"late-{next(numbers)}", form))
        stood.extend(f"{call}: {page.described()}" for page in pages if not page.returned)

    gateway = Watched(in_use.realm.gateway.login, standing, sent)
    in_use.apply(by=gateway, **CHANGES[change])
    assert stood == []
    assert next(numbers) > 5


def test_a_change_of_several_steps_is_built_beside_and_the_plan_says_so_in_every_format(
    in_use: InUse, in_an_hour: Callable[[], None]
) -> None:
    before = in_use.steps()["our forms"]["flowId"]
    plan = in_use.plan(**RESTRUCTURED)
    beside = "built beside the present one, and bound in one call when it is whole"
    stays = "stays 31 min for who stands in it, then an apply removes it"
    for told in (report.as_text(plan), report.as_markdown(plan), report.as_json(plan)):
        assert beside in told
        assert "our browser - retired 1" in told
        assert stays in told
    assert in_use.apply(**RESTRUCTURED) == (
        "update authentication flow our browser",
        "update authentication flow our registration",
    )
    assert in_use.apply(**RESTRUCTURED) == ()
    assert in_use.steps("our browser - retired 1")["our forms - retired 1"]["flowId"] == before
    assert in_use.notes() == ["provisioning.retired.our browser - retired 1"]
    in_an_hour()
    assert in_use.apply(**RESTRUCTURED) == ("delete authentication flow our browser - retired 1",)
    assert in_use.flows() == ["our browser", "our registration"]
    assert in_use.notes() == []
    assert in_use.apply(**RESTRUCTURED) == ()


def test_a_flow_that_was_put_aside_is_no_drift_and_not_imported(in_use: InUse) -> None:
    in_use.apply(**RESTRUCTURED)
    gateway, name = in_use.realm.gateway, in_use.realm.name
    observed = engine.look({}, gateway, name, everything=True)
    usual = defaults.load(gateway.server_version(), name)
    found = drift.find(in_use.declared(**RESTRUCTURED), observed, usual)
    assert [each.title for each in found if "retired" in each.title] == []
    assert "retired" not in str(importing.configuration(observed, usual))


def test_a_step_that_leaves_stays_out_of_reach_until_nobody_can_stand_in_it_and_the_plan_says_so(
    in_use: InUse, in_an_hour: Callable[[], None]
) -> None:
    in_use.apply(**configuration(TWICE))
    (change,) = in_use.plan(**configuration()).changes
    told = [f"{each.path}: {each.before} → {each.after}" for each in change.fields]
    assert "our forms / auth-password-form.requirement: REQUIRED → ALTERNATIVE" in told
    assert any(
        line.startswith("our forms / auth-password-form (retired): None → stays 31 min") for line in told
    )
    in_use.apply(**configuration())
    assert in_use.steps()["auth-password-form"]["requirement"] == "ALTERNATIVE"
    assert in_use.apply(**configuration()) == ()
    in_an_hour()
    assert in_use.apply(**configuration()) == ("update authentication flow our browser",)
    assert "auth-password-form" not in in_use.steps()
    assert in_use.notes() == []
    assert in_use.apply(**configuration()) == ()


def test_a_step_that_comes_back_before_it_is_gone_is_the_same_one(in_use: InUse) -> None:
    in_use.apply(**configuration(TWICE))
    before = in_use.steps()["auth-password-form"]
    in_use.apply(**configuration())
    in_use.apply(**configuration(TWICE))
    assert in_use.steps()["auth-password-form"] == before
    assert in_use.notes() == []


def test_a_whole_flow_that_is_replaced_and_pruned_stays_owned_until_nobody_can_stand_in_it(
    in_use: InUse, in_an_hour: Callable[[], None]
) -> None:
    in_use.apply(**configuration(), provisioning=PRUNE)
    others = {**configuration(NEW_FORMS, FORM, "other"), "provisioning": PRUNE}
    form = in_use.steps("our registration")["registration-page-form"]["id"]
    assert 'our browser (retired): "stays 31 min' in report.as_text(in_use.plan(**others))
    assert in_use.apply(**others) == (
        "update authentication flow our browser",
        "create authentication flow other browser",
        "update authentication flow other registration",
        "update realm",
        "update ownership us",
    )
    assert in_use.apply(**others) == ()
    assert in_use.flows() == ["other browser", "other registration", "our browser"]
    # The form that somebody may be filling in is the form still.
    assert in_use.steps("other registration")["registration-page-form"]["id"] == form
    in_an_hour()
    with pytest.raises(DangerError, match="delete 1: our browser"):
        in_use.apply(**others)
    assert in_use.apply("delete-authentication-flow", **others) == (
        "delete authentication flow our browser",
        "update ownership us",
    )
    assert in_use.flows() == ["other browser", "other registration"]
    assert in_use.notes() == ["provisioning.owner.us"]
    assert in_use.apply(**others) == ()


def test_a_new_flow_may_have_subflows_of_the_names_that_the_old_one_had(in_use: InUse) -> None:
    in_use.apply(**configuration(), provisioning=PRUNE)
    others = configuration()
    others["authenticationFlows"][0]["alias"] = others["browserFlow"] = "other browser"
    in_use.apply(**others, provisioning=PRUNE)
    assert in_use.apply(**others, provisioning=PRUNE) == ()
    assert in_use.steps("our browser").keys() - {"auth-cookie"} == {
        "our forms - retired 1",
        "auth-username-password-form",
    }
