"""Identity providers (IdentityProviderRepresentation) and their mappers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from provisioning.change import Action, Change
from provisioning.nodes import Json, Node
from provisioning.observed import Observed
from provisioning.problems import Problems
from provisioning.resources.base import Declared, Kind, merged_map, overlaid
from provisioning.shapes import MAP, Record, Records, Shape, TextMap, fields
from provisioning.target import Target

_PROVIDER = Record(
    {
        **fields(
            short="alias displayName",
            text="providerId firstBrokerLoginFlowAlias postBrokerLoginFlowAlias",
            flag="""enabled trustEmail storeToken addReadTokenRoleOnCreate authenticateByDefault linkOnly
            hideOnLogin""",
            read_only="internalId organizationId types updateProfileFirstLogin updateProfileFirstLoginMode",
        ),
        "config": TextMap(secret_keys=frozenset({"clientSecret"})),
    }
)
_MAPPER = Record(
    {**fields(text="name identityProviderAlias identityProviderMapper", read_only="id"), "config": MAP}
)


class IdentityProviders(Kind):
    """A declared provider; its settings are managed key by key."""

    name = "identity provider"
    fields: ClassVar[Mapping[str, Shape]] = {"identityProviders": Records(_PROVIDER, key="alias")}
    shape = _PROVIDER
    masks = True
    prunable = "identityProviders"

    def desired(self, declared: Declared) -> dict[str, Json]:
        return {each["alias"]: each for each in declared.get("identityProviders") or [] if "alias" in each}

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {each["alias"]: each for each in observed.list_of("identityProviders")}

    def creation(self, declared: Declared) -> dict[str, Json]:
        return _import("identityProviders", list(self.desired(declared).values()))

    def remove(self, change: Change, target: Target) -> None:
        target.delete("identity-provider", "instances", change.name)

    def apply(self, change: Change, target: Target) -> None:
        if change.action is Action.CREATE:
            (body,) = _import("identityProviders", [change.desired])["identityProviders"]
            target.post("identity-provider", "instances", body=body)
        else:
            # A masked clientSecret goes back on purpose: IdentityProviderResource.updateIdpFromRep keeps the
            # secret for it, and drops the secret without it.
            target.put("identity-provider", "instances", change.name, body=_whole(change))
        target.keep(change.fingerprints)


class MapperName(str):
    """How a plan calls a mapper: `PROVIDER/NAME`; both may contain slashes."""

    provider: str

    def __new__(cls, provider: str, name: str) -> MapperName:
        made = super().__new__(cls, f"{provider}/{name}")
        made.provider = provider
        return made


class IdentityProviderMappers(Kind):
    """Mappers of identity providers, settings managed key by key."""

    name = "identity provider mapper"
    fields: ClassVar[Mapping[str, Shape]] = {"identityProviderMappers": Records(_MAPPER)}
    shape = _MAPPER
    prunable = "identityProviderMappers"

    def check(self, root: Node, problems: Problems) -> None:
        listed = root.mapping.get("identityProviderMappers")
        for mapper in listed.items if listed else []:
            if "identityProviderAlias" not in mapper.mapping:
                problems.add(mapper.mark, "identityProviderMappers", "lacks its identityProviderAlias")

    def desired(self, declared: Declared) -> dict[str, Json]:
        return _by_name(declared.get("identityProviderMappers") or [])

    def existing(self, observed: Observed) -> dict[str, Json]:
        return _by_name(observed.list_of("identityProviderMappers"))

    def nodes(self, root: Node) -> dict[str, Node]:
        listed = root.mapping.get("identityProviderMappers")
        named = [item for item in (listed.items if listed else []) if {"name", _ALIAS} <= item.mapping.keys()]
        return {
            MapperName(*(str(item.mapping[key].value) for key in (_ALIAS, "name"))): item for item in named
        }

    def creation(self, declared: Declared) -> dict[str, Json]:
        return _import("identityProviderMappers", list(self.desired(declared).values()))

    def remove(self, change: Change, target: Target) -> None:
        target.delete(*_mappers(change), change.observed["id"])

    def apply(self, change: Change, target: Target) -> None:
        if change.action is Action.CREATE:
            target.post(*_mappers(change), body=change.desired)
        else:
            target.put(*_mappers(change), change.observed["id"], body=_whole(change))


_ALIAS = "identityProviderAlias"


def _by_name(mappers: list[dict[str, Any]]) -> dict[str, Json]:
    named = [mapper for mapper in mappers if _ALIAS in mapper and "name" in mapper]
    return {MapperName(mapper[_ALIAS], mapper["name"]): mapper for mapper in named}


def _mappers(change: Change) -> list[str]:
    name = change.name
    provider = name.provider if isinstance(name, MapperName) else name.split("/")[0]
    return ["identity-provider", "instances", provider, "mappers"]


def _whole(change: Change) -> dict[str, Any]:
    """The representation to send back: Keycloak replaces it as one, settings included."""
    before, wanted = change.observed, change.desired
    merged = {**overlaid(before, wanted)}
    merged["config"] = merged_map(before.get("config"), wanted.get("config") or {})
    return merged


def _import(field: str, items: list[dict[str, Any]]) -> dict[str, Json]:
    """Without what is declared as nothing: Keycloak would take a null setting for a text."""
    made = [
        {
            **{key: value for key, value in item.items() if value is not None},
            "config": {key: value for key, value in (item.get("config") or {}).items() if value is not None},
        }
        for item in items
    ]
    return {field: made} if made else {}
