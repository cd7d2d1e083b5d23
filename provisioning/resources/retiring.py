"""What leaves a flow that people log in through stays, out of reach and marked, until nobody can stand in it.

Pure. A login remembers the execution whose page it shows. Deleted, that login starts again and loses what was
typed (AuthenticationProcessor.authenticationAction: "Cannot find execution, reseting flow"). Disabled is
worse: AuthenticationSelectionResolver.getFlowIdOfTheHighestUsefulFlow knows no disabled execution and ends in
an error page, or, in a disabled subflow, never. But Keycloak ignores what is ALTERNATIVE beside something
REQUIRED (DefaultAuthenticationFlow.fillListsOfExecutions), and yet carries on who stands in it. So that is
what a step becomes on its way out; where nothing beside it is REQUIRED it goes at once, and who stands in it
begins again. A whole flow that was bound just stays.

A registration form never stays: sent, it makes the account, and then the flow that is bound asks for a form
again (FormAuthenticationFlow.processAction, DefaultAuthenticationFlow.processAction). Who stands on one that
goes begins again, before anything was made.

A realm attribute keeps until when a step, or a whole flow, stays: the longest life of a login in the realm.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from provisioning.change import Action, Change, FieldChange
from provisioning.observed import Observed
from provisioning.ownership import OWN
from provisioning.resources.flowtree import Execution, Flow, aside, counterpart, names_of

PREFIX = f"{OWN}retired."
"""Realm attributes that begin so hold, for a flow, until when (seconds since 1970) its retired steps stay, or
under its own name, it itself."""
_LIFESPANS = {"accessCodeLifespanLogin": 1800, "accessCodeLifespanUserAction": 300, "accessCodeLifespan": 60}
_MARGIN = 60
_ASIDE, _REQUIRED, _OFF = "ALTERNATIVE", "REQUIRED", "DISABLED"
_RETIRED = " - retired "
"""Between the alias of a flow and a number: the name of what was replaced by a flow built beside it."""


@dataclass(frozen=True)
class Retired:
    """A flow to be written instead of the declared one, and what to remember of it."""

    flow: Flow
    known: Mapping[str, int]
    until: Mapping[str, int]
    new: tuple[str, ...]
    life: int

    def told(self) -> Iterator[FieldChange]:
        """What a plan says of the steps that are retired by it."""
        return (told(step, self.life) for step in self.new)

    @property
    def attribute(self) -> dict[str, str]:
        """What the realm is to remember, where that is news; empty where nothing is left to remember."""
        return {PREFIX + self.flow.alias: _text(self.until)} if self.until != self.known else {}


def keep(existing: Flow, wanted: Flow, observed: Observed) -> Retired:
    """The declared flow with the steps that must stay a while; the very same where nobody logs in by it."""
    known = remembered(observed, existing.alias)
    in_use = existing.alias in bound(observed)
    life = lifespan(observed)
    if not in_use and not known:
        return Retired(wanted, known, known, (), life)
    keeper = _Keeper(wanted.names(), known, int(observed.at), life if in_use else 0)
    flow = keeper.flow(existing, wanted)
    return Retired(flow, known, keeper.until, tuple(keeper.new), life)


def leave(deletion: Change, observed: Observed, taken: set[str]) -> Change | None:
    """The deletion of a whole flow; while logins go through it, a note of until when it stays in its place,
    and None until then. What is in it gets other names where the flows that come have `taken` them."""
    flow = deletion.name
    until = remembered(observed, flow).get(flow)
    if until is not None:
        return None if until > observed.at else deletion
    if flow not in bound(observed) or deletion.observed.form:
        return deletion
    return replace(
        deletion,
        action=Action.UPDATE,
        fields=(told(flow, lifespan(observed)),),
        desired=aside(deletion.observed, replaced_name(flow, observed).removeprefix(flow), taken),
        fingerprints=note(flow, observed),
    )


def note(flow: str, observed: Observed) -> dict[str, str]:
    """The attribute by which a whole flow stays from now on."""
    return {PREFIX + flow: _text({flow: int(observed.at) + lifespan(observed)})}


def stays(flow: str, observed: Observed) -> bool:
    """Whether a whole flow is kept for who may stand in it."""
    return remembered(observed, flow).get(flow, 0) > observed.at


def marked(flow: str, observed: Observed) -> bool:
    """Whether a whole flow is known to be on its way out."""
    return flow in remembered(observed, flow)


def replaced_name(flow: str, observed: Observed) -> str:
    """What a flow is called once another takes its name."""
    taken = {each.get("alias") for each in observed.list_of("authenticationFlows")}
    return next(name for number in count(1) if (name := f"{flow}{_RETIRED}{number}") not in taken)


def was(flow: str) -> str | None:
    """The alias that a replaced flow had; None for any other flow."""
    name, separator, number = flow.rpartition(_RETIRED)
    return name if separator and number.isdigit() else None


def made(flow: str, observed: Observed) -> bool:
    """Whether this tool put the flow aside: a name like those it gives may also be somebody's own."""
    return was(flow) is not None and marked(flow, observed)


def bound(observed: Observed) -> set[str]:
    """The flows that logins go through: bound by the realm, by a client or by an identity provider."""
    from provisioning.resources.realm import BINDINGS

    by_realm = {str(observed.export.get(binding)) for binding in BINDINGS.split()}
    by_clients = (overrides.values() for overrides in of_clients(observed).values())
    return by_realm.union(of_providers(observed).values(), *by_clients)


def of_clients(observed: Observed) -> dict[str, dict[str, str]]:
    """The aliases of the flows that clients bind for themselves, by client and binding."""
    ids = {flow["id"]: flow["alias"] for flow in observed.list_of("authenticationFlows") if "id" in flow}
    found = {
        client["clientId"]: client.get("authenticationFlowBindingOverrides") or {}
        for client in observed.list_of("clients")
    }
    return {
        client: {binding: ids.get(flow, flow) for binding, flow in overrides.items()}
        for client, overrides in found.items()
        if overrides
    }


def of_providers(observed: Observed) -> dict[tuple[str, str], str]:
    """The aliases of the flows that identity providers name for themselves, by provider and moment."""
    return {
        (str(provider.get("alias")), moment): str(flow)
        for provider in observed.list_of("identityProviders")
        for moment in ("first", "post")
        if (flow := provider.get(f"{moment}BrokerLoginFlowAlias"))
    }


def remembered(observed: Observed, flow: str) -> dict[str, int]:
    """Until when which step stays; one that somebody damaged remembers nothing."""
    try:
        return {str(step): int(at) for step, at in json.loads(observed.attributes[PREFIX + flow]).items()}
    except (KeyError, ValueError, AttributeError, TypeError):
        return {}


def lifespan(observed: Observed) -> int:
    """The seconds that a login may stand on one page, and a little more."""
    return max(observed.export.get(name) or usual for name, usual in _LIFESPANS.items()) + _MARGIN


def told(name: str, seconds: int) -> FieldChange:
    """How long something stays, in words that are the same whenever the plan is made."""
    words = f"stays {math.ceil(seconds / 60)} min for who stands in it, then an apply removes it"
    return FieldChange(f"{name} (retired)", None, words)


def _text(until: Mapping[str, int]) -> str:
    return json.dumps(until, sort_keys=True) if until else ""


class _Keeper:
    """`life` is how long what goes now stays, 0 where nobody logs in through the flow."""

    def __init__(self, names: set[str], known: Mapping[str, int], now: int, life: int) -> None:
        self.names, self.known, self.now, self.life = names, known, now, life
        self.until, self.new = dict[str, int](), list[str]()

    def flow(self, existing: Flow, wanted: Flow) -> Flow:
        """`wanted` with the steps of `existing` that stay, below it too."""
        if existing.is_form:  # the page is the form's: nobody stands in one of its actions
            return wanted
        free = dict(enumerate(existing.executions))
        found: list[Execution] = []
        for execution in wanted.executions:
            position = counterpart(execution, free)
            before = free.pop(position) if position is not None else None
            if before is not None and before.flow and execution.flow:
                execution = replace(execution, flow=self.flow(before.flow, execution.flow))
            found.append(execution)
        leaving = free.values() if _ignores_alternatives(found) else ()
        stays = [replace(left, requirement=_ASIDE) for left in leaving if self._stays(existing, left)]
        return replace(wanted, executions=(*found, *stays))

    def _stays(self, flow: Flow, left: Execution) -> bool:
        if left.requirement == _OFF or left.form or names_of(left) & self.names:
            return False  # nobody stands in it; Keycloak allows no second flow or setting of a name
        step = f"{flow.alias} / {left.step}"
        known = self.known.get(step) if left.requirement == _ASIDE else None
        if known is None and left.requirement == _ASIDE and _ignores_alternatives(flow.executions):
            return False  # nobody came to it
        until = known if known is not None else self.now + self.life
        if until <= self.now:
            return False
        self.until[step] = until
        if known is None:
            self.new.append(step)
        return True


def _ignores_alternatives(level: Iterable[Execution]) -> bool:
    return any(execution.requirement == _REQUIRED for execution in level)
