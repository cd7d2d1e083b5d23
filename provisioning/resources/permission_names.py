"""Names of what the permissions of administrators are about.

Exports tell the server's ids of it; the endpoints, by which a realm too large for an export is read, tell ids
of everything. What the realm as read has no name for is asked for, one by one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from provisioning.nodes import Json, json_list
from provisioning.observed import Observed, pages
from provisioning.reader import NotFoundError, Reader, segment
from provisioning.resources.roles import RoleName

PERMISSION = "scope"
"""The type of a permission; all other types are policies, that is who is meant."""
_PATHS = {"Users": "users", "Organizations": "organizations", "Roles": "roles-by-id"}
_TOLD: tuple[str, ...] = ("name", "description", "type", "logic", "decisionStrategy")
_CONDITIONS = {"user": ("users", "Users"), "role": ("roles", "Roles")}
"""Of types of policies: the setting that lists who is meant, and what these are."""


def read_in_pages(reader: Reader, observed: Observed, client: str) -> None:
    """The policies and permissions of this client, in the form of an export but for the ids."""
    uuid = observed.client_id(client)
    if uuid is None:
        return
    server = f"/{segment(observed.realm)}/clients/{uuid}/authz/resource-server"
    found = [_exported(each, reader, server) for each in pages(reader, f"{server}/policy?fields=*&")]
    for each in observed.list_of("clients"):
        if each["clientId"] == client:
            each["authorizationSettings"] = {"policies": found}


def _exported(policy: dict[str, Any], reader: Reader, server: str) -> dict[str, Any]:
    config = dict(policy.get("config") or {})
    if policy["type"] == PERMISSION:
        config["resources"] = json.dumps([each["name"] for each in policy.get("resourcesData") or []])
        config["scopes"] = json.dumps([each["name"] for each in policy.get("scopesData") or []])
    if policy["type"] in (PERMISSION, "aggregate"):
        applied = reader.get(f"{server}/policy/{policy['id']}/associatedPolicies")
        config["applyPolicies"] = json.dumps([each["name"] for each in applied])
    kept = {key: policy[key] for key in _TOLD if key in policy}
    return {**kept, "config": config}


def read_names(reader: Reader, observed: Observed, policies: Iterable[Mapping[str, Any]]) -> None:
    """Into `observed.other_names`, of whatever else has no name."""
    for type_, uuid in _mentioned(policies, everything=observed.large):
        if type_ in _PATHS and uuid not in observed.names:
            try:
                found = reader.get(f"/{segment(observed.realm)}/{_PATHS[type_]}/{uuid}")
            except NotFoundError:
                continue  # gone, and the permission says nothing of it any more
            observed.other_names[uuid] = _name(found, observed.names)


def _mentioned(policies: Iterable[Mapping[str, Any]], *, everything: bool) -> Iterator[tuple[str, str]]:
    """Types and ids of what permissions are about, and with `everything` of who is meant."""
    for policy in policies:
        config = policy.get("config") or {}
        if policy["type"] == PERMISSION:
            type_ = str(policy["resourceType"])
            yield from ((type_, each) for each in items(config.get("resources")) if each != type_)
        elif everything and policy["type"] in _CONDITIONS:
            field, type_ = _CONDITIONS[policy["type"]]
            listed = items(config.get(field))
            yield from ((type_, str(each["id"] if isinstance(each, dict) else each)) for each in listed)


def _name(found: Mapping[str, Any], known: Mapping[str, str]) -> str:
    """Of a user, an organization or a role."""
    if "clientRole" in found:
        client = known.get(str(found["containerId"])) if found["clientRole"] else None
        return str(RoleName(client, found["name"]))
    return str(found.get("username") or found.get("alias"))


def named(listed: Iterable[Json], known: Mapping[str, str]) -> list[Json]:
    """A list of who or what is meant, ids replaced: of groups by their paths."""
    return [_renamed(each, known) for each in listed]


def _renamed(item: Json, known: Mapping[str, str]) -> Json:
    if not isinstance(item, dict):
        return known.get(item, item)
    uuid = str(item.get("id"))
    if uuid not in known:
        return item
    rest = {key: value for key, value in item.items() if key != "id"}
    return {"path" if "extendChildren" in item else "id": known[uuid], **rest}


def items(text: str | None) -> list[Json]:
    """A list that is written as JSON text; what is none stands for itself."""
    found = json_list(text or "[]")
    return [text] if found is None else found
