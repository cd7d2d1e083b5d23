"""Required actions (RequiredActionProviderRepresentation), settings included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from provisioning.change import Action, Change
from provisioning.nodes import Json
from provisioning.observed import Observed
from provisioning.resources.base import Declared, Kind, merged_map, overlaid
from provisioning.shapes import Record, Records, Shape, fields
from provisioning.target import Target

SHAPE = Record(
    fields(text="alias name providerId", flag="enabled defaultAction", number="priority", map="config")
)


class RequiredActions(Kind):
    """Never part of a new realm's import: naming one there would leave out all the built-in ones."""

    name = "required action"
    fields: ClassVar[Mapping[str, Shape]] = {"requiredActions": Records(SHAPE, key="alias")}
    shape = SHAPE

    def desired(self, declared: Declared) -> dict[str, Json]:
        return {
            action["alias"]: action for action in declared.get("requiredActions") or [] if "alias" in action
        }

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {action["alias"]: action for action in observed.list_of("requiredActions")}

    def apply(self, change: Change, target: Target) -> None:
        alias = change.name
        before = change.observed
        if change.action is Action.CREATE:
            wanted = {
                "providerId": change.desired.get("providerId", alias),
                "name": change.desired.get("name", alias),
            }
            target.post("authentication", "register-required-action", body=wanted)
            if alias != wanted["providerId"] or not change.desired.keys() - {"alias", "providerId", "name"}:
                return
            before = target.get("authentication", "required-actions", alias)
        body = overlaid(before, change.desired)
        body["config"] = merged_map((before or {}).get("config"), change.desired.get("config") or {})
        target.put("authentication", "required-actions", alias, body=body)
