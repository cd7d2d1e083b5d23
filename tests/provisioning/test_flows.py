"""The way from one flow to another: what is touched, and in which order."""

from __future__ import annotations

from typing import Any

import pytest

from provisioning.fingerprint import Fingerprints
from provisioning.problems import ProvisioningError
from provisioning.resources.flowtree import (
    Add,
    Adjust,
    Configure,
    Describe,
    Edit,
    Flow,
    Remove,
    Rename,
    Renew,
    edits,
    trees,
)
from provisioning.resources.sharing import with_renewals


def execution(step: str, **more: Any) -> dict[str, Any]:
    name = "flowAlias" if step.startswith("flow") else "authenticator"
    return {name: step, "requirement": "REQUIRED", **more}


def flow(*executions: dict[str, Any], below: dict[str, list[dict[str, Any]]] | None = None) -> Flow:
    flat: list[dict[str, Any]] = [
        {"alias": "top", "topLevel": True, "authenticationExecutions": list(executions)}
    ]
    for alias, children in (below or {}).items():
        flat.append({"alias": alias, "topLevel": False, "authenticationExecutions": children})
    configs = [{"alias": alias, "config": {"k": alias}} for alias in ("one", "two")]
    return trees(flat, configs)["top"]


def between(before: Flow, after: Flow) -> list[Edit]:
    return edits(before, after, "place", Fingerprints({}))


def test_equal_flows_need_no_edit() -> None:
    assert between(flow(execution("a"), execution("b")), flow(execution("a"), execution("b"))) == []


def test_a_step_put_in_front_leaves_the_others_alone() -> None:
    before = flow(execution("a", priority=20))
    after = flow(execution("new", priority=10), execution("a", priority=20))
    (edit,) = between(before, after)
    assert isinstance(edit, Add)
    assert (edit.flow, edit.execution.step, edit.execution.priority) == ("top", "new", 10)


def test_what_is_new_comes_before_what_goes() -> None:
    assert [type(edit) for edit in between(flow(execution("old")), flow(execution("new")))] == [Add, Remove]


def test_what_holds_a_needed_name_goes_first() -> None:
    before = flow(execution("old", authenticatorConfig="one"))
    after = flow(execution("new", authenticatorConfig="one"))
    assert [type(edit) for edit in between(before, after)] == [Remove, Add]


def test_a_subflow_that_moves_leaves_its_old_place_first() -> None:
    inner, outer = [execution("a")], [execution("flow inner")]
    before = flow(execution("flow outer"), below={"flow outer": outer, "flow inner": inner})
    after = flow(
        execution("flow outer"), execution("flow inner"), below={"flow outer": [], "flow inner": inner}
    )
    assert [(type(edit), edit.flow) for edit in between(before, after)] == [
        (Remove, "flow outer"),
        (Add, "top"),
    ]


def test_steps_that_swap_places_are_adjusted_not_rebuilt() -> None:
    before = flow(execution("a", priority=10), execution("b", priority=20))
    after = flow(execution("b", priority=10), execution("a", priority=20))
    assert [type(edit) for edit in between(before, after)] == [Adjust, Adjust]


def test_of_two_equal_steps_the_one_with_the_same_settings_is_meant() -> None:
    before = flow(
        execution("a", authenticatorConfig="one", priority=10),
        execution("a", authenticatorConfig="two", priority=20),
    )
    (edit,) = between(before, flow(execution("a", authenticatorConfig="two", priority=20)))
    assert isinstance(edit, Remove)
    assert edit.position == 0


def shared(*priorities: int, alias: str = "one") -> list[dict[str, Any]]:
    return [execution("a", authenticatorConfig=alias, priority=priority) for priority in priorities]


def test_who_stays_gets_shared_settings_anew_before_they_go_with_another() -> None:
    before = flow(*shared(10, 20))
    edits = with_renewals(before, between(before, flow(*shared(10))))
    assert [
        (type(edit), edit.position) for edit in edits if not isinstance(edit, (Add, Rename, Describe))
    ] == [
        (Renew, 0),
        (Remove, 1),
    ]


def test_shared_settings_that_change_are_made_anew_as_they_will_be() -> None:
    before = flow(*shared(10, 20))
    edits = with_renewals(before, between(before, flow(*shared(10, alias="two"))))
    # Under another alias they are the first one's own from then on, whoever had shared them.
    assert [type(edit) for edit in edits] == [Configure, Renew, Remove]
    (renewed,) = (edit for edit in edits if isinstance(edit, Renew))
    assert renewed.execution.config_alias == "two"


def test_settings_that_two_would_keep_are_not_taken_away() -> None:
    before = flow(*shared(10, 20, 30))
    with pytest.raises(ProvisioningError, match="a and a stay"):
        with_renewals(before, between(before, flow(*shared(10, 20))))


def test_settings_of_one_execution_go_with_it() -> None:
    before = flow(*shared(10), execution("b", priority=20))
    edits = between(before, flow(execution("b", priority=20)))
    assert with_renewals(before, edits) == edits


def test_settings_taken_away_are_a_change_of_the_step() -> None:
    (edit,) = between(flow(execution("a", authenticatorConfig="one")), flow(execution("a")))
    assert isinstance(edit, Configure)
    assert edit.after.config_alias is None
