"""Roles of service accounts, in the form of Keycloak's exports: `users` entries with a
serviceAccountClientId."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from provisioning.change import Action, Change
from provisioning.nodes import Json, Node
from provisioning.observed import Observed
from provisioning.problems import Problems
from provisioning.resources.base import Declared, Kind
from provisioning.resources.roles import membership
from provisioning.shapes import SET, Maps, Record, Records, Shape, fields
from provisioning.target import Target

_USER = Record(
    {
        **fields(
            text="serviceAccountClientId",
            read_only="""id username enabled createdTimestamp totp emailVerified disableableCredentialTypes
            requiredActions notBefore""",
            unmanaged="""self origin federationLink credentials federatedIdentities clientConsents
            verifiableCredentials issuedVerifiableCredentials applicationRoles socialLinks groups access
            firstName lastName email attributes userProfileMetadata""",
        ),
        "realmRoles": SET,
        "clientRoles": Maps(SET),
    }
)


class ServiceAccounts(Kind):
    """One object a client. A declared list (realmRoles, or one client's in clientRoles) is owned as a
    whole."""

    name = "service account"
    fields: ClassVar[Mapping[str, Shape]] = {"users": Records(_USER, key="serviceAccountClientId")}
    shape = Record({"realmRoles": SET, "clientRoles": Maps(SET)})

    def check(self, root: Node, problems: Problems) -> None:
        clients = {
            str(c.mapping["clientId"].value) for c in _items(root, "clients") if "clientId" in c.mapping
        }
        for user in _items(root, "users"):
            client = user.mapping.get("serviceAccountClientId")
            if client and client.value not in clients:
                problems.add(
                    client.mark,
                    f"users[{client.value}]",
                    "belongs to no declared client: declare it in clients",
                )

    def desired(self, declared: Declared) -> dict[str, Json]:
        return {
            user["serviceAccountClientId"]: {
                key: user[key] for key in ("realmRoles", "clientRoles") if key in user
            }
            for user in declared.get("users") or []
            if "serviceAccountClientId" in user
        }

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {
            user["serviceAccountClientId"]: user
            for user in observed.list_of("users")
            if user.get("serviceAccountClientId")
        }

    def change(self, name: str, wanted: Json, existing: Json, observed: Observed) -> Change | None:
        """A service account that is yet to be made starts with the realm's default role
        (ClientManager.enableServiceAccount adds a user like any other)."""
        if existing is not None or not observed.exists:
            return super().change(name, wanted, existing, observed)
        default = (observed.export.get("defaultRole") or {}).get("name")
        found = super().change(name, wanted, {"realmRoles": [default]} if default else None, observed)
        return replace(found, action=Action.CREATE) if found else None

    def creation(self, declared: Declared) -> dict[str, Json]:
        users = [
            {
                "username": f"service-account-{client.lower()}",
                "enabled": True,
                "serviceAccountClientId": client,
                **roles,
            }
            for client, roles in self.desired(declared).items()
        ]
        return {"users": users} if users else {}

    def apply(self, change: Change, target: Target) -> None:
        user = (change.observed or {}).get("id") or target.get(
            "clients", target.client(change.name), "service-account-user"
        )["id"]
        added, removed = membership(change.observed or {}, change.desired, "realmRoles", "clientRoles")
        for client in dict.fromkeys(client for client, _ in [*added, *removed]):
            path = [
                "users",
                user,
                "role-mappings",
                *(["clients", target.client(client)] if client else ["realm"]),
            ]
            if granted := [target.role(*role) for role in added if role[0] == client]:
                target.post(*path, body=granted)
            if withdrawn := [target.role(*role) for role in removed if role[0] == client]:
                target.delete(*path, body=withdrawn)


def _items(root: Node, name: str) -> list[Node]:
    return root.mapping[name].items if name in root.mapping else []
