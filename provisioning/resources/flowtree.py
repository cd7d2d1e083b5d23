"""Authentication flows as trees, and how one tree becomes another: pure.

Keycloak exports flows as a flat list in which executions name their subflows and settings by alias. Here a
flow is one nested value, and the way from what is to what is declared is a list of edits that each touch
one execution.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from provisioning.change import FieldChange
from provisioning.diff import differences
from provisioning.fingerprint import Fingerprints
from provisioning.nodes import MASK, Json
from provisioning.shapes import TextMap

_CONFIG = TextMap()
_FORM = "form-flow"


@dataclass(frozen=True)
class Execution:
    """A step of a flow: an authenticator, or a subflow (which may have an authenticator too: a form's
    page)."""

    authenticator: str | None
    requirement: str
    priority: int
    config_alias: str | None = None
    config: dict[str, Json] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    flow: Flow | None = None

    @property
    def step(self) -> str:
        """What it is, in a word: the subflow's alias or the authenticator."""
        return self.flow.alias if self.flow else str(self.authenticator)

    @property
    def form(self) -> bool:
        """Whether a form's page is in here."""
        return self.flow is not None and self.flow.form


@dataclass(frozen=True)
class Flow:
    """A flow and all that is in it, in order."""

    alias: str
    provider: str
    description: str
    executions: tuple[Execution, ...]
    built_in: bool = False
    top_level: bool = True

    @property
    def is_form(self) -> bool:
        """Whether it is the actions of one page, such as the registration form."""
        return self.provider == _FORM

    @property
    def form(self) -> bool:
        """Whether a form's page is in here."""
        return self.is_form or any(execution.form for execution in self.executions)

    def levels(self) -> Iterator[Flow]:
        """This flow and all below it."""
        yield self
        for execution in self.executions:
            if execution.flow:
                yield from execution.flow.levels()

    def names(self) -> set[str]:
        """Aliases of flows and settings in here: unique in a realm."""
        found = {f"flow {self.alias}"}
        for execution in self.executions:
            found |= names_of(execution)
        return found


def names_of(execution: Execution) -> set[str]:
    """The same for one execution and what is below it."""
    config = {f"config {execution.config_alias}"} if execution.config_alias else set()
    return config | (execution.flow.names() if execution.flow else set())


def aliases_of(execution: Execution) -> set[str]:
    """The settings of one execution and of what is below it."""
    own = {execution.config_alias} if execution.config_alias else set()
    below = execution.flow.executions if execution.flow else ()
    return own.union(*map(aliases_of, below))


def trees(flows: Iterable[dict[str, Any]], configs: Iterable[dict[str, Any]]) -> dict[str, Flow]:
    """Every top-level flow by alias, from the two flat lists of a RealmRepresentation."""
    by_alias = {flow["alias"]: flow for flow in flows if "alias" in flow}
    settings = {config["alias"]: config.get("config") or {} for config in configs if "alias" in config}
    return {
        alias: _tree(flow, by_alias, settings, ())
        for alias, flow in by_alias.items()
        if flow.get("topLevel", True)
    }


def _tree(
    flow: dict[str, Any], flows: dict[str, Any], settings: dict[str, Any], above: tuple[str, ...]
) -> Flow:
    alias = flow["alias"]
    executions = []
    for position, raw in enumerate(flow.get("authenticationExecutions") or []):
        below = flows.get(raw.get("flowAlias") or "")
        nested = below is not None and below["alias"] not in (*above, alias)
        config_alias = raw.get("authenticatorConfig")
        own = settings.get(config_alias, {})
        executions.append(
            Execution(
                authenticator=raw.get("authenticator") or None,
                requirement=raw.get("requirement") or "DISABLED",
                priority=raw["priority"] if raw.get("priority") is not None else 10 * (position + 1),
                config_alias=config_alias,
                config={key: value for key, value in own.items() if value},
                dropped=tuple(key for key, value in own.items() if not value),
                flow=_tree(below, flows, settings, (*above, alias)) if nested and below else None,
            )
        )
    executions.sort(key=lambda execution: execution.priority)
    return Flow(
        alias,
        flow.get("providerId") or "basic-flow",
        flow.get("description") or "",
        tuple(executions),
        bool(flow.get("builtIn")),
        flow.get("topLevel", True),
    )


@dataclass(frozen=True)
class Leaving(Flow):
    """A flow that stays only for who stands in it."""


def aside(flow: Flow, suffix: str, taken: set[str]) -> Leaving:
    """The flow with other aliases for its subflows and settings, where theirs are `taken` (as `names` has
    them) by what comes."""

    def free(sort: str, alias: str) -> str:
        return f"{alias}{suffix}" if f"{sort} {alias}" in taken and not alias.endswith(suffix) else alias

    def renamed(step: Execution) -> Execution:
        config = free("config", step.config_alias) if step.config_alias else None
        return replace(step, config_alias=config, flow=below(step.flow) if step.flow else None)

    def below(level: Flow) -> Flow:
        return replace(
            level, alias=free("flow", level.alias), executions=tuple(map(renamed, level.executions))
        )

    return Leaving(**vars(replace(flow, executions=tuple(map(renamed, flow.executions)))))


@dataclass(frozen=True)
class Rename:
    """Give a flow another alias: whoever stands in it stands by its id."""

    flow: Flow
    after: str


@dataclass(frozen=True)
class Describe:
    """Give a flow another description."""

    flow: str
    before: str
    after: str


@dataclass(frozen=True)
class Add:
    """Put a new execution, with all that is below it, into a flow."""

    flow: str
    execution: Execution


@dataclass(frozen=True)
class Remove:
    """Take the execution at `position` (of the observed flow) out, with all that is below it."""

    flow: str
    position: int
    execution: Execution


@dataclass(frozen=True)
class Adjust:
    """Another requirement or priority for the execution at `position`."""

    flow: str
    position: int
    before: Execution
    after: Execution


@dataclass(frozen=True)
class Configure:
    """Other settings for the execution at `position`; none at all where `after` has no config alias."""

    flow: str
    position: int
    before: Execution
    after: Execution


@dataclass(frozen=True)
class Renew:
    """The same settings for the execution at `position`, no longer shared with one that goes."""

    flow: str
    position: int
    execution: Execution


Edit = Rename | Describe | Add | Remove | Adjust | Configure | Renew


def edits(before: Flow, after: Flow, place: str, kept: Fingerprints) -> list[Edit]:
    """From one tree to the other, touching only what differs.

    What is new comes before what goes: a bound flow is never weaker in between. The exception are names
    that both need: Keycloak refuses a second flow or setting of the same alias, so the old one leaves
    first.
    """
    found = list(_edits(before, after, place, kept))
    renames = [edit for edit in found if isinstance(edit, Rename)]
    taken = {f"flow {edit.after}" for edit in renames}.union(
        *(names_of(edit.execution) for edit in found if isinstance(edit, Add))
    )
    removals = [edit for edit in found if isinstance(edit, Remove)]
    in_the_way = [edit for edit in removals if names_of(edit.execution) & taken]
    later = [edit for edit in removals if edit not in in_the_way]
    others = [edit for edit in found if not isinstance(edit, (Rename, Remove))]
    return [*in_the_way, *renames, *others, *later]


def _edits(before: Flow, after: Flow, place: str, kept: Fingerprints) -> Iterator[Edit]:
    if before.alias != after.alias:
        yield Rename(before, after.alias)
    if before.description != after.description:
        yield Describe(after.alias, before.description, after.description)
    free = dict(enumerate(before.executions))
    for execution in after.executions:
        position = counterpart(execution, free)
        if position is None:
            yield Add(after.alias, execution)
            continue
        yield from _edits_of_execution(after.alias, position, free.pop(position), execution, place, kept)
    for position, execution in free.items():
        yield Remove(before.alias, position, execution)


def counterpart(wanted: Execution, free: dict[int, Execution]) -> int | None:
    """The execution that this one continues: the same step, and of several the one with the same settings.

    The only page of its sort is the same page under whatever alias: who stands on a form that goes must begin
    again.
    """
    same = [position for position, execution in free.items() if _same_step(execution, wanted)]
    configured = [position for position in same if free[position].config_alias == wanted.config_alias]
    pages = [position for position, execution in free.items() if _same_page(execution, wanted)]
    alone = pages if len(pages) == 1 else []
    return next(iter(configured or same or alone), None)


def _same_page(one: Execution, other: Execution) -> bool:
    forms = one.flow and one.flow.is_form and other.flow and other.flow.is_form
    return bool(forms) and one.authenticator == other.authenticator


def _same_step(one: Execution, other: Execution) -> bool:
    if one.flow and other.flow and one.flow.provider != other.flow.provider:
        return False
    return (one.step, one.authenticator, bool(one.flow)) == (
        other.step,
        other.authenticator,
        bool(other.flow),
    )


def _edits_of_execution(
    flow: str, position: int, before: Execution, after: Execution, place: str, kept: Fingerprints
) -> Iterator[Edit]:
    settings = config_changes(before, after, place, kept)
    if settings:
        yield Configure(flow, position, before, after)
    if (before.requirement, before.priority) != (after.requirement, after.priority):
        yield Adjust(flow, position, before, after)
    if before.flow and after.flow:
        yield from _edits(before.flow, after.flow, place, kept)


def config_changes(before: Execution, after: Execution, place: str, kept: Fingerprints) -> list[FieldChange]:
    """The settings of an execution are owned as a whole, like the flow, but for a secret that was never
    declared: its mask says nothing."""
    readable = [key for key, value in before.config.items() if value != MASK]
    wanted = {**dict.fromkeys(readable), **dict.fromkeys(after.dropped), **after.config}
    changes = list(
        differences(_CONFIG, before.config, wanted, place=f"{place}.{after.config_alias}", kept=kept)
    )
    if before.config_alias != after.config_alias:
        changes.insert(0, FieldChange("authenticatorConfig", before.config_alias, after.config_alias))
    return changes


def described(edit: Edit, place: str, kept: Fingerprints) -> list[FieldChange]:
    """The edit as fields of a plan."""
    if isinstance(edit, Rename):
        return [FieldChange(f"{edit.after}.alias", edit.flow.alias, edit.after)]
    if isinstance(edit, Describe):
        return [FieldChange(f"{edit.flow}.description", edit.before, edit.after)]
    if isinstance(edit, Add):
        return [FieldChange(f"{edit.flow} / {edit.execution.step}", None, summary(edit.execution))]
    if isinstance(edit, Remove):
        return [FieldChange(f"{edit.flow} / {edit.execution.step}", summary(edit.execution), None)]
    if isinstance(edit, Renew):
        path, alias = f"{edit.flow} / {edit.execution.step}", edit.execution.config_alias
        return [FieldChange(f"{path}.authenticatorConfig", f"{alias} (shared)", alias)]
    path = f"{edit.flow} / {edit.after.step}"
    if isinstance(edit, Configure):
        changes = config_changes(edit.before, edit.after, place, kept)
        return [FieldChange(f"{path}.{change.path}", change.before, change.after) for change in changes]
    pairs = {
        "requirement": (edit.before.requirement, edit.after.requirement),
        "priority": (edit.before.priority, edit.after.priority),
    }
    return [FieldChange(f"{path}.{name}", one, other) for name, (one, other) in pairs.items() if one != other]


def summary(execution: Execution) -> Json:
    """An execution as one readable value, its subflow included."""
    told: dict[str, Json] = {"requirement": execution.requirement, "priority": execution.priority}
    if execution.config_alias:
        told["config"] = {execution.config_alias: execution.config}
    if execution.flow:
        told["executions"] = {below.step: summary(below) for below in execution.flow.executions}
    return told
