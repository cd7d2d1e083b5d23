"""Roles of service accounts, in the form of Keycloak's exports: `users` entries with a
serviceAccountClientId."""

from __future__ import annotations

from dataclasses import replace

from provisioning.change import Action, Change
from provisioning.nodes import Json, Node
from provisioning.observed import Observed
from provisioning.paging import read_service_accounts
from provisioning.problems import Problems
from provisioning.reader import Reader
from provisioning.resources.base import Declared, Kind
from provisioning.resources.rolemappings import FIELDS, map_roles, mappings
from provisioning.shapes import Record
from provisioning.target import Target


class ServiceAccounts(Kind):
    """One object a client. A declared list (realmRoles, or one client's in clientRoles) is owned as a
    whole."""

    name = "service account"
    relation = True
    shape = Record(FIELDS)

    def check(self, root: Node, problems: Problems) -> None:
        clients = {
            str(c.mapping["clientId"].value) for c in _items(root, "clients") if "clientId" in c.mapping
        }
        for user in _items(root, "users"):
            client = user.mapping.get(_CLIENT)
            if client and client.value not in clients:
                problems.add(
                    client.mark,
                    f"users[{client.value}]",
                    "belongs to no declared client: declare it in clients",
                )

    def desired(self, declared: Declared) -> dict[str, Json]:
        return {user[_CLIENT]: mappings(user) for user in declared.get("users") or [] if user.get(_CLIENT)}

    def complete(self, declared: Declared, observed: Observed, reader: Reader) -> None:
        if observed.large:
            read_service_accounts(reader, observed.realm, observed.export, self.desired(declared))

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {user[_CLIENT]: user for user in observed.list_of("users") if user.get(_CLIENT)}

    def change(self, name: str, wanted: Json, existing: Json, observed: Observed) -> Change | None:
        """A service account that is yet to be made starts with the realm's default role
        (ClientManager.enableServiceAccount adds a user like any other)."""
        if existing is not None or not observed.exists:
            return super().change(name, wanted, existing, observed)
        default = observed.default_role
        found = super().change(name, wanted, {"realmRoles": [default]} if default else None, observed)
        return replace(found, action=Action.CREATE) if found else None

    def nodes(self, root: Node) -> dict[str, Node]:
        users = _items(root, "users")
        return {str(user.mapping[_CLIENT].value): user for user in users if _CLIENT in user.mapping}

    def expected(self, default: Json, declared: Json, found: Json) -> Json:
        """A client made with the realm has no default role, one made later has (see `change`): both are
        Keycloak's own doing."""
        defaults = [role for role in found.get("realmRoles") or [] if role.startswith("default-roles-")]
        return super().expected({"realmRoles": defaults}, declared, found)

    def creation(self, declared: Declared) -> dict[str, Json]:
        users = [
            {
                "username": f"service-account-{client.lower()}",
                "enabled": True,
                _CLIENT: client,
                **roles,
            }
            for client, roles in self.desired(declared).items()
        ]
        return {"users": users} if users else {}

    def apply(self, change: Change, target: Target) -> None:
        user = (change.observed or {}).get("id") or target.get(
            "clients", target.client(change.name), "service-account-user"
        )["id"]
        map_roles(target, ["users", user], change.observed or {}, change.desired)


_CLIENT = "serviceAccountClientId"


def _items(root: Node, name: str) -> list[Node]:
    return root.mapping[name].items if name in root.mapping else []
