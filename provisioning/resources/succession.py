"""Which flows leave, and which take the place of others, where bindings move: pure.

A registration flow that gives way to one under another alias becomes that one: it is renamed and changed in
place, so that the form that somebody is filling in stays the form of the flow that is bound. See beside.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from provisioning.change import Action, Change, FieldChange
from provisioning.observed import Observed
from provisioning.resources import retiring
from provisioning.resources.base import Declared
from provisioning.resources.clients import OVERRIDES
from provisioning.resources.flowtree import Flow
from provisioning.resources.realm import BINDINGS

Flows = Mapping[str, Flow]


@dataclass(frozen=True)
class Succession:
    """What leaves before new flows come (marked to stay a while, or in the way of their names), what leaves
    after bindings have moved, and `heirs`: new flows, each with the one that becomes it."""

    first: tuple[Change, ...]
    last: tuple[Change, ...]
    heirs: Mapping[str, str]

    @classmethod
    def of(
        cls, declared: Declared, observed: Observed, wanted: Flows, existing: Flows, pruned: list[Change]
    ) -> Succession:
        """From the declared and the present flows, and the deletions that are asked for."""
        new = {alias: flow for alias, flow in wanted.items() if alias not in existing}
        coming: set[str] = set().union(*(flow.names() for flow in new.values()))
        going = [*pruned, *_put_aside(observed, wanted, existing, pruned)]
        heirs = dict(_heirs(declared, observed, new, {change.name: change.observed for change in going}))
        others = (change for change in going if change.name not in heirs.values())
        left = [each for change in others if (each := retiring.leave(change, observed, coming)) is not None]
        bound = retiring.bound(observed)
        first = [each for each in left if each.action is Action.UPDATE or _in_the_way(each, coming, bound)]
        return cls(tuple(first), tuple(each for each in left if each not in first), heirs)


def moved_back(flow: str, declared: Declared, observed: Observed) -> Iterator[FieldChange]:
    """Bindings that an apply, which did not get to its end, left at the flow that this one replaces. What is
    declared of them is a matter of the realm's settings and of its clients."""
    for binding in BINDINGS.split():
        found = observed.export.get(binding) or ""
        if binding not in declared and retiring.was(found) == flow:
            yield FieldChange(binding, found, flow)
    clients = {client.get("clientId"): client for client in declared.get("clients") or []}
    for client, overrides in retiring.of_clients(observed).items():
        for binding, found in overrides.items():
            if OVERRIDES not in clients.get(client, {}) and retiring.was(found) == flow:
                yield FieldChange(f"client {client}.{binding}", found, flow)


def _put_aside(
    observed: Observed, wanted: Flows, existing: Flows, pruned: Iterable[Change]
) -> Iterator[Change]:
    """What this tool put aside itself goes, whatever is pruned."""
    known = {*wanted, *(change.name for change in pruned)}
    for alias, flow in existing.items():
        if alias not in known and retiring.made(alias, observed):
            yield Change("authentication flow", alias, Action.DELETE, (), None, flow)


def _heirs(declared: Declared, observed: Observed, new: Flows, leaving: Flows) -> Iterator[tuple[str, str]]:
    for binding in BINDINGS.split():
        flow = new.get(declared.get(binding) or "")
        old = leaving.get(observed.export.get(binding) or "")
        if flow and old and flow.form and old.form and flow.provider == old.provider:
            yield flow.alias, old.alias


def _in_the_way(change: Change, coming: set[str], bound: set[str]) -> bool:
    return change.name not in bound and bool(change.observed.names() & coming)
