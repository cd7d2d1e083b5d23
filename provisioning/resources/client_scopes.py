"""Client scopes (ClientScopeRepresentation) with their protocol mappers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from provisioning.change import Action, Change
from provisioning.nodes import Json
from provisioning.observed import Observed
from provisioning.resources.base import Declared, Kind, merged_map, overlaid
from provisioning.resources.mappers import MAPPERS, changed_mappers
from provisioning.shapes import MAP, Record, Records, Shape, fields
from provisioning.target import Target

_FIELDS: dict[str, Shape] = {
    **fields(short="name description", text="protocol", read_only="id"),
    "attributes": MAP,
    "protocolMappers": MAPPERS,
}
BUILT_IN = frozenset(
    {
        *("acr", "address", "AuthnContextClassRef", "basic", "email", "microprofile-jwt", "offline_access"),
        *("organization", "phone", "profile", "role_list", "roles", "saml_organization", "service_account"),
        "web-origins",
    }
)


def of_the_creation(declared: Declared) -> frozenset[str]:
    """The scopes that are there while a new realm is imported: the declared ones where none of Keycloak's own
    lacks among them, else its own."""
    named = _by_name(declared).keys()
    return frozenset(named) if named >= BUILT_IN else BUILT_IN


def _by_name(declared: Declared) -> dict[str, Json]:
    return {scope["name"]: scope for scope in declared.get("clientScopes") or [] if "name" in scope}


class ClientScopes(Kind):
    """A declared scope; attributes are managed key by key, the list of mappers as a whole."""

    name = "client scope"
    fields: ClassVar[Mapping[str, Shape]] = {"clientScopes": Records(Record(_FIELDS))}
    shape = Record(_FIELDS)
    prunable = "clientScopes"

    def desired(self, declared: Declared) -> dict[str, Json]:
        return _by_name(declared)

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {scope["name"]: scope for scope in observed.list_of("clientScopes")}

    def built_in(self, name: str, existing: Json, observed: Observed) -> bool:
        return name in BUILT_IN

    def creation(self, declared: Declared) -> dict[str, Json]:
        """Only a complete list can be imported: beside any, Keycloak makes none of its own
        (RealmManager.isCreateDefaultClientScopes)."""
        wanted = self.desired(declared)
        if not wanted.keys() >= BUILT_IN:
            return {}
        defaults = ("defaultDefaultClientScopes", "defaultOptionalClientScopes")
        lists = {name: declared[name] for name in defaults if name in declared}
        return {"clientScopes": list(wanted.values()), **lists}

    def remove(self, change: Change, target: Target) -> None:
        target.delete("client-scopes", change.observed["id"])

    def apply(self, change: Change, target: Target) -> None:
        if change.action is Action.CREATE:
            body = {key: value for key, value in change.desired.items() if value is not None}
            target.made_client_scope(change.name, target.post("client-scopes", body=body))
            return
        before = change.observed
        if any(not field.path.startswith("protocolMappers") for field in change.fields):
            target.put("client-scopes", before["id"], body=_body(before, change.desired))
        _apply_mappers(before, change.desired, target)


def _body(before: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    body = {**overlaid(before, wanted), "description": wanted.get("description", before.get("description"))}
    body["attributes"] = merged_map(before.get("attributes"), wanted.get("attributes") or {}, removed="")
    body.pop("protocolMappers", None)  # ClientScopeResource.update does not look at them
    return {key: "" if value is None else value for key, value in body.items()}


def _apply_mappers(before: dict[str, Any], wanted: dict[str, Any], target: Target) -> None:
    if "protocolMappers" not in wanted:
        return
    models = ["client-scopes", before["id"], "protocol-mappers", "models"]
    for had, mapper in changed_mappers(before.get("protocolMappers") or [], wanted["protocolMappers"] or []):
        if had is None:
            target.post(*models, body=mapper)
        elif mapper is None:
            target.delete(*models, had["id"])
        else:
            target.put(*models, had["id"], body={**mapper, "id": had["id"]})
