"""A configuration made for one realm, used for another: an export, above all."""

from __future__ import annotations

import json
from collections.abc import Iterator

from provisioning.nodes import Node, json_list
from provisioning.resources.authorization import ADMINISTRATORS

_PREFIX = "default-roles-"
_NAMES = ("clientId", "username", "alias", "name")
"""Fields by which clients, users, organizations and roles are known: the first that is there."""


def for_realm(root: Node, realm: str) -> None:
    """Call the default role after `realm`, wherever an export names it after its own.

    RealmManager.determineDefaultRoleName gives it that name; under the other one it would be a role like any
    other, and the realm's real default role would be left as it is.
    """
    default = root.mapping.get("defaultRole")
    name = default.mapping.get("name") if default else None
    if name is None or not str(name.value).startswith(_PREFIX) or _text(root, "realm") == realm:
        return
    _rename(root, str(name.value), _PREFIX + realm.lower())


def name_resources(root: Node) -> None:
    """Call what permissions of administrators are about by the names of the objects that the configuration
    itself holds under these ids; `$NAME`, as files for keycloak-config-cli have it, is the name."""
    names = dict(_names(root))
    for client in _items(root, "clients"):
        settings = client.mapping.get("authorizationSettings")
        for policy in _items(settings, "policies") if _text(client, "clientId") == ADMINISTRATORS else ():
            config = policy.mapping.get("config")
            node = config.mapping.get("resources") if config else None
            if node is not None and isinstance(node.value, str):
                node.value = node.raw = _named(node.value, names)
            for each in _items(policy, "resources"):
                each.value = each.raw = _name(str(each.value), names)


def _names(root: Node) -> Iterator[tuple[str, str]]:
    """Ids and names of all that a permission may be about."""
    roles = root.mapping.get("roles")
    of_clients = roles.mapping.get("client") if roles else None
    lists = [("", _items(root, name)) for name in ("clients", "organizations", "users")]
    lists.append(("", _items(roles, "realm")))
    if of_clients is not None:
        lists += [(f"{client}/", own.items) for client, own in of_clients.mapping.items()]
    for prefix, items in lists:
        for each in (item for item in items if "id" in item.mapping):
            name = next((_text(each, field) for field in _NAMES if field in each.mapping), "")
            yield _text(each, "id"), prefix + name
    yield from _paths(_items(root, "groups"), "")


def _paths(groups: list[Node], above: str) -> Iterator[tuple[str, str]]:
    for group in groups:
        path = f"{above}/{_text(group, 'name')}"
        if "id" in group.mapping:
            yield _text(group, "id"), path
        yield from _paths(_items(group, "subGroups"), path)


def _named(listed: str, names: dict[str, str]) -> str:
    found = json_list(listed)
    if found is None:
        return listed
    return json.dumps([_name(each, names) if isinstance(each, str) else each for each in found])


def _name(written: str, names: dict[str, str]) -> str:
    return names.get(written, written.removeprefix("$"))


def _items(node: Node | None, name: str) -> list[Node]:
    child = node.mapping.get(name) if node else None
    return child.items if child else []


def _text(root: Node, field: str) -> str:
    node = root.mapping.get(field)
    return node.written if node else ""


def _rename(node: Node, before: str, after: str) -> None:
    if node.value == before:
        node.value = node.raw = after
    for child in [*node.mapping.values(), *node.items]:
        _rename(child, before, after)
