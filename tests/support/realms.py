"""Realms of any size, as small data."""

from __future__ import annotations

from typing import Any


def many(roles: int, groups: int, clients: int) -> dict[str, Any]:
    """A RealmRepresentation without a name: plain roles, groups of one role each, public clients."""
    return {
        "enabled": True,
        "displayName": "Many",
        "roles": {"realm": [{"name": f"role-{n}", "description": f"Role {n}"} for n in range(roles)]},
        "groups": [{"name": f"group-{n}", "realmRoles": [f"role-{n % roles}"]} for n in range(groups)],
        "clients": [
            {
                "clientId": f"client-{n}",
                "name": f"Client {n}",
                "publicClient": True,
                "redirectUris": [f"https://client-{n}.example.org/*"],
            }
            for n in range(clients)
        ],
    }
