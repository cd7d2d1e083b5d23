"""A changed authentication flow as a tree: what stays, comes, goes and changes, at its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provisioning.change import Change, FieldChange
from provisioning.resources.flowtree import Execution, Flow, counterpart


@dataclass(frozen=True)
class Step:
    """One execution of the tree; `sign` is + (comes), - (goes), ~ (changes) or a blank."""

    sign: str
    name: str
    told: str
    below: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Line:
    """A step drawn: `branch` are the lines of the tree before its text."""

    sign: str
    branch: str
    text: str


def lines(change: Change) -> list[Line]:
    """The tree of a changed flow; empty for any other change."""
    return list(_drawn(steps(change), ""))


def says(field: FieldChange) -> bool:
    """Whether the tree already tells all of this field."""
    return field.path == "executions" or field.path.endswith((".requirement", ".priority"))


def steps(change: Change) -> tuple[Step, ...]:
    """The steps below a changed flow; empty for any other change."""
    before, after = change.observed, change.desired
    if not isinstance(after or before, Flow):
        return ()
    return _steps(before, after, frozenset(field.path for field in change.fields))


def _steps(before: Flow | None, after: Flow | None, changed: frozenset[str]) -> tuple[Step, ...]:
    flow = next((flow.alias for flow in (after, before) if flow), "")
    pairs = _pairs(before.executions if before else (), after.executions if after else ())
    return tuple(_step(flow, one, other, changed) for one, other in pairs)


def _step(flow: str, before: Execution | None, after: Execution | None, changed: frozenset[str]) -> Step:
    execution = after or before
    assert execution is not None  # noqa: S101 - a pair has at least one side
    below = _steps(before.flow if before else None, after.flow if after else None, changed)
    if before is None or after is None:
        return Step("+" if after else "-", execution.step, execution.requirement, below)
    prefix = f"{flow} / {execution.step}."
    settings = sorted(path[len(prefix) :] for path in changed if path.startswith(prefix))
    settings = [name for name in settings if name not in ("requirement", "priority")]
    told = [_arrow(before.requirement, after.requirement)]
    if before.priority != after.priority:
        told.append(f"priority {_arrow(before.priority, after.priority)}")
    if settings:
        told.append(f"settings: {', '.join(settings)}")
    differs = settings or (before.requirement, before.priority) != (after.requirement, after.priority)
    return Step("~" if differs else " ", execution.step, ", ".join(told), below)


def _arrow(before: object, after: object) -> str:
    return str(after) if before == after else f"{before} → {after}"


def _pairs(
    before: tuple[Execution, ...], after: tuple[Execution, ...]
) -> list[tuple[Execution | None, Execution | None]]:
    """Each step of either side with its counterpart, in the order of `after`; what goes, where it stood."""
    free = dict(enumerate(before))
    pairs: list[tuple[Execution | None, Execution | None]] = []
    places: dict[int, int] = {}
    for execution in after:
        position = counterpart(execution, free)
        if position is not None:
            places[position] = len(pairs)
        pairs.append((free.pop(position) if position is not None else None, execution))
    for position in sorted(free, reverse=True):
        ahead = [place for earlier, place in places.items() if earlier < position]
        pairs.insert(max(ahead, default=-1) + 1, (free[position], None))
    return pairs


def _drawn(found: tuple[Step, ...], margin: str) -> Iterator[Line]:
    for number, step in enumerate(found):
        last = number == len(found) - 1
        yield Line(step.sign, f"{margin}{'└─' if last else '├─'} ", f"{step.name} ({step.told})")
        yield from _drawn(step.below, f"{margin}{'   ' if last else '│  '}")
