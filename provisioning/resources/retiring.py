"""What leaves a flow that people log in through stays, out of reach and marked, until nobody can stand in it.

Pure. A login remembers the execution whose page it shows. Deleted, that login starts again and loses what was
typed (AuthenticationProcessor.authenticationAction: "Cannot find execution, reseting flow"). Disabled is
worse: AuthenticationSelectionResolver.getFlowIdOfTheHighestUsefulFlow knows no disabled execution and ends in
an error page, or, in a disabled subflow, never. But Keycloak ignores what is ALTERNATIVE beside something
REQUIRED (DefaultAuthenticationFlow.fillListsOfExecutions), and yet carries on who stands in it. So that is
what a step becomes on its way out; where nothing beside it is REQUIRED it goes at once, and who stands in it
begins again.

A realm attribute keeps until when a step stays: the longest life of a login in the realm.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from provisioning.change import FieldChange
from provisioning.observed import Observed
from provisioning.resources.flowtree import Execution, Flow, counterpart, names_of

PREFIX = "provisioning.retired."
"""Realm attributes that begin so hold, for a flow, until when (seconds since 1970) its retired steps stay."""
_LIFESPANS = {"accessCodeLifespanLogin": 1800, "accessCodeLifespanUserAction": 300, "accessCodeLifespan": 60}
_MARGIN = 60
_ASIDE, _REQUIRED, _OFF = "ALTERNATIVE", "REQUIRED", "DISABLED"
_FORM = "form-flow"


@dataclass(frozen=True)
class Retired:
    """A flow to be written instead of the declared one, and what to remember of it."""

    flow: Flow
    until: Mapping[str, int]
    new: tuple[str, ...]

    def told(self) -> Iterator[FieldChange]:
        """What a plan says of the steps that are retired by it."""
        for step in self.new:
            moment = datetime.fromtimestamp(self.until[step], UTC)
            words = f"stays until {moment:%Y-%m-%d %H:%M} UTC for who stands in it, then an apply removes it"
            yield FieldChange(f"{step} (retired)", None, words)

    @property
    def attribute(self) -> dict[str, str]:
        """What the realm is to remember, where that is news."""
        return {PREFIX + self.flow.alias: json.dumps(self.until, sort_keys=True)} if self.new else {}


def keep(existing: Flow, wanted: Flow, observed: Observed) -> Retired:
    """The declared flow with the steps that must stay a while; the very same where nobody logs in by it."""
    known = remembered(observed, existing.alias)
    in_use = existing.alias in bound(observed)
    if not in_use and not known:
        return Retired(wanted, known, ())
    keeper = _Keeper(wanted.names(), known, observed, in_use)
    flow = keeper.flow(existing, wanted)
    return Retired(flow, keeper.until, tuple(keeper.new))


def bound(observed: Observed) -> set[str]:
    """The flows that logins go through: bound by the realm or by one of its clients."""
    from provisioning.resources.realm import BINDINGS

    ids = {flow["id"]: flow["alias"] for flow in observed.list_of("authenticationFlows") if "id" in flow}
    found = {str(observed.export.get(binding)) for binding in BINDINGS.split()}
    for client in observed.list_of("clients"):
        overrides = client.get("authenticationFlowBindingOverrides") or {}
        found.update(ids.get(flow, flow) for flow in overrides.values())
    return found


def remembered(observed: Observed, flow: str) -> dict[str, int]:
    """Until when which step stays; one that somebody damaged remembers nothing."""
    try:
        return {str(step): int(at) for step, at in json.loads(observed.attributes[PREFIX + flow]).items()}
    except (KeyError, ValueError, AttributeError, TypeError):
        return {}


def _until(observed: Observed) -> int:
    lives = (observed.export.get(name) or usual for name, usual in _LIFESPANS.items())
    return int(observed.at) + max(lives) + _MARGIN


class _Keeper:
    def __init__(self, names: set[str], known: Mapping[str, int], observed: Observed, in_use: bool) -> None:
        self.names, self.observed, self.in_use = names, observed, in_use
        self.until, self.new = dict(known), list[str]()

    def flow(self, existing: Flow, wanted: Flow) -> Flow:
        """`wanted` with the steps of `existing` that stay, below it too."""
        if existing.provider == _FORM:  # the page is the form's: nobody stands in one of its actions
            return wanted
        free = dict(enumerate(existing.executions))
        found: list[Execution] = []
        for execution in wanted.executions:
            position = counterpart(execution, free)
            before = free.pop(position) if position is not None else None
            if before is not None and before.flow and execution.flow:
                execution = replace(execution, flow=self.flow(before.flow, execution.flow))
            found.append(execution)
        required = any(execution.requirement == _REQUIRED for execution in found)
        leaving = free.values() if required else ()
        stays = [replace(left, requirement=_ASIDE) for left in leaving if self._stays(existing, left)]
        return replace(wanted, executions=(*found, *stays))

    def _stays(self, flow: Flow, left: Execution) -> bool:
        if left.requirement == _OFF or names_of(left) & self.names:
            return False  # nobody stands in it; Keycloak allows no second flow or setting of a name
        step = f"{flow.alias} / {left.step}"
        if left.requirement == _ASIDE and step in self.until:
            return self.until[step] > self.observed.at
        if not self.in_use:
            return False
        self.until[step] = _until(self.observed)
        self.new.append(step)
        return True
