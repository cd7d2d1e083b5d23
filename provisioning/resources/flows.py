"""Authentication flows with their executions and settings; one object is a top-level flow and all below it.

Bindings (browserFlow, registrationFlow, …) are realm settings, written after this kind: a flow is complete
before it is bound. A declared flow is owned as a whole; flows that are not declared, the built-in ones
above all, are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from provisioning.change import Action, Change, FieldChange
from provisioning.nodes import Json, Node
from provisioning.observed import Observed
from provisioning.ownership import Ownership
from provisioning.places import find
from provisioning.problems import Mark, Problems, ProvisioningError
from provisioning.reader import Reader
from provisioning.resources import beside, flowcheck, flowsecrets, retiring
from provisioning.resources.base import Declared, Kind
from provisioning.resources.beside import Beside
from provisioning.resources.flowsecrets import PLACE
from provisioning.resources.flowtree import (
    Add,
    Edit,
    Flow,
    Leaving,
    Remove,
    described,
    edits,
    summary,
    trees,
)
from provisioning.resources.flowwriter import FlowWriter
from provisioning.resources.sharing import with_renewals
from provisioning.resources.succession import Succession, moved_back
from provisioning.shapes import ANY, MAP, Record, Records, Shape, fields
from provisioning.target import Target

_EXECUTION = Record(
    fields(
        text="authenticator authenticatorConfig flowAlias requirement",
        number="priority",
        flag="authenticatorFlow",
        read_only="autheticatorFlow userSetupAllowed id parentFlow",
    )
)
_FLOW = Record(
    {
        # The id is for clients of an export, which name their own flow by it.
        **fields(short="alias description", text="id providerId", flag="topLevel builtIn"),
        "authenticationExecutions": Records(_EXECUTION, key=""),
    }
)
_CONFIG = Record({**fields(text="alias", read_only="id"), "config": MAP})


class Flows(Kind):
    """See the module."""

    name = "authentication flow"
    fields: ClassVar[Mapping[str, Shape]] = {
        "authenticationFlows": Records(_FLOW, key="alias"),
        "authenticatorConfig": Records(_CONFIG, key="alias"),
    }
    shape = ANY
    masks = True
    prunable = "authenticationFlows"

    def check(self, root: Node, problems: Problems) -> None:
        flowcheck.check_references(root, problems)

    def complete(self, declared: Declared, observed: Observed, reader: Reader) -> None:
        flowsecrets.read_masked(self.desired(declared).values(), observed, reader)

    def desired(self, declared: Declared) -> dict[str, Json]:
        return dict(
            trees(declared.get("authenticationFlows") or [], declared.get("authenticatorConfig") or [])
        )

    def existing(self, observed: Observed) -> dict[str, Json]:
        return dict(trees(observed.list_of("authenticationFlows"), observed.list_of("authenticatorConfig")))

    def nodes(self, root: Node) -> dict[str, Node]:
        """Subflows and settings too: the fields of a plan name them."""
        return {
            **flowcheck.by_alias(root, "authenticationFlows"),
            **{_settings(alias): node for alias, node in flowcheck.by_alias(root, PLACE).items()},
        }

    def mark(self, nodes: Mapping[str, Node], name: str, path: str = "") -> Mark | None:
        """`FLOW / STEP.FIELD` is the line of the execution or of its setting, anything else that of the
        flow."""
        flow, _, rest = path.partition(" / ")
        if flow not in nodes:
            return super().mark(nodes, name)
        execution, setting = flowcheck.execution_of(nodes[flow], rest)
        if execution is None:
            return nodes[flow].mark
        config = nodes.get(_settings(flowcheck.text(execution, PLACE)))
        settings = config.mapping.get("config") if config else None
        return find(settings, setting) if settings and setting in settings.mapping else execution.mark

    def creation(self, declared: Declared) -> dict[str, Json]:
        if not declared.get("authenticationFlows"):
            return {}
        return {
            "authenticationFlows": [_for_import(flow) for flow in declared["authenticationFlows"]],
            "authenticatorConfig": [_without_dropped(each) for each in declared.get(PLACE) or []],
        }

    def changes(self, declared: Declared, observed: Observed) -> list[Change]:
        """Flows that leave are marked before a binding moves away from them."""
        existing, succession = self.existing(observed), self._succession(declared, observed)
        found = list(succession.first)
        for alias, flow in self.desired(declared).items():
            before = existing.get(alias) or existing.get(succession.heirs.get(alias, ""))
            change = self.change(alias, flow, before, observed)
            back = tuple(moved_back(alias, declared, observed))
            if change is None and back:
                change = Change(self.name, alias, Action.UPDATE, (), flow, before)
            if change is not None:
                found.append(replace(change, fields=(*change.fields, *back)))
        return found

    def deletions(self, declared: Declared, observed: Observed, ownership: Ownership) -> list[Change]:
        return list(self._succession(declared, observed).last)

    def _succession(self, declared: Declared, observed: Observed) -> Succession:
        pruned = super().deletions(declared, observed, Ownership.of(declared, observed.attributes))
        return Succession.of(declared, observed, self.desired(declared), self.existing(observed), pruned)

    def change(self, name: str, wanted: Flow, existing: Flow | None, observed: Observed) -> Change | None:
        if existing is None:
            told = {below.step: summary(below) for below in wanted.executions}
            made = (FieldChange("executions", None, told),)
            kept = flowsecrets.kept_of(wanted.executions, observed)
            return Change(self.name, name, Action.CREATE, made, wanted, None, kept)
        if existing.provider != wanted.provider:
            raise ProvisioningError(
                f"authentication flow {name}: providerId is {existing.provider} and cannot become"
                f" {wanted.provider} in place: declare the new flow under another alias"
            )
        retired = retiring.keep(existing, wanted, observed)
        steps = edits(existing, retired.flow, PLACE, observed.fingerprints)
        if not steps:
            return None
        steps = with_renewals(existing, steps)
        if existing.built_in:
            _refuse_structure(name, steps)
        whole = beside.instead(existing, wanted, steps, observed)
        if whole is not None:
            return self._built_beside(whole, existing, observed)
        flowsecrets.refuse_lost(name, steps)
        fields = (*_described(steps, observed), *retired.told())
        kept = {**flowsecrets.kept(steps, observed), **retired.attribute}
        return Change(self.name, name, Action.UPDATE, fields, retired.flow, existing, kept)

    def _built_beside(self, wanted: Beside, existing: Flow, observed: Observed) -> Change:
        steps = edits(existing, wanted, PLACE, observed.fingerprints)
        fields = (*_described(steps, observed), *wanted.told(observed))
        forgotten = {retiring.PREFIX + wanted.alias: ""}
        secrets = flowsecrets.kept_of(wanted.executions, observed)
        kept = {**secrets, **retiring.note(wanted.retired, observed), **forgotten}
        return Change(self.name, wanted.alias, Action.UPDATE, fields, wanted, existing, kept)

    def expected(self, default: Json, declared: Json, found: Json) -> Json:
        """A flow is owned as a whole."""
        return default if declared is None else declared

    def deviations(
        self, name: str, expected: Json, found: Json, observed: Observed
    ) -> tuple[FieldChange, ...]:
        if expected is None:
            return ()
        expected = retiring.keep(found, expected, observed).flow
        return tuple(_described(edits(found, expected, PLACE, observed.fingerprints), observed))

    def elsewhere(self, declared: Declared, observed: Observed) -> list[str]:
        """What stays a while for who stands in it is nobody's drift."""
        return [alias for alias in self.existing(observed) if retiring.marked(alias, observed)]

    def waiting(self, declared: Declared, observed: Observed) -> set[str]:
        first = self._succession(declared, observed).first
        marked = {change.name for change in first if change.action is Action.UPDATE}
        return marked | {alias for alias in self.existing(observed) if retiring.stays(alias, observed)}

    def built_in(self, name: str, existing: Json, observed: Observed) -> bool:
        return bool(existing.built_in)

    def remove(self, change: Change, target: Target) -> None:
        target.delete("authentication", "flows", FlowWriter(target).ids[change.name])
        target.keep({retiring.PREFIX + change.name: ""})

    def apply(self, change: Change, target: Target) -> None:
        writer = FlowWriter(target)
        # Before anything is put aside: without a mark it would get another time to stay.
        target.keep(_marks(change))
        if change.action is Action.CREATE:
            writer.create(change.desired)
        elif isinstance(change.desired, Beside):
            beside.build(change.desired, change.observed, target)
        elif isinstance(change.desired, Leaving):
            writer.put_aside(change.observed, change.desired)
        else:
            steps = edits(change.observed, change.desired, PLACE, target.observed.fingerprints)
            writer.carry_out(with_renewals(change.observed, steps), change.observed)
        left = {str(field.before) for field in change.fields if field.after == change.name}
        if left := {alias for alias in left if retiring.was(alias) == change.name}:
            beside.bind(change.name, left, target)
        target.keep({k: v for k, v in change.fingerprints.items() if k not in _marks(change)})


def _marks(change: Change) -> dict[str, str]:
    """What to remember of that which is put aside."""
    return {k: v for k, v in change.fingerprints.items() if k.startswith(retiring.PREFIX) and v}


def _described(steps: Iterable[Edit], observed: Observed) -> list[FieldChange]:
    return [field for step in steps for field in described(step, PLACE, observed.fingerprints)]


def _settings(alias: str) -> str:
    return f"{PLACE}[{alias}]"


def _refuse_structure(name: str, steps: list[Edit]) -> None:
    if any(isinstance(step, (Add, Remove)) for step in steps):
        raise ProvisioningError(
            f"authentication flow {name}: Keycloak lets nobody add executions to its built-in flows nor"
            " remove them: declare the flow under an alias of its own and bind that"
        )


def _without_dropped(settings: dict[str, Any]) -> dict[str, Any]:
    config = {key: value for key, value in (settings.get("config") or {}).items() if value is not None}
    return {**settings, "config": config} if "config" in settings else settings


def _for_import(flow: dict[str, Any]) -> dict[str, Any]:
    """A declared flow with everything said that Keycloak's import wants said."""
    executions = [
        {
            "requirement": "DISABLED",
            "priority": 10 * (position + 1),
            **execution,
            "authenticatorFlow": bool(execution.get("flowAlias")),
        }
        for position, execution in enumerate(flow.get("authenticationExecutions") or [])
    ]
    return {
        "providerId": "basic-flow",
        "topLevel": True,
        "builtIn": False,
        **{key: value for key, value in flow.items() if key != "id"},
        "authenticationExecutions": executions,
    }
