"""Several trees become one: files of a folder side by side, an environment laid over them."""

from __future__ import annotations

from provisioning.nodes import Node, plain
from provisioning.problems import Mark, Problems

NATURAL_KEYS = ("clientId", "alias", "serviceAccountClientId", "username", "name", "providerId")
"""Fields by which Keycloak's own lists name their objects, the most telling first."""

_QUALIFIERS = ("identityProviderAlias", "subType")
"""Where an object has one of these, its name is unique only together with it."""


def natural_key(items: list[Node]) -> str | None:
    """The field that names every object of this list, or None where the list is one whole."""
    if not items or not items[0].mapping:
        return None
    for key in NATURAL_KEYS:
        if all(isinstance(item.mapping.get(key, _NOTHING).value, str) for item in items):
            return key
    return None


def natural_name(item: Node, key: str) -> str:
    """What an object of a list is called among the others, by the field that names them."""
    fields = [name for name in (key, *_QUALIFIERS) if name in item.mapping]
    return ", ".join(str(item.mapping[name].value) for name in fields)


_NOTHING = Node(None, Mark("", 0))


def merge(base: Node, over: Node, problems: Problems, *, overlay: bool, where: str = "") -> Node:
    """`over` laid on `base`.

    Mappings merge key by key and lists of named objects object by object; any other value is replaced by an
    overlay (`overlay=True`), and refused where two files of one folder give it differently.
    """
    if isinstance(base.value, dict) and isinstance(over.value, dict):
        return _merge_mappings(base, over, problems, overlay, where)
    if isinstance(base.value, list) and isinstance(over.value, list):
        key = natural_key(base.items + over.items)
        if key:
            return _merge_lists(base, over, key, problems, overlay, where)
    if not overlay and plain(base) != plain(over):
        problems.add(over.mark, where, f"is given here and in {base.mark}: keep one of them")
    return over


def _merge_mappings(base: Node, over: Node, problems: Problems, overlay: bool, where: str) -> Node:
    merged = Node(dict(base.value), base.mark, key_marks={**base.key_marks, **over.key_marks})
    for key, child in over.value.items():
        before = merged.value.get(key)
        path = f"{where}.{key}" if where else key
        merged.value[key] = (
            child if before is None else merge(before, child, problems, overlay=overlay, where=path)
        )
    return merged


def _merge_lists(base: Node, over: Node, key: str, problems: Problems, overlay: bool, where: str) -> Node:
    merged = {natural_name(item, key): item for item in base.items}
    for item in over.items:
        name = natural_name(item, key)
        path = f"{where}[{name}]"
        before = merged.get(name)
        # The naming fields are the same in both by definition: they are no conflict.
        rest = {k: v for k, v in item.value.items() if k not in (key, *_QUALIFIERS)}
        named = Node(rest, item.mark, key_marks=item.key_marks)
        merged[name] = item if before is None else merge(before, named, problems, overlay=overlay, where=path)
    return Node(list(merged.values()), base.mark)


def report_duplicates(node: Node, problems: Problems, where: str = "") -> None:
    """Two objects of one name in one list are a mistake that Keycloak would resolve by chance."""
    for key, child in node.mapping.items():
        report_duplicates(child, problems, f"{where}.{key}" if where else key)
    name_field = natural_key(node.items)
    seen: dict[str, Mark] = {}
    for item in node.items:
        name = natural_name(item, name_field) if name_field else ""
        if name_field and name in seen:
            problems.add(
                item.mark, f"{where}[{name}]", f"is there twice (first in {seen[name]}): keep one of them"
            )
        seen.setdefault(name, item.mark)
        report_duplicates(item, problems, f"{where}[{name}]" if name else where)
