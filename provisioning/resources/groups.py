"""Groups (GroupRepresentation): a tree, one object a path, each with the roles that it gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from provisioning.change import Action, Change
from provisioning.nodes import Json, Node
from provisioning.observed import Observed, walk
from provisioning.resources.base import Declared, Kind, managed_map
from provisioning.resources.rolemappings import FIELDS as ROLES
from provisioning.resources.rolemappings import map_roles
from provisioning.shapes import ATTRIBUTES, Record, Records, Shape, fields
from provisioning.target import Target

_FIELDS: dict[str, Shape] = {
    **fields(short="name description", read_only="id path parentId subGroupCount access"),
    "attributes": ATTRIBUTES,
    **ROLES,
}
_GROUP = Record(_FIELDS)
_OWN = Record({**fields(short="description"), "attributes": ATTRIBUTES, **ROLES})
_FIELDS["subGroups"] = Records(_GROUP)


class Groups(Kind):
    """One object a path, as `/staff/help desk`. Attributes are managed key by key, lists of roles whole."""

    name = "group"
    fields: ClassVar[Mapping[str, Shape]] = {"groups": Records(_GROUP)}
    shape = _OWN
    prunable = "groups"

    def desired(self, declared: Declared) -> dict[str, Json]:
        return {
            path: {key: group[key] for key in _OWN.fields if key in group}
            for path, group in walk(declared.get("groups") or [])
        }

    def existing(self, observed: Observed) -> dict[str, Json]:
        return dict(walk(observed.list_of("groups")))

    def nodes(self, root: Node) -> dict[str, Node]:
        return dict(_nodes(root.mapping.get("groups"), ""))

    def creation(self, declared: Declared) -> dict[str, Json]:
        return {"groups": declared["groups"]} if declared.get("groups") else {}

    def imported(self, change: Change) -> dict[str, Json]:
        above, name = change.name.rsplit("/", 1)
        # GroupsPartialImport.findGroupModel looks for the path, and has a group without parent in mind.
        return {} if above else {"groups": [{"name": name, "path": change.name, **change.desired}]}

    def remove(self, change: Change, target: Target) -> None:
        target.delete("groups", change.observed["id"])

    def apply(self, change: Change, target: Target) -> None:
        before, wanted = change.observed or {}, change.desired
        if change.action is Action.CREATE:
            self._create(change, target)
        elif any(field.path.startswith(("description", "attributes")) for field in change.fields):
            # GroupResource.updateGroup: a description left out is cleared, attributes are replaced as one.
            description = wanted.get("description", before.get("description")) or ""
            attributes = managed_map(before.get("attributes"), wanted.get("attributes"))
            body = {"name": before["name"], "description": description, "attributes": attributes}
            target.put("groups", before["id"], body=body)
        map_roles(target, ["groups", target.group(change.name)], before, wanted)

    def _create(self, change: Change, target: Target) -> None:
        above, name = change.name.rsplit("/", 1)
        parent = ["groups", target.group(above), "children"] if above else ["groups"]
        own = {key: value for key, value in change.desired.items() if key not in ROLES}
        target.made_group(change.name, target.post(*parent, body={"name": name, **own}))


def _nodes(groups: Node | None, above: str) -> Iterator[tuple[str, Node]]:
    for group in groups.items if groups else []:
        if "name" in group.mapping:
            path = f"{above}/{group.mapping['name'].value}"
            yield path, group
            yield from _nodes(group.mapping.get("subGroups"), path)
