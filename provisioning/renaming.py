"""A configuration made for one realm, used for another: an export, above all."""

from __future__ import annotations

from provisioning.nodes import Node

_PREFIX = "default-roles-"


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


def _text(root: Node, field: str) -> str:
    node = root.mapping.get(field)
    return node.written if node else ""


def _rename(node: Node, before: str, after: str) -> None:
    if node.value == before:
        node.value = node.raw = after
    for child in [*node.mapping.values(), *node.items]:
        _rename(child, before, after)
