"""The realm as it is, read in as few calls as can be.

One partial-export brings settings, flows with configs, required actions, clients with their authorization
settings, client scopes, scope mappings, roles, groups, service accounts, identity providers, components,
client policies, localization and, once somebody has saved it, the user profile. What it lacks each kind reads
in addition, where it is declared (`Kind.complete`).
"""

from __future__ import annotations

import json
import time
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from provisioning.fingerprint import Fingerprints
from provisioning.nodes import Json
from provisioning.paging import export_in_pages, in_pages, is_large
from provisioning.reader import NotFoundError, Reader, RefusedError, segment

PROFILE_COMPONENT = "org.keycloak.userprofile.UserProfileProvider"
LOCK = "provisioning-lock"
"""The realm role that is there while an apply is at work (lock.py)."""
_FEW = 3


@dataclass
class Observed:
    """A realm's representation, completed. `exists` is false for a realm that is yet to be made; `lock` is
    the role of an apply that has the realm; `large` tells that it was read in pages (paging.py);
    `at` is when, in seconds since 1970; `masked_settings` are names of declared settings of flows, new to the
    realm, that it will mask.

    `organizations`, `workflows` and `users` are as their own endpoints give them, and only there where they
    are declared; each organization has its `identityProviders` by alias, each user the groups and roles that
    the configuration names for it. `other_names` are those of what the export does not tell, by id.
    """

    realm: str
    exists: bool = False
    export: dict[str, Any] = field(default_factory=dict)
    user_profile: Json = None
    client_secrets: dict[str, str] = field(default_factory=dict, repr=False)
    organizations: list[dict[str, Any]] = field(default_factory=list)
    workflows: list[dict[str, Any]] = field(default_factory=list)
    users: list[dict[str, Any]] = field(default_factory=list)
    other_names: dict[str, str] = field(default_factory=dict)
    masked_settings: set[str] = field(default_factory=set)
    lock: dict[str, Any] | None = None
    large: bool = False
    at: float = field(default_factory=time.time)

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

    @property
    def default_role(self) -> str | None:
        """The role that every new user has."""
        return (self.export.get("defaultRole") or {}).get("name")

    def client_id(self, client: str) -> str | None:
        """The server's id of the client of this name."""
        return self._client_ids.get(client)

    def role_id(self, client: str | None, role: str) -> str | None:
        """The server's id of a role of a client, or of the realm where None."""
        return self.role_ids.get((client, role))

    @cached_property
    def group_ids(self) -> dict[str, str]:
        """The server's ids of all groups by path."""
        return {path: str(group.get("id")) for path, group in walk(self.list_of("groups"))}

    @property
    def names(self) -> Mapping[str, str]:
        """By the server's ids, of all that was read: groups by their paths, roles of clients as
        `client/role`."""
        return ChainMap(self.other_names, self._names)

    @cached_property
    def _names(self) -> dict[str, str]:
        roles = {id_: f"{client}/{name}" if client else name for (client, name), id_ in self.role_ids.items()}
        return {
            **{uuid: client for client, uuid in self._client_ids.items()},
            **{str(scope.get("id")): scope["name"] for scope in self.list_of("clientScopes")},
            **{uuid: path for path, uuid in self.group_ids.items()},
            **roles,
        }

    @cached_property
    def _client_ids(self) -> dict[str, str]:
        return {client["clientId"]: str(client.get("id")) for client in self.list_of("clients")}

    @cached_property
    def role_ids(self) -> dict[tuple[str | None, str], str]:
        """The server's ids of all roles, by client (None for the realm) and name."""
        roles = self.export.get("roles") or {}
        lists = [(None, roles.get("realm") or []), *(roles.get("client") or {}).items()]
        return {(client, role["name"]): str(role.get("id")) for client, own in lists for role in own or []}


def walk(groups: Iterable[dict[str, Any]], above: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every group of a tree with its path, parents first."""
    for group in groups:
        path = f"{above}/{group.get('name')}"
        yield path, group
        yield from walk(group.get("subGroups") or [], path)


def observe(reader: Reader, realm: str, large: bool | None = None) -> Observed:
    """What the export, or pages in its place, tell of the realm; a missing one is observed as that. `large`
    tells whether it must be read in pages, where that is known and need not be asked."""
    secrets: dict[str, str] = {}
    try:
        large = is_large(reader, realm) if large is None else large
        if large:
            export, secrets = export_in_pages(reader, realm)
        else:
            export = reader.export(realm)
    except NotFoundError:
        return Observed(realm)
    lock = _without_lock(export)
    return Observed(realm, exists=True, export=export, client_secrets=secrets, lock=lock, large=large)


def _without_lock(export: dict[str, Any]) -> dict[str, Any] | None:
    """Take the tool's own lock out of the roles: it is nobody's to manage."""
    roles = (export.get("roles") or {}).get("realm") or []
    for position, role in enumerate(roles):
        if role["name"] == LOCK:
            taken: dict[str, Any] = roles.pop(position)
            return taken
    return None


def count_users(reader: Reader, realm: str) -> int | None:
    """How many users the realm has; None where this login may not know."""
    try:
        return int(reader.get(f"/{segment(realm)}/users/count"))
    except (RefusedError, TypeError):
        return None


def read_user_profile(reader: Reader, observed: Observed) -> None:
    """From the export where somebody has saved it, else Keycloak's default from its own endpoint."""
    components = (observed.export.get("components") or {}).get(PROFILE_COMPONENT) or []
    for component in components:
        text = (component.get("config") or {}).get("kc.user.profile.config")
        if text:
            observed.user_profile = json.loads(text[0])
            return
    observed.user_profile = reader.get(f"/{segment(observed.realm)}/users/profile")


def read_client_secrets(reader: Reader, observed: Observed, names: Iterable[str]) -> None:
    """The secrets of these clients, which the export masks."""
    unread = (name for name in names if name not in observed.client_secrets)
    known = {name: uuid for name in unread if (uuid := observed.client_id(name))}
    base = f"/{segment(observed.realm)}/clients"
    if len(known) <= _FEW:
        for name, uuid in known.items():
            observed.client_secrets[name] = reader.get(f"{base}/{uuid}/client-secret").get("value") or ""
        return
    for client in pages(reader, f"{base}?"):
        if client["clientId"] in known:
            observed.client_secrets[client["clientId"]] = client.get("secret") or ""


def pages(reader: Reader, path: str) -> Iterable[dict[str, Any]]:
    """All of a list, page by page; `path` ends in ? or &."""
    return in_pages([reader], path)
