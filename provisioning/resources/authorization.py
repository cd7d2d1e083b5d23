"""Authorization settings of clients (ResourceServerRepresentation): resources, scopes, policies, permissions.

All references are by name, as in exports; server ids appear nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from provisioning.change import Change
from provisioning.nodes import Json, Node, json_list
from provisioning.observed import Observed
from provisioning.paging import read_authorization
from provisioning.problems import Problems, ProvisioningError, Severity
from provisioning.reader import Reader, segment
from provisioning.resources.base import Declared, Kind, managed_map, merged_map, overlaid
from provisioning.shapes import ATTRIBUTES, MAP, Record, Records, fields
from provisioning.target import Target

_SCOPE = Record(fields(text="name iconUri displayName", read_only="id policies resources"))
_RESOURCE = Record(
    {
        **fields(
            text="name type icon_uri iconUri displayName uri",
            flag="ownerManagedAccess",
            set="uris",
            any="owner",
            read_only="_id id",
        ),
        # Of the scopes of a resource only the names are told and taken.
        "scopes": Records(
            Record(fields(text="name", read_only="id iconUri displayName policies resources")), brief=True
        ),
        "attributes": ATTRIBUTES,
    }
)
POLICY = Record(
    {
        **fields(
            short="name description",
            text="type logic decisionStrategy resourceType",
            set="resources scopes policies",
            read_only="id owner resourcesData scopesData",
        ),
        "config": MAP,
    }
)
SETTINGS = Record(
    {
        **fields(
            text="policyEnforcementMode decisionStrategy",
            flag="allowRemoteResourceManagement",
            read_only="id clientId name authorizationSchema",
        ),
        "resources": Records(_RESOURCE),
        "scopes": Records(_SCOPE),
        "policies": Records(POLICY),
    }
)
ADMINISTRATORS = "admin-permissions"
FIRST_PERMISSIONS = "realm-management"
"""The client that had administrators' permissions before Keycloak 26.2. Nobody may change it, unless the
server was started with that deprecated feature (admin-fine-grained-authz:v1)."""
_OF_ADMINISTRATORS = (ADMINISTRATORS, FIRST_PERMISSIONS)
_LISTS = {"policies": "policy", "resources": "resource", "scopes": "scope"}
"""In the order in which they are deleted: who refers to others goes first."""


class Authorization(Kind):
    """One object a client with `authorizationSettings`; each of its lists is owned as a whole."""

    name = "authorization of client"
    shape = SETTINGS

    def check(self, root: Node, problems: Problems) -> None:
        settings = self.nodes(root).get(FIRST_PERMISSIONS)
        if settings is not None:
            words = (
                "are administrators' permissions of the first version, which is deprecated: whatever they"
                f" say, they stay as they are; those of the second are declared in client {ADMINISTRATORS}"
            )
            where = f"clients[{FIRST_PERMISSIONS}].authorizationSettings"
            problems.add(settings.mark, where, words, Severity.WARNING)
        for client in root.mapping["clients"].items if "clients" in root.mapping else []:
            _check_server(client, problems)

    def desired(self, declared: Declared) -> dict[str, Json]:
        found = _settings(declared.get("clients") or [])
        return {client: settings for client, settings in found.items() if client not in _OF_ADMINISTRATORS}

    def elsewhere(self, declared: Declared, observed: Observed) -> Collection[str]:
        return _OF_ADMINISTRATORS  # admin_permissions.py

    def complete(self, declared: Declared, observed: Observed, reader: Reader) -> None:
        if observed.large:
            read_authorization(reader, observed.realm, observed.export, self.desired(declared))

    def changes(self, declared: Declared, observed: Observed) -> list[Change]:
        found = super().changes(declared, observed)
        known = [*observed.list_of("clients"), *(declared.get("clients") or [])]
        serving = {client.get("clientId") for client in known if client.get("authorizationServicesEnabled")}
        for change in found:
            if change.observed is None and change.name not in serving:
                raise ProvisioningError(
                    f"clients[{change.name}].authorizationSettings: the client has no authorization services:"
                    " declare authorizationServicesEnabled: true"
                )
        return found

    def existing(self, observed: Observed) -> dict[str, Json]:
        return _settings(observed.list_of("clients"))

    def nodes(self, root: Node) -> dict[str, Node]:
        clients = root.mapping.get("clients")
        return {
            str(client.mapping["clientId"].value): client.mapping["authorizationSettings"]
            for client in (clients.items if clients else [])
            if {"clientId", "authorizationSettings"} <= client.mapping.keys()
        }

    def apply(self, change: Change, target: Target) -> None:
        """One import brings all that is new or different; what is declared no more goes one by one."""
        server = ["clients", target.client(change.name), "authz", "resource-server"]
        before = change.observed or {}
        body = _whole(before, change.desired)
        target.post(*server, "import", body=body)
        for resource in _with_other_scopes(before, body):
            # The import changes the scopes in the database, but not in the server's cache: once one of them
            # is deleted, every reading of the resource would end in an error 500. This call changes both.
            uuid = _id(target, server, "resource", resource["name"])
            target.put(*server, "resource", uuid, body={**resource, "_id": uuid})
        for field, path in _LISTS.items():
            wanted = {item["name"] for item in change.desired.get(field) or []}
            for item in before.get(field) or [] if field in change.desired else []:
                if item["name"] not in wanted:
                    target.delete(*server, path, _id(target, server, path, item["name"]))


def _check_server(client: Node, problems: Problems) -> None:
    """Only a confidential client that says so has a server to put the settings into."""
    settings = client.mapping.get("authorizationSettings")
    said = {name: field.value for name, field in client.mapping.items()}
    against = [name for name in ("publicClient", "bearerOnly") if said.get(name) is True]
    against += ["authorizationServicesEnabled"] if said.get("authorizationServicesEnabled") is False else []
    if settings is not None and settings.value and against and said.get("clientId") != FIRST_PERMISSIONS:
        where = f"clients[{said.get('clientId')}].authorizationSettings"
        words = f"need authorizationServicesEnabled: true and a confidential client: correct {against[0]}"
        problems.add(settings.mark, where, words)


def _settings(clients: list[dict[str, Any]]) -> dict[str, Json]:
    return {
        client["clientId"]: _normal(client["authorizationSettings"], client["clientId"])
        for client in clients
        if client.get("authorizationSettings") is not None and "clientId" in client
    }


def _normal(settings: dict[str, Any], client: str) -> dict[str, Any]:
    found = dict(settings)
    if "policies" in found:
        found["policies"] = [with_lists(policy) for policy in found["policies"] or []]
    if "resources" in found:
        found["resources"] = [_resource(resource, client) for resource in found["resources"] or []]
    return found


def with_lists(policy: dict[str, Any]) -> dict[str, Any]:
    """Lists inside settings are JSON texts in any order; the same lists beside the settings mean the same."""
    config = {key: _sorted(value) for key, value in (policy.get("config") or {}).items()}
    beside = {"resources": "resources", "scopes": "scopes", "policies": "applyPolicies"}
    for field, key in beside.items():
        if policy.get(field):
            config[key] = _sorted(json.dumps(policy[field]))
    kept = {key: value for key, value in policy.items() if key not in beside}
    return {**kept, "config": config} if config or "config" in policy else kept


def _resource(resource: dict[str, Any], client: str) -> dict[str, Any]:
    kept = {key: value for key, value in resource.items() if key not in ("uri", "iconUri")}
    owner = kept.get("owner")
    if client in (owner, owner.get("name") if isinstance(owner, dict) else None):
        # Who has no owner is its client's, and so exports say nothing of it (RepresentationToModel.toModel).
        del kept["owner"]
    if resource.get("uri"):
        kept["uris"] = [resource["uri"]]
    if resource.get("iconUri"):
        kept["icon_uri"] = resource["iconUri"]
    return kept


def _sorted(value: Json) -> Json:
    items = json_list(value) if isinstance(value, str) and value.startswith("[") else None
    if items is None:
        return value
    # RolePolicyProviderFactory and GroupPolicyProviderFactory write these defaults out.
    items = [{**_default(item), **item} if isinstance(item, dict) else item for item in items]
    return json.dumps(sorted(items, key=lambda item: json.dumps(item, sort_keys=True)), sort_keys=True)


def _default(item: dict[str, Any]) -> dict[str, Any]:
    return {"extendChildren": False} if "path" in item else {"required": False}


def _whole(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What the import takes: it replaces each object that it names, so what is not declared goes along."""
    flags = {key: value for key, value in before.items() if key not in _LISTS}
    body = {**flags, **wanted}
    for field in _LISTS:
        had = {item["name"]: item for item in before.get(field) or []}
        body[field] = [_merged(had.get(item["name"]) or {}, item) for item in wanted.get(field) or []]
    return body


def _with_other_scopes(before: Mapping[str, Any], body: Mapping[str, Any]) -> list[dict[str, Any]]:
    had = {item["name"]: _scopes(item) for item in before.get("resources") or []}
    return [item for item in body["resources"] if had.get(item["name"], _scopes(item)) != _scopes(item)]


def _scopes(resource: Mapping[str, Any]) -> set[str]:
    return {scope["name"] for scope in resource.get("scopes") or []}


def _merged(before: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    merged = overlaid(before, wanted)
    if "attributes" in merged:
        merged["attributes"] = managed_map(before.get("attributes"), wanted.get("attributes"))
    if "config" in merged:
        merged["config"] = merged_map(before.get("config"), wanted.get("config") or {})
    return merged


def policy_id(target: Target, server: list[str], name: str) -> str:
    """The server's id of a policy or permission."""
    return _id(target, server, "policy", name)


def _id(target: Target, server: list[str], path: str, name: str) -> str:
    query = f"/search?name={segment(name)}"
    found = target.gateway.get(target.path(*server, path) + query)
    return str(found.get("_id") or found["id"])
