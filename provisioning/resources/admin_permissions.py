"""Fine-grained permissions of administrators: policies and permissions of the client admin-permissions.

Keycloak makes that client with `adminPermissionsEnabled` and lets nobody import its settings
(AdminPermissionsSchema, ResourceServerService.importSettings): each of them is written by a call of its own.
What a permission is about (a client, a group, …) is told here and in files by name, in exports by id.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from provisioning.change import Action, Change
from provisioning.nodes import Json, Node
from provisioning.observed import Observed
from provisioning.ownership import Ownership
from provisioning.problems import ProvisioningError
from provisioning.reader import Reader
from provisioning.resources.authorization import ADMINISTRATORS, POLICY, policy_id, with_lists
from provisioning.resources.base import Declared, Kind, merged_map, overlaid
from provisioning.resources.permission_names import (
    PERMISSION,
    items,
    named,
    read_in_pages,
    read_names,
)
from provisioning.resources.roles import RoleName
from provisioning.target import Target

_ORDER = {"aggregate": 1, PERMISSION: 2}
"""Whatever is not named here refers to none of the others."""


class AdminPermissions(Kind):
    """One object a policy or permission; a declared list of them is whole."""

    name = "admin permission"
    shape = POLICY

    def complete(self, declared: Declared, observed: Observed, reader: Reader) -> None:
        if "clients" not in declared:
            return
        if observed.large and _settings(declared["clients"]) is not None:
            read_in_pages(reader, observed, ADMINISTRATORS)
        read_names(reader, observed, self.existing(observed).values())

    def desired(self, declared: Declared) -> dict[str, Json]:
        return _by_name(_listed(declared.get("clients")) or [], {})

    def existing(self, observed: Observed) -> dict[str, Json]:
        return _by_name(_listed(observed.list_of("clients")) or [], observed.names)

    def nodes(self, root: Node) -> dict[str, Node]:
        nothing = Node({}, root.mark)
        clients = root.mapping.get("clients", nothing).items
        settings = [
            client.mapping.get("authorizationSettings", nothing)
            for client in clients
            if "clientId" in client.mapping and client.mapping["clientId"].value == ADMINISTRATORS
        ]
        listed = [item for each in settings for item in each.mapping.get("policies", nothing).items]
        return {str(item.mapping["name"].value): item for item in listed if "name" in item.mapping}

    def change(self, name: str, wanted: Json, existing: Json, observed: Observed) -> Change | None:
        return super().change(name, _normal(wanted, observed.names), existing, observed)

    def changes(self, declared: Declared, observed: Observed) -> list[Change]:
        found = super().changes(declared, observed)
        if found and not declared.get(
            "adminPermissionsEnabled", observed.export.get("adminPermissionsEnabled")
        ):
            raise ProvisioningError(
                f"clients[{ADMINISTRATORS}].authorizationSettings: the realm has no such permissions:"
                " declare adminPermissionsEnabled: true"
            )
        return found

    def deletions(self, declared: Declared, observed: Observed, ownership: Ownership) -> list[Change]:
        if _listed(declared.get("clients")) is None:
            return []
        wanted, existing = self.desired(declared), self.existing(observed)
        gone = [name for name in reversed(existing) if name not in wanted]
        return [Change(self.name, name, Action.DELETE, (), None, existing[name]) for name in gone]

    def remove(self, change: Change, target: Target) -> None:
        target.delete(*_server(target), *_path(change.observed), _id(change, target))

    def apply(self, change: Change, target: Target) -> None:
        before, wanted = change.observed or {}, change.desired
        merged = overlaid(before, wanted)
        merged["config"] = merged_map(before.get("config"), wanted.get("config") or {})
        server, path, body = _server(target), _path(merged), _body(merged, target)
        if change.action is Action.CREATE:
            target.post(*server, *path, body=body)
        else:
            target.put(*server, *path, _id(change, target), body=body)


def _settings(clients: Iterable[Mapping[str, Any]] | None) -> Mapping[str, Any] | None:
    for client in clients or ():
        if client.get("clientId") == ADMINISTRATORS:
            return client.get("authorizationSettings")
    return None


def _listed(clients: Iterable[Mapping[str, Any]] | None) -> list[dict[str, Any]] | None:
    """The policies and permissions; None where nothing is said of them."""
    policies = (_settings(clients) or {}).get("policies")
    return None if policies is None else list(policies)


def _by_name(policies: Iterable[dict[str, Any]], known: Mapping[str, str]) -> dict[str, Json]:
    """In the order in which they can be written; `known` are names by id."""
    ordered = sorted(policies, key=lambda policy: _ORDER.get(str(policy.get("type")), 0))
    return {policy["name"]: _normal(policy, known) for policy in ordered if "name" in policy}


def _normal(policy: dict[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """Without the type of resource in two places, and without an id; a permission that names no resource is
    about all of its type."""
    config = dict(policy.get("config") or {})
    for key, value in config.items():
        if isinstance(value, str) and value.startswith("["):
            config[key] = json.dumps(named(items(value), known))
    found = with_lists({**policy, "config": config})
    if found.get("type") != PERMISSION:
        return found
    config = dict(found.get("config") or {})
    type_ = str(config.pop("defaultResourceType", None) or found.get("resourceType"))
    about = items(config.get("resources")) or [type_]
    return {**found, "resourceType": type_, "config": {**config, "resources": json.dumps(about)}}


def _server(target: Target) -> list[str]:
    return ["clients", target.client(ADMINISTRATORS), "authz", "resource-server"]


def _path(policy: Mapping[str, Any]) -> list[str]:
    type_ = str(policy["type"])
    return ["permission", type_] if type_ == PERMISSION else ["policy", type_]


def _id(change: Change, target: Target) -> str:
    return policy_id(target, _server(target), change.name)


def _body(policy: Mapping[str, Any], target: Target) -> dict[str, Any]:
    """What the endpoint of its type takes: settings as fields, lists as lists."""
    body = {key: value for key, value in policy.items() if key != "config" and value is not None}
    for key, value in (policy.get("config") or {}).items():
        is_list = isinstance(value, str) and value.startswith("[")
        body["policies" if key == "applyPolicies" else key] = items(value) if is_list else value
    if policy["type"] == PERMISSION:
        body["resources"] = [_about(policy["resourceType"], name, target) for name in body["resources"]]
    return body


def _about(type_: str, name: str, target: Target) -> str:
    """What AdminPermissionsSchema.getOrCreateResource takes: the type for all of them, a client's or user's
    name, else an id.

    Of a client never the id: looking for a resource of that id, Keycloak 26.7.4 remembers that there is none,
    and from then on that the client has no authorization settings (StoreFactoryCacheSession keeps both under
    one key).
    """
    if type_ == "Groups" and name != type_:
        return target.group(name)
    if type_ == "Roles" and name != type_:
        return _role(name, target)
    return target.organization(name) if type_ == "Organizations" and name != type_ else name


def _role(name: str, target: Target) -> str:
    known = {str(RoleName(*key)): uuid for key, uuid in target.observed.role_ids.items()}
    client, slash, role = name.partition("/")
    return known.get(name) or str(target.role(client if slash else None, role if slash else name)["id"])
