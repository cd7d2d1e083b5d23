"""Roles given to a holder (group, user, service account): lists of names, and the calls that change them."""

from __future__ import annotations

from typing import Any

from provisioning.reader import Reader
from provisioning.resources.roles import membership
from provisioning.shapes import ROLES_BY_CLIENT, SET, Shape
from provisioning.target import Target

FIELDS: dict[str, Shape] = {"realmRoles": SET, "clientRoles": ROLES_BY_CLIENT}
"""A declared list (realmRoles, or one client's in clientRoles) is owned as a whole."""


def mappings(holder: dict[str, Any]) -> dict[str, Any]:
    """The role lists that a representation of a holder has."""
    return {name: holder[name] for name in FIELDS if name in holder}


def given(reader: Reader, holder: str) -> dict[str, Any]:
    """The roles that a user has, read by its path."""
    answer = reader.get(f"{holder}/role-mappings")
    clients = answer.get("clientMappings") or {}
    return {
        "realmRoles": [role["name"] for role in answer.get("realmMappings") or []],
        "clientRoles": {name: [role["name"] for role in each["mappings"]] for name, each in clients.items()},
    }


def map_roles(target: Target, holder: list[str], before: dict[str, Any], after: dict[str, Any]) -> None:
    """Give and take roles; `holder` is the holder's path below the realm, as ["users", ID]. One call for
    each container of roles and direction, since Keycloak has one endpoint a container."""
    added, removed = membership(before, after, "realmRoles", "clientRoles")
    for client in dict.fromkeys(client for client, _ in [*added, *removed]):
        where = ["clients", target.client(client)] if client else ["realm"]
        path = [*holder, "role-mappings", *where]
        if granted := [target.role(*role) for role in added if role[0] == client]:
            target.post(*path, body=granted)
        if withdrawn := [target.role(*role) for role in removed if role[0] == client]:
            target.delete(*path, body=withdrawn)
