"""From changes to calls: each change is carried out by its kind, or many new objects by one partial import.

One call for everything is as bad as one call an object: it runs into Keycloak's transaction time-out of 300 s
(and an embedded database does not survive that). Chunks keep each call to a few seconds, whatever the size,
and an apply that dies begins again where it stopped, since what exists is not planned again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from provisioning.change import Action, Change
from provisioning.nodes import Json
from provisioning.resources import BY_NAME
from provisioning.resources.clients import built_in_client
from provisioning.target import Target

CHUNK = 250
"""New objects of one call: seconds of work at most, and about as fast each as in larger chunks."""
FEW = 3
"""Fewer new objects are made by their own calls, which say more when one of them is refused."""
ONE_IMPORT = 100
"""Objects that the one call making a realm may bring: beyond, they follow in chunks. Keycloak's transaction
slows down with what it holds: 300 objects took 1.4 s in one call and 0.6 s in chunks."""

_MANY = ("clients", "roles", "groups", "users", "defaultGroups")
"""What follows the import, or names what does."""


@dataclass(frozen=True)
class Step:
    """Changes that are carried out together, and in words what they are."""

    changes: tuple[Change, ...]
    words: str
    imported: Mapping[str, Json]

    def carry_out(self, target: Target) -> None:
        """Send it. Raises ProvisioningError."""
        if self.imported:
            # SKIP makes it repeatable: what a lost answer already made is left as it is.
            target.post("partialImport", body={"ifResourceExists": "SKIP", **self.imported})
            return
        for change in self.changes:
            BY_NAME[change.kind].carry_out(change, target)


def steps(changes: Iterable[Change]) -> Iterator[Step]:
    """The changes in their order, new objects of one kind in chunks where there are many."""
    for (kind, together), run in groupby(changes, key=_together):
        found = list(run)
        if not together or len(found) < FEW:
            yield from (Step((change,), str(change), {}) for change in found)
            continue
        for first in range(0, len(found), CHUNK):
            chunk = found[first : first + CHUNK]
            count = f" ({first + len(chunk)} of {len(found)})" if len(found) > len(chunk) else ""
            words = f"create {len(chunk)} {kind}s{count}: {chunk[0].name} … {chunk[-1].name}"
            yield Step(tuple(chunk), words, _joined(chunk))


def skeleton(body: Mapping[str, Json]) -> dict[str, Json]:
    """The import that makes a realm, without the many objects that follow in chunks; unchanged if few.

    Clients that Keycloak makes itself stay, as an export has them: afterwards nobody may change the scopes of
    `realm-management` (403). What names an object that follows comes with it.
    """
    roles, clients = body.get("roles") or {}, body.get("clients") or []
    if len(roles.get("realm") or []) + len(clients) + len(body.get("groups") or []) <= ONE_IMPORT:
        return dict(body)
    small = {name: value for name, value in body.items() if name not in _MANY}
    kept = [client for client in clients if built_in_client(client["clientId"], body["realm"])]
    if not kept:
        return small
    names = {client["clientId"] for client in kept}
    return {**small, "clients": kept, "roles": {"client": _roles_of(names, roles.get("client") or {})}}


def _roles_of(clients: Collection[str], roles: Mapping[str, Any]) -> dict[str, Json]:
    return {
        client: [
            {**role, "composites": _within(clients, role["composites"])} if "composites" in role else role
            for role in found
        ]
        for client, found in roles.items()
        if client in clients
    }


def _within(clients: Collection[str], composites: Mapping[str, Any]) -> dict[str, Json]:
    parts = composites.get("client") or {}
    return {"client": {name: value for name, value in parts.items() if name in clients}}


def _together(change: Change) -> tuple[str, bool]:
    kind = BY_NAME[change.kind]
    return change.kind, change.action is Action.CREATE and bool(kind.imported(change))


def _joined(changes: Iterable[Change]) -> dict[str, Json]:
    """One import of several: mappings merge, lists follow each other."""
    whole: dict[str, Json] = {}
    for change in changes:
        _join(whole, BY_NAME[change.kind].imported(change))
    return whole


def _join(whole: dict[str, Any], part: Mapping[str, Any]) -> None:
    for name, value in part.items():
        if isinstance(value, list):
            whole.setdefault(name, []).extend(value)
        else:
            _join(whole.setdefault(name, {}), value)
