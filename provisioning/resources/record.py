"""The record of what this configuration owns: a realm attribute, written after everything else.

Last, because an apply that dies between a deletion and the record must still know, the next time, that the
object was its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import ClassVar

from provisioning import ownership
from provisioning.change import Change
from provisioning.nodes import Json, Node
from provisioning.observed import Observed
from provisioning.ownership import PREFIX, SETTINGS
from provisioning.problems import Problems
from provisioning.resources.base import Declared, Kind
from provisioning.shapes import SET, Maps, Shape
from provisioning.target import Target


class OwnershipRecord(Kind):
    """One object, named as the owner: names of declared objects by list. Lists not declared are kept."""

    name = "ownership"
    fields: ClassVar[Mapping[str, Shape]] = {"provisioning": SETTINGS}
    shape = Maps(SET)
    relation = True
    drifts = False

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self._prunable = [kind for kind in kinds if kind.prunable]

    def check(self, root: Node, problems: Problems) -> None:
        ownership.check(root, [kind.prunable for kind in self._prunable], problems)

    def desired(self, declared: Declared) -> dict[str, Json]:
        owner = (declared.get("provisioning") or {}).get("owner")
        if not owner:
            return {}
        names: dict[str, list[str]] = {}
        for kind in self._prunable:
            if kind.listed(declared):
                names.setdefault(kind.prunable, []).extend(map(str, kind.desired(declared)))
        return {owner: {listed: sorted(found) for listed, found in names.items()}}

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {
            name.removeprefix(PREFIX): {
                listed: sorted(names) for listed, names in ownership.remembered(text).items()
            }
            for name, text in observed.attributes.items()
            if name.startswith(PREFIX)
        }

    def nodes(self, root: Node) -> dict[str, Node]:
        settings = root.mapping.get("provisioning")
        owner = settings.mapping.get("owner") if settings else None
        return {str(owner.value): owner} if owner else {}

    def changes(self, declared: Declared, observed: Observed) -> list[Change]:
        """What is to be deleted by a later apply stays recorded: that one must know that it is its own."""
        waiting: dict[str, set[str]] = {}
        for kind in self._prunable:
            waiting.setdefault(kind.prunable, set()).update(kind.waiting(declared, observed))
        existing, found = self.existing(observed), []
        for owner, names in self.desired(declared).items():
            had = existing.get(owner) or {}
            kept = {
                listed: sorted({*own, *(waiting[listed] & set(had.get(listed) or ()))})
                for listed, own in names.items()
            }
            found.append(self.change(owner, kept, existing.get(owner), observed))
        return [change for change in found if change is not None]

    def change(self, name: str, wanted: Json, existing: Json, observed: Observed) -> Change | None:
        found = super().change(name, wanted, existing, observed)
        if found is None:
            return None
        text = ownership.to_remember({**(existing or {}), **wanted})
        return replace(found, fingerprints={PREFIX + name: text})

    def apply(self, change: Change, target: Target) -> None:
        target.keep(change.fingerprints)
