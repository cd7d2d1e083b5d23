"""The realm as it is, read in as few calls as can be.

One partial-export brings settings, flows with configs, required actions, clients, roles, service accounts,
localization and, once somebody has saved it, the user profile. Left are the default user profile, and
client secrets, which the export masks and which are read only where one is declared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from provisioning.fingerprint import Fingerprints
from provisioning.gateway import Gateway, NotFoundError, segment
from provisioning.nodes import Json

PROFILE_COMPONENT = "org.keycloak.userprofile.UserProfileProvider"
LOCK = "provisioning-lock"
"""The realm role that is there while an apply is at work (lock.py)."""
_PAGE = 250
"""Clients read in pages of this size are cheapest (1.7 ms each, cold)."""
_FEW = 3


@dataclass
class Observed:
    """A realm's representation, completed. `exists` is false for a realm that is yet to be made; `lock` is
    the role of an apply that has the realm."""

    realm: str
    exists: bool = False
    export: dict[str, Any] = field(default_factory=dict)
    user_profile: Json = None
    client_secrets: dict[str, str] = field(default_factory=dict, repr=False)
    lock: dict[str, Any] | None = None

    @property
    def attributes(self) -> dict[str, str]:
        """The realm's own attributes."""
        return dict(self.export.get("attributes") or {})

    @property
    def fingerprints(self) -> Fingerprints:
        """What the realm remembers of the secrets it masks."""
        return Fingerprints(self.attributes)

    def list_of(self, name: str) -> list[dict[str, Any]]:
        """A list of the representation, empty where Keycloak leaves it out."""
        return list(self.export.get(name) or [])

    def client_id(self, client: str) -> str | None:
        """The server's id of the client of this name."""
        return next((str(c["id"]) for c in self.list_of("clients") if c["clientId"] == client), None)

    def roles(self, client: str | None) -> list[dict[str, Any]]:
        """The roles of a client, or of the realm where None."""
        roles = self.export.get("roles") or {}
        return (
            list((roles.get("client") or {}).get(client) or []) if client else list(roles.get("realm") or [])
        )


def observe(
    gateway: Gateway, realm: str, *, user_profile: bool = False, secrets_of: Iterable[str] = ()
) -> Observed:
    """Read the realm. `user_profile` and `secrets_of` (client names) say what is declared beyond the
    export."""
    try:
        export = gateway.export(realm)
    except NotFoundError:
        return Observed(realm)
    observed = Observed(realm, exists=True, export=export, lock=_without_lock(export))
    if user_profile:
        observed.user_profile = _profile(gateway, observed)
    observed.client_secrets = _secrets(gateway, observed, list(secrets_of))
    return observed


def _without_lock(export: dict[str, Any]) -> dict[str, Any] | None:
    """Take the tool's own lock out of the roles: it is nobody's to manage."""
    roles = (export.get("roles") or {}).get("realm") or []
    for position, role in enumerate(roles):
        if role["name"] == LOCK:
            taken: dict[str, Any] = roles.pop(position)
            return taken
    return None


def _profile(gateway: Gateway, observed: Observed) -> Json:
    components = (observed.export.get("components") or {}).get(PROFILE_COMPONENT) or []
    for component in components:
        text = (component.get("config") or {}).get("kc.user.profile.config")
        if text:
            return json.loads(text[0])
    return gateway.get(f"/{segment(observed.realm)}/users/profile")


def _secrets(gateway: Gateway, observed: Observed, names: list[str]) -> dict[str, str]:
    known = {name: uuid for name in names if (uuid := observed.client_id(name))}
    base = f"/{segment(observed.realm)}/clients"
    if len(known) <= _FEW:
        return {
            name: gateway.get(f"{base}/{uuid}/client-secret").get("value") or ""
            for name, uuid in known.items()
        }
    secrets: dict[str, str] = {}
    first = 0
    while page := gateway.get(f"{base}?first={first}&max={_PAGE}"):
        secrets.update({c["clientId"]: c.get("secret") or "" for c in page if c["clientId"] in known})
        first += _PAGE
    return secrets
