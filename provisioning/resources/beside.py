"""A change of several steps of a bound flow, unseen until it is whole: the new flow is built beside the old
one and bound in one call.

Each call is a transaction of its own, and who logs in between two of them meets a flow that is half the old
one and half the new: a password asked before anybody has said who he is, say. So the old flow is renamed (it
is bound by its id), the new one is made under the names that are free now, and the binding moves. Who stands
in the old one is carried on there and then asked what the new one asks (LoginActionsService takes the bound
flow for every page), so the old one stays for as long as a login may last (retiring.py).

It is not for all flows. A registration form makes the account when it is sent: were another flow bound by
then, the next page would be an error, with the account made (seen on 26.7.4). There, and where something
else knows the flow by its id or its subflows by their names, the steps change in place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from provisioning.change import Action, Change, FieldChange
from provisioning.nodes import MASK
from provisioning.observed import Observed
from provisioning.resources import retiring
from provisioning.resources.clients import OVERRIDES, Clients
from provisioning.resources.flowtree import Add, Describe, Edit, Flow, Remove, aside
from provisioning.resources.flowwriter import FlowWriter
from provisioning.resources.realm import BINDINGS
from provisioning.target import Target

_OFF, _ASIDE, _REQUIRED = "DISABLED", "ALTERNATIVE", "REQUIRED"
_BY_ALIAS = "flow_to_check"
"""The setting of conditional-sub-flow-executed that names a subflow."""
_MARK = "Kept for the logins that stand in it. The next apply after them removes it."


@dataclass(frozen=True)
class Beside(Flow):
    """A flow to be built beside the present one, which is called `retired` then."""

    retired: str = ""

    @property
    def suffix(self) -> str:
        """What the present flow's aliases get."""
        return self.retired.removeprefix(self.alias)

    def told(self, observed: Observed) -> Iterator[FieldChange]:
        """What a plan says of it."""
        words = "built beside the present one, and bound in one call when it is whole"
        yield FieldChange(f"{self.alias} (as a whole)", None, words)
        yield retiring.told(self.retired, retiring.lifespan(observed))


def instead(existing: Flow, wanted: Flow, steps: Iterable[Edit], observed: Observed) -> Beside | None:
    """The flow to be built beside; None where the steps can be done in place, or must."""
    if existing.alias not in retiring.bound(observed) or not _seen_halfway(steps, existing):
        return None
    if existing.built_in or existing.form or _known_otherwise(existing, wanted, observed):
        return None
    if _stuck(existing) & wanted.names():
        return None
    return Beside(**vars(wanted), retired=retiring.replaced_name(wanted.alias, observed))


def build(flow: Beside, existing: Flow, target: Target) -> None:
    """Put the present flow aside, make the new one and bind it. Wherever this ends early, planning again
    comes to the same: a flow of the declared alias is made, or made whole, and bound."""
    writer = FlowWriter(target)
    # The flow itself last: until then it is found by its name, with whatever is left to be done.
    writer.put_aside(existing, aside(existing, flow.suffix, existing.names() - _stuck(existing)))
    writer.rename(replace(existing, description=_MARK), flow.retired)
    writer.create(flow)
    bind(flow.alias, {flow.alias}, target)


def bind(flow: str, before: set[str], target: Target) -> None:
    """Let what is bound to one of the flows of before be bound to this one: one call for the realm, and one
    for each client with a flow of its own."""
    observed = target.observed
    realm = {binding: flow for binding in BINDINGS.split() if observed.export.get(binding) in before}
    if realm:
        target.put(body=realm)
    kind = Clients()
    for client, overrides in retiring.of_clients(observed).items():
        moved = {binding: flow if alias in before else alias for binding, alias in overrides.items()}
        if moved != overrides:
            field = FieldChange(OVERRIDES, overrides, moved)
            found = kind.existing(observed)[client]
            kind.apply(Change(kind.name, client, Action.UPDATE, (field,), {OVERRIDES: moved}, found), target)


def _seen_halfway(steps: Iterable[Edit], existing: Flow) -> bool:
    """Whether logins would meet a state that is neither the old nor the new."""
    levels = {level.alias: level for level in existing.levels()}
    return len([step for step in steps if _is_seen(step, levels)]) > 1


def _is_seen(step: Edit, levels: dict[str, Flow]) -> bool:
    match step:
        case Describe():
            return False
        case Add():
            return step.execution.requirement != _OFF
        case Remove():
            level = levels[step.flow]
            ignored = any(each.requirement == _REQUIRED for each in level.executions)
            return step.execution.requirement not in ((_OFF, _ASIDE) if ignored else (_OFF,))
        case _:
            return True


def _known_otherwise(existing: Flow, wanted: Flow, observed: Observed) -> bool:
    """Whether a provider binds the flow by its id, a client policy or a condition names it."""
    if existing.alias in retiring.of_providers(observed).values():
        return True
    profiles = observed.export.get("clientProfiles") or {}
    if json.dumps(existing.alias) in json.dumps(profiles):
        return True
    levels = (*existing.levels(), *wanted.levels())
    return any(_BY_ALIAS in step.config for level in levels for step in level.executions)


def _stuck(flow: Flow) -> set[str]:
    """The names of settings that cannot be renamed: Keycloak replaces settings as one, and a mask is never
    sent back."""
    steps = (step for level in flow.levels() for step in level.executions)
    return {f"config {step.config_alias}" for step in steps if MASK in step.config.values()}
