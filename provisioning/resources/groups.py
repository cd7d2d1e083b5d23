"""Groups (GroupRepresentation): the tree as one object a path, and the roles that each group gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from provisioning.change import Action, Change
from provisioning.nodes import Json, Node
from provisioning.observed import Observed, walk
from provisioning.resources.base import Declared, Kind, merged_map
from provisioning.resources.rolemappings import FIELDS as ROLES
from provisioning.resources.rolemappings import map_roles, mappings
from provisioning.shapes import LIST, Maps, Record, Records, Shape, fields
from provisioning.target import Target

_FIELDS: dict[str, Shape] = {
    **fields(text="name description", read_only="id path parentId subGroupCount access"),
    "attributes": Maps(LIST),
    **ROLES,
}
_GROUP = Record(_FIELDS)
_OWN = Record({**fields(text="description"), "attributes": Maps(LIST)})
_FIELDS["subGroups"] = Records(_GROUP)


class Groups(Kind):
    """One object a path, as `/staff/help desk`. Attributes are managed key by key."""

    name = "group"
    fields: ClassVar[Mapping[str, Shape]] = {"groups": Records(_GROUP)}
    shape = _OWN
    prunable = "groups"

    def desired(self, declared: Declared) -> dict[str, Json]:
        return {
            path: {key: group[key] for key in ("description", "attributes") if key in group}
            for path, group in walk(declared.get("groups") or [])
        }

    def existing(self, observed: Observed) -> dict[str, Json]:
        return dict(walk(observed.list_of("groups")))

    def nodes(self, root: Node) -> dict[str, Node]:
        return dict(_nodes(root.mapping.get("groups"), ""))

    def creation(self, declared: Declared) -> dict[str, Json]:
        return {"groups": declared["groups"]} if declared.get("groups") else {}

    def remove(self, change: Change, target: Target) -> None:
        target.delete("groups", change.observed["id"])

    def apply(self, change: Change, target: Target) -> None:
        above, name = change.name.rsplit("/", 1)
        before = change.observed or {}
        if change.action is Action.CREATE:
            parent = ["groups", target.group(above), "children"] if above else ["groups"]
            target.made_group(change.name, target.post(*parent, body={"name": name, **change.desired}))
            return
        # GroupResource.updateGroup: a description left out is cleared, attributes are replaced as one.
        description = change.desired.get("description", before.get("description")) or ""
        attributes = merged_map(before.get("attributes"), change.desired.get("attributes") or {})
        body = {"name": before["name"], "description": description, "attributes": attributes}
        target.put("groups", before["id"], body=body)


class GroupRoles(Kind):
    """Roles that members of a group have; a step of its own, since roles and group must exist."""

    name = "roles of group"
    shape = Record(ROLES)
    relation = True

    def desired(self, declared: Declared) -> dict[str, Json]:
        found = {path: mappings(group) for path, group in walk(declared.get("groups") or [])}
        return {path: roles for path, roles in found.items() if roles}

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {path: mappings(group) for path, group in walk(observed.list_of("groups"))}

    def nodes(self, root: Node) -> dict[str, Node]:
        return dict(_nodes(root.mapping.get("groups"), ""))

    def apply(self, change: Change, target: Target) -> None:
        map_roles(target, ["groups", target.group(change.name)], change.observed or {}, change.desired)


def _nodes(groups: Node | None, above: str) -> Iterator[tuple[str, Node]]:
    for group in groups.items if groups else []:
        if "name" in group.mapping:
            path = f"{above}/{group.mapping['name'].value}"
            yield path, group
            yield from _nodes(group.mapping.get("subGroups"), path)
