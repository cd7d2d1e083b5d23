"""Which roles a client without full scope, or a client scope, may put into a token.

Two lists of RealmRepresentation say so: `scopeMappings` for realm roles, `clientScopeMappings` for the roles
of each client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from provisioning.change import Change
from provisioning.nodes import Json
from provisioning.observed import Observed
from provisioning.paging import read_scope_mappings
from provisioning.reader import Reader
from provisioning.resources.base import Declared, Kind
from provisioning.resources.roles import membership
from provisioning.shapes import SET, Maps, Record, Records, Shape, fields
from provisioning.target import Target

_MAPPING = Record(
    {**fields(text="client clientScope", read_only="self", unmanaged="clientTemplate"), "roles": SET}
)
_LIST = Records(_MAPPING, key="")


class Holder(str):
    """Who has the mappings, as a plan calls it: `client NAME` or `client scope NAME`."""

    scope: bool
    owner: str

    def __new__(cls, owner: str, scope: bool) -> Holder:
        holder = super().__new__(cls, f"client {'scope ' if scope else ''}{owner}")
        holder.scope, holder.owner = scope, owner
        return holder


class ScopeMappings(Kind):
    """One object a client or client scope; a declared list of roles is owned as a whole."""

    name = "scope mappings of"
    fields: ClassVar[Mapping[str, Shape]] = {"scopeMappings": _LIST, "clientScopeMappings": Maps(_LIST)}
    shape = Record({"realm": SET, "client": Maps(SET)})
    relation = True

    def desired(self, declared: Declared) -> dict[str, Json]:
        return _by_holder(declared)

    def complete(self, declared: Declared, observed: Observed, reader: Reader) -> None:
        if observed.large:
            clients = [h.owner for h in self.desired(declared) if isinstance(h, Holder) and not h.scope]
            read_scope_mappings(reader, observed.realm, observed.export, clients)

    def existing(self, observed: Observed) -> dict[str, Json]:
        return _by_holder(observed.export)

    def creation(self, declared: Declared) -> dict[str, Json]:
        """None: an import makes realm roles that are missing, and knows neither built-in clients nor the
        scopes that it does not bring."""
        return {}

    def apply(self, change: Change, target: Target) -> None:
        holder = change.name
        if not isinstance(holder, Holder):
            raise TypeError(holder)
        added, removed = membership(change.observed or {}, change.desired, "realm", "client")
        id_of = target.client_scope if holder.scope else target.client
        path = ["client-scopes" if holder.scope else "clients", id_of(holder.owner), "scope-mappings"]
        for client in dict.fromkeys(client for client, _ in [*added, *removed]):
            where = [*path, "clients", target.client(client)] if client else [*path, "realm"]
            if granted := [target.role(*role) for role in added if role[0] == client]:
                target.post(*where, body=granted)
            if withdrawn := [target.role(*role) for role in removed if role[0] == client]:
                target.delete(*where, body=withdrawn)


def _by_holder(realm: Mapping[str, Any]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for holder, roles in _mappings(realm.get("scopeMappings") or []):
        found.setdefault(holder, {})["realm"] = roles
    for client, mappings in (realm.get("clientScopeMappings") or {}).items():
        for holder, roles in _mappings(mappings or []):
            found.setdefault(holder, {}).setdefault("client", {})[client] = roles
    return found


def _mappings(listed: list[dict[str, Any]]) -> Iterator[tuple[Holder, list[str]]]:
    for mapping in listed:
        owner = mapping.get("clientScope") or mapping.get("client")
        if owner:
            yield Holder(owner, bool(mapping.get("clientScope"))), mapping.get("roles") or []
