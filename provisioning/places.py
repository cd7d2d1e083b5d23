"""From a field of a plan back to the line of the configuration that declares it."""

from __future__ import annotations

from provisioning.merging import NATURAL_KEYS
from provisioning.nodes import Node
from provisioning.problems import Mark


def find(node: Node, path: str) -> Mark:
    """Where `path` (as `attributes.a.b` or `mappers[x].config.y`) stands below `node`.

    What is not written itself (a field compared with its absence) is told by the nearest thing above it. Keys
    contain dots: the longest that fits is the one that is meant.
    """
    mark = node.mark
    while path:
        key, child, rest = _step(node, path)
        if child is None:
            return mark
        mark = node.mark_of(key) if key else child.mark
        node, path = child, rest
    return mark


def _step(node: Node, path: str) -> tuple[str, Node | None, str]:
    """The child that `path` begins with, its key (empty for an item of a list), and the rest of the path."""
    for key in sorted(node.mapping, key=len, reverse=True):
        if path == key or path.startswith((f"{key}.", f"{key}[")):
            return key, node.mapping[key], path[len(key) :].lstrip(".")
    for item in node.items:
        name = f"[{_name(item)}]"
        if path.startswith(name):
            return "", item, path[len(name) :].lstrip(".")
    return "", None, ""


def _name(item: Node) -> str:
    named = (item.mapping[key].value for key in NATURAL_KEYS if key in item.mapping)
    return str(next(named, ""))
