"""Components (ComponentExportRepresentation): keys, user federation with its mappers, and others.

In the form of exports: lists by provider type, each component with its subcomponents. The user profile and
workflows are components too, and kinds of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar

from provisioning.change import Action, Change
from provisioning.nodes import Json, Node, hidden
from provisioning.observed import PROFILE_COMPONENT, Observed
from provisioning.ownership import Ownership
from provisioning.reader import segment
from provisioning.resources.base import Declared, Kind
from provisioning.shapes import VALUES, Maps, Record, Records, Shape, fields
from provisioning.target import Target

_FIELDS: dict[str, Shape] = {
    **fields(short="name", text="providerId subType", read_only="id"),
    "config": Maps(VALUES),
}
_COMPONENT = Record(_FIELDS)
_LISTS = Maps(Records(_COMPONENT, key=""))
_FIELDS["subComponents"] = _LISTS

_SHAPE = Record({**fields(text="providerId"), "config": Maps(VALUES)})

_KEYS = "org.keycloak.keys.KeyProvider"
_OTHER_KINDS = frozenset({PROFILE_COMPONENT, "org.keycloak.models.workflow.WorkflowProvider"})
_MATERIAL = frozenset({"privateKey", "certificate", "secret", "kid", "keyUse"})
"""What a full export tells of generated keys. Reading never shows it (StripSecretsUtils drops what is no
setting of the provider), so it can only be given to a new realm."""


_SECRETS = frozenset({"bindCredential", "keyPassword", "keystorePassword", "privateKey"})
"""Settings of Keycloak's own providers that it masks; those of others are found out once they are there."""


_MADE = frozenset(
    {
        "username",
        "first name",
        "last name",
        "email",
        "creation date",
        "modify date",
        "Kerberos principal attribute mapper",
        "MSAD account controls",
    }
)
"""Mappers that Keycloak makes with a user federation (LDAPStorageProviderFactory.onCreate)."""


class Place(str):
    """How a plan calls a component: type, name and sub-type; below another one, after it."""

    type: str
    component: str
    sub_type: str | None
    above: Place | None

    def __new__(cls, type_: str, name: str, sub_type: str | None, above: Place | None) -> Place:
        own = name + (f" ({sub_type})" if sub_type else "")
        text = f"{above} / {own}" if above else f"{type_.rsplit('.', 1)[-1]} {own}"
        place = super().__new__(cls, text)
        place.type, place.component, place.sub_type, place.above = type_, name, sub_type, above
        return place


class Components(Kind):
    """One object a component, settings managed key by key; other components of a type are left alone."""

    name = "component"
    fields: ClassVar[Mapping[str, Shape]] = {"components": _LISTS}
    shape = _SHAPE
    masks = True
    prunable = "components"

    def desired(self, declared: Declared) -> dict[str, Json]:
        return {place: _own(each) for place, each in _walk(declared.get("components") or {})}

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {place: _plain(each) for place, each in _walk(observed.export.get("components") or {})}

    def elsewhere(self, declared: Declared, observed: Observed) -> Collection[str]:
        return [
            place
            for place, _ in _walk(observed.export.get("components") or {})
            if place.above and place.component in _MADE
        ]

    def nodes(self, root: Node) -> dict[str, Node]:
        return dict(_nodes(root.mapping.get("components")))

    def deletions(self, declared: Declared, observed: Observed, ownership: Ownership) -> list[Change]:
        """Only of provider types that are declared; subcomponents only below a declared one."""
        types = declared.get("components") or {}
        wanted = self.desired(declared)
        found = super().deletions(declared, observed, ownership)
        return [change for change in found if _in(change.name, types, wanted)]

    def creation(self, declared: Declared) -> dict[str, Json]:
        """Only keys that come with their material: beside any declared key Keycloak makes none of its own,
        and an import makes a federation without the mappers that it gets otherwise."""
        keys = (declared.get("components") or {}).get(_KEYS) or []
        if not any(_MATERIAL & (each.get("config") or {}).keys() for each in keys):
            return {}
        return {"components": {_KEYS: [{**each, "config": _lists(each.get("config"))} for each in keys]}}

    def remove(self, change: Change, target: Target) -> None:
        target.delete("components", change.observed["id"])

    def apply(self, change: Change, target: Target) -> None:
        place, wanted = change.name, change.desired
        if not isinstance(place, Place):
            raise TypeError(place)
        body = {
            "name": place.component,
            "providerId": wanted.get("providerId") or (change.observed or {}).get("providerId"),
            "providerType": place.type,
            "subType": place.sub_type,
            "parentId": _parent(place, target),
            # RepresentationToModel.updateComponent: settings left out stay, empty ones go.
            "config": _lists(wanted.get("config")),
        }
        if change.action is Action.CREATE and not _made_by_keycloak(place, target):
            target.made_component(place, target.post("components", body=body))
        else:
            uuid = change.observed["id"] if change.observed else _made(place, str(body["parentId"]), target)
            target.put("components", uuid, body={**body, "id": uuid})
        target.keep(change.fingerprints)


def _walk(lists: Mapping[str, Any], above: Place | None = None) -> Iterator[tuple[Place, dict[str, Any]]]:
    for type_, components in lists.items():
        for each in (components or []) if type_ not in _OTHER_KINDS else []:
            place = Place(type_, each.get("name") or each.get("providerId") or "", each.get("subType"), above)
            yield place, each
            yield from _walk(each.get("subComponents") or {}, place)


def _nodes(lists: Node | None, above: Place | None = None) -> Iterator[tuple[Place, Node]]:
    for type_, components in lists.mapping.items() if lists else []:
        for each in components.items:
            name, sub_type = (
                str(each.mapping[key].value) if key in each.mapping else None for key in ("name", "subType")
            )
            place = Place(type_, name or "", sub_type, above)
            yield place, each
            yield from _nodes(each.mapping.get("subComponents"), place)


def _plain(component: dict[str, Any]) -> dict[str, Any]:
    """The observed component in the form of a declared one: a setting of one value is that value."""
    config = {
        key: values[0] if isinstance(values, list) and len(values) == 1 else values
        for key, values in (component.get("config") or {}).items()
    }
    return {**component, "config": config}


def _own(component: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {key: component[key] for key in ("providerId", "config") if key in component}
    generated = str(component.get("providerId")).endswith("-generated")
    if "config" in kept:
        kept["config"] = {
            key: hidden(value, key) if key in _SECRETS and isinstance(value, str) else value
            for key, value in kept["config"].items()
            if not (generated and key in _MATERIAL)
        }
    return kept


def _lists(config: Mapping[str, Json] | None) -> dict[str, Json]:
    return {
        key: value if isinstance(value, list) else ["" if value is None else value]
        for key, value in (config or {}).items()
    }


def _in(name: str, types: Mapping[str, Any], wanted: Mapping[str, Json]) -> bool:
    if not isinstance(name, Place):
        return False
    return name.type in types if name.above is None else name.above in wanted


def _parent(place: Place, target: Target) -> str:
    if place.above is None:
        return str(target.observed.export["id"])
    if place.above not in target.components:
        for known, each in _walk(target.observed.export.get("components") or {}):
            target.components[known] = str(each["id"])
    return target.components[place.above]


_LDAP_MAPPER = "org.keycloak.storage.ldap.mappers.LDAPStorageMapper"
_LDAP_MAPPERS = frozenset(
    {
        *("creation date", "email", "first name", "Kerberos principal attribute mapper", "last name"),
        *("modify date", "username"),
    }
)


def _made_by_keycloak(place: Place, target: Target) -> bool:
    """Whether Keycloak has just made this component itself, together with its parent
    (LDAPStorageProviderFactory.onCreate)."""
    if place.type != _LDAP_MAPPER or place.component not in _LDAP_MAPPERS:
        return False
    return place.above not in dict(_walk(target.observed.export.get("components") or {}))


def _made(place: Place, parent: str, target: Target) -> str:
    query = f"?parent={segment(parent)}&type={segment(place.type)}&name={segment(place.component)}"
    return str(target.gateway.get(target.path("components") + query)[0]["id"])
