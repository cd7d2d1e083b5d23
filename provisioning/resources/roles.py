"""Roles of the realm and of clients (RoleRepresentation), and what they are composed of."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from provisioning.change import Action, Change
from provisioning.nodes import Json, Node
from provisioning.observed import Observed
from provisioning.ownership import Ownership
from provisioning.paging import read_client_roles
from provisioning.reader import Reader
from provisioning.resources.base import Declared, Kind, managed_map, overlaid
from provisioning.resources.clients import built_in_client
from provisioning.shapes import ATTRIBUTES, ROLES_BY_CLIENT, SET, TEXT, Maps, Record, Records, Shape, fields
from provisioning.target import Target

_COMPOSITES = Record({"realm": SET, "client": ROLES_BY_CLIENT})
_ROLE = Record(
    {
        **fields(
            short="name description", read_only="id composite clientRole containerId scopeParamRequired"
        ),
        "attributes": ATTRIBUTES,
        "composites": _COMPOSITES,
    }
)
_ROLES = Records(_ROLE)

Reference = tuple[str | None, str]
"""A role: its client, or None for the realm's, and its name."""


def roles_of(declared: Declared) -> dict[tuple[str | None, str], dict[str, Any]]:
    """Every declared role by (client or None, name)."""
    roles = declared.get("roles") or {}
    found: dict[tuple[str | None, str], dict[str, Any]] = {
        (None, r["name"]): r for r in roles.get("realm") or []
    }
    for client, own in (roles.get("client") or {}).items():
        found.update({(client, role["name"]): role for role in own})
    return found


class RoleName(str):
    """How a role is called in a plan: `client/role`, or the name alone for the realm's; both may contain
    slashes."""

    client: str | None
    role: str

    def __new__(cls, client: str | None, role: str) -> RoleName:
        name = super().__new__(cls, f"{client}/{role}" if client else role)
        name.client, name.role = client, role
        return name


def _observed_roles(observed: Observed) -> dict[tuple[str | None, str], dict[str, Any]]:
    return roles_of({"roles": observed.export.get("roles") or {}})


def _nodes(root: Node) -> dict[str, Node]:
    """The declaring node of each role, by the name that a plan calls it."""
    none = Node({}, root.mark)
    roles = root.mapping.get("roles", none)
    lists: list[tuple[str | None, Node]] = [(None, roles.mapping.get("realm", none))]
    lists += list(roles.mapping.get("client", none).mapping.items())
    return {
        RoleName(client, str(role.mapping["name"].value)): role
        for client, own in lists
        for role in own.items
        if "name" in role.mapping
    }


_BUILT_IN = ("offline_access", "uma_authorization", "admin", "create-realm")


class _Roles(Kind):
    """What realm roles and client roles have in common."""

    shape = Record({"description": TEXT, "attributes": ATTRIBUTES})

    @abstractmethod
    def mine(self, client: str | None) -> bool:
        """Whether roles of this client (None: of the realm) are this kind's."""

    def desired(self, declared: Declared) -> dict[str, Json]:
        return {
            RoleName(client, name): _own(role)
            for (client, name), role in roles_of(declared).items()
            if self.mine(client)
        }

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {
            RoleName(*key): _own(role) for key, role in _observed_roles(observed).items() if self.mine(key[0])
        }

    def remove(self, change: Change, target: Target) -> None:
        target.delete("roles-by-id", change.observed["id"])

    def nodes(self, root: Node) -> dict[str, Node]:
        return _nodes(root)

    def apply(self, change: Change, target: Target) -> None:
        client, name = _reference(change)
        if change.action is Action.CREATE:
            parent = ["clients", target.client(client), "roles"] if client else ["roles"]
            target.post(*parent, body={"name": name, **change.desired})
            return
        body = overlaid(change.observed, change.desired)
        # RoleResource.updateRole removes the attributes that are not named.
        body["attributes"] = managed_map(change.observed.get("attributes"), change.desired.get("attributes"))
        target.put("roles-by-id", change.observed["id"], body=body)


def _own(role: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in role.items() if key != "composites"}


class RealmRoles(_Roles):
    """Roles of the realm; read from `roles.realm`. Brings the whole of `roles` into a new realm's import."""

    name = "realm role"
    prunable = "roles.realm"
    fields: ClassVar[Mapping[str, Shape]] = {"roles": Record({"realm": _ROLES, "client": Maps(_ROLES)})}

    def mine(self, client: str | None) -> bool:
        return client is None

    def listed(self, declared: Declared) -> bool:
        return "realm" in (declared.get("roles") or {})

    def built_in(self, name: str, existing: Json, observed: Observed) -> bool:
        default = (observed.export.get("defaultRole") or {}).get("name")
        return name in (default, *_BUILT_IN)

    def imported(self, change: Change) -> dict[str, Json]:
        return {"roles": {"realm": [{"name": str(change.name), **change.desired}]}}

    def creation(self, declared: Declared) -> dict[str, Json]:
        roles = declared.get("roles")
        if not roles:
            return {}
        # Keycloak makes its own default role while importing and would refuse a second of that name.
        own = [role for role in roles.get("realm") or [] if not role["name"].startswith("default-roles-")]
        return {"roles": {"realm": own, "client": _of_new_clients(declared)}}


def _of_new_clients(declared: Declared) -> dict[str, Any]:
    """Built-in clients do not exist yet when Keycloak imports roles; theirs follow afterwards."""
    new = {client["clientId"] for client in declared.get("clients") or []}
    return {client: own for client, own in (declared["roles"].get("client") or {}).items() if client in new}


class ClientRoles(_Roles):
    """Roles of clients; read from `roles.client.CLIENT`."""

    name = "client role"
    prunable = "roles.client"

    def complete(self, declared: Declared, observed: Observed, reader: Reader) -> None:
        if observed.large:
            read_client_roles(
                reader, observed.realm, observed.export, (declared.get("roles") or {}).get("client") or ()
            )

    def mine(self, client: str | None) -> bool:
        return client is not None

    def deletions(self, declared: Declared, observed: Observed, ownership: Ownership) -> list[Change]:
        """Only of clients whose list of roles is declared; a client that goes takes its roles along."""
        lists = (declared.get("roles") or {}).get("client") or {}
        found = super().deletions(declared, observed, ownership)
        return [change for change in found if _reference(change)[0] in lists]

    def listed(self, declared: Declared) -> bool:
        return "client" in (declared.get("roles") or {})

    def built_in(self, name: str, existing: Json, observed: Observed) -> bool:
        return isinstance(name, RoleName) and built_in_client(name.client or "", observed.realm)


class Composites(Kind):
    """Which roles a role brings along; a step of its own, since both ends must exist. Each list is owned
    whole."""

    name = "composites of role"
    relation = True
    shape = _COMPOSITES

    def desired(self, declared: Declared) -> dict[str, Json]:
        return {
            RoleName(*key): role["composites"]
            for key, role in roles_of(declared).items()
            if role.get("composites")
        }

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {
            RoleName(*key): role.get("composites") or {} for key, role in _observed_roles(observed).items()
        }

    def elsewhere(self, declared: Declared, observed: Observed) -> Collection[str]:
        """The default role's, where `defaultRoles` declares them."""
        default = (observed.export.get("defaultRole") or {}).get("name")
        return (default,) if default and "defaultRoles" in declared else ()

    def nodes(self, root: Node) -> dict[str, Node]:
        return {name: role.mapping.get("composites", role) for name, role in _nodes(root).items()}

    def apply(self, change: Change, target: Target) -> None:
        composite = target.role(*_reference(change))["id"]
        added, removed = membership(change.observed or {}, change.desired, "realm", "client")
        if added:
            target.post("roles-by-id", composite, "composites", body=[target.role(*role) for role in added])
        if removed:
            target.delete(
                "roles-by-id", composite, "composites", body=[target.role(*role) for role in removed]
            )


def _reference(change: Change) -> Reference:
    name = change.name
    return (name.client, name.role) if isinstance(name, RoleName) else (None, name)


def membership(
    before: dict[str, Any], after: dict[str, Any], realm_field: str, client_field: str
) -> tuple[list[Reference], list[Reference]]:
    """Role references to add and to remove, within the lists that are declared."""
    wanted, had = (
        _references(after, realm_field, client_field),
        _references(before, realm_field, client_field),
    )
    clients = after.get(client_field)
    whole = (before.get(client_field) or {}) if clients == {} else clients or {}
    declared = set(whole) | ({None} if realm_field in after else set())
    return [r for r in wanted if r not in had], [r for r in had if r not in wanted and r[0] in declared]


def _references(value: dict[str, Any], realm_field: str, client_field: str) -> list[Reference]:
    found: list[Reference] = [(None, name) for name in value.get(realm_field) or []]
    for client, names in (value.get(client_field) or {}).items():
        found.extend((client, name) for name in names or [])
    return found
