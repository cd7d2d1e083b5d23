"""What every new client or user of the realm gets: client scopes, groups, roles."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from provisioning.change import Change
from provisioning.nodes import Json
from provisioning.observed import Observed
from provisioning.resources.base import Declared, Kind, with_scopes_that_leave
from provisioning.shapes import PATHS, SET, Record, Shape
from provisioning.target import Target

_SCOPES = {
    "defaultDefaultClientScopes": "default-default-client-scopes",
    "defaultOptionalClientScopes": "default-optional-client-scopes",
}
_GROUPS, _ROLES = "defaultGroups", "defaultRoles"


class _Lists(Kind):
    """Lists of names of the realm, each owned as a whole where declared; one object."""

    relation = True

    def desired(self, declared: Declared) -> dict[str, Json]:
        found = {name: declared[name] for name in self.fields if name in declared}
        return {"": found} if found else {}

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {"": {name: observed.list_of(name) for name in self.fields}}


class DefaultScopes(_Lists):
    """Client scopes that a new client gets. A scope is in one of the two lists only."""

    name = "default client scopes"
    fields: ClassVar[Mapping[str, Shape]] = dict.fromkeys(_SCOPES, SET)
    shape = Record(fields)

    def change(self, name: str, wanted: Json, existing: Json, observed: Observed) -> Change | None:
        wanted = with_scopes_that_leave(wanted, existing or {}, *_SCOPES)
        return super().change(name, wanted, existing, observed)

    def apply(self, change: Change, target: Target) -> None:
        # What leaves goes first, since a scope may move from one list to the other.
        for field, path in _SCOPES.items():
            for scope in _gone(field, change):
                target.delete(path, target.client_scope(scope))
        for field, path in _SCOPES.items():
            for scope in _come(field, change):
                target.put(path, target.client_scope(scope))


class DefaultGroups(_Lists):
    """Groups, by path, that a new user joins."""

    name = "default groups"
    fields: ClassVar[Mapping[str, Shape]] = {_GROUPS: PATHS}
    shape = Record(fields)

    def creation(self, declared: Declared) -> dict[str, Json]:
        # DefaultExportImportManager.importRealm reads them only beside groups.
        together = declared.get("groups") and declared.get(_GROUPS)
        return {_GROUPS: declared[_GROUPS]} if together else {}

    def apply(self, change: Change, target: Target) -> None:
        for group in _come(_GROUPS, change):
            target.put("default-groups", target.group(group))
        for group in _gone(_GROUPS, change):
            target.delete("default-groups", target.group(group))


class DefaultRoles(_Lists):
    """The older form of the default role's composites: realm roles that a new user has at least.

    As Keycloak's own import does, it only adds; who wants to own the list declares the composites of the
    role default-roles-REALM.
    """

    name = "default roles"
    fields: ClassVar[Mapping[str, Shape]] = {_ROLES: SET}
    shape = Record(fields)

    def elsewhere(self, declared: Declared, observed: Observed) -> Collection[str]:
        return () if _ROLES in declared else ("",)  # they are the default role's composites

    def existing(self, observed: Observed) -> dict[str, Json]:
        name = (observed.export.get("defaultRole") or {}).get("name")
        roles = (observed.export.get("roles") or {}).get("realm") or []
        default: dict[str, Any] = next((role for role in roles if role["name"] == name), {})
        return {"": {_ROLES: (default.get("composites") or {}).get("realm") or []}}

    def change(self, name: str, wanted: Json, existing: Json, observed: Observed) -> Change | None:
        has = (existing or {}).get(_ROLES) or []
        union = [*has, *(role for role in wanted[_ROLES] if role not in has)]
        return super().change(name, {_ROLES: union}, existing, observed)

    def apply(self, change: Change, target: Target) -> None:
        default = target.observed.export["defaultRole"]["id"]
        roles = [target.role(None, role) for role in _come(_ROLES, change)]
        target.post("roles-by-id", default, "composites", body=roles)


def _come(field: str, change: Change) -> list[str]:
    before = (change.observed or {}).get(field) or []
    return [name for name in change.desired.get(field) or [] if name not in before]


def _gone(field: str, change: Change) -> list[str]:
    wanted = change.desired.get(field)
    before = (change.observed or {}).get(field) or []
    return [name for name in before if wanted is not None and name not in wanted]
