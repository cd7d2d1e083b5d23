"""The way from one flow to another: what is touched, and in which order."""

from __future__ import annotations

from typing import Any

from provisioning.fingerprint import Fingerprints
from provisioning.resources.flowtree import Add, Adjust, Configure, Edit, Flow, Remove, edits, trees


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


def test_settings_taken_away_are_a_change_of_the_step() -> None:
    (edit,) = between(flow(execution("a", authenticatorConfig="one")), flow(execution("a")))
    assert isinstance(edit, Configure)
    assert edit.after.config_alias is None
