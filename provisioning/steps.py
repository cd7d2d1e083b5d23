"""From changes to calls: each change is carried out by its kind, or many new objects by one partial import.

One call for everything is as bad as one call an object: it runs into Keycloak's transaction time-out of 300 s
(and an embedded database does not survive that). Chunks keep each call to a few seconds, whatever the size,
and an apply that dies begins again where it stopped, since what exists is not planned again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from provisioning.change import Action, Change
from provisioning.nodes import Json
from provisioning.resources import BY_NAME
from provisioning.target import Target

CHUNK = 250
"""New objects of one call: seconds of work at most, and about as fast each as in larger chunks."""
FEW = 3
"""Fewer new objects are made by their own calls, which say more when one of them is refused."""
ONE_IMPORT = 1000
"""Objects that the one call making a realm may bring: beyond, they follow in chunks."""

_MANY = ("clients", "roles", "groups", "users")


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
    """The import that makes a realm, without the many objects that follow in chunks; unchanged if few."""
    roles = (body.get("roles") or {}).get("realm") or []
    many = len(roles) + len(body.get("clients") or []) + len(body.get("groups") or [])
    return {name: value for name, value in body.items() if many <= ONE_IMPORT or name not in _MANY}


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
