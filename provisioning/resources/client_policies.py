"""Client profiles and client policies (ClientProfilesRepresentation, ClientPoliciesRepresentation)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from provisioning.change import Change
from provisioning.nodes import Json
from provisioning.observed import Observed
from provisioning.resources.base import Declared, Kind, overlaid
from provisioning.shapes import ANY, READ_ONLY, Record, Records, Shape, fields
from provisioning.target import Target

_PROFILE = Record({**fields(text="name description"), "executors": ANY})
_POLICY = Record({**fields(text="name description mode", flag="enabled", set="profiles"), "conditions": ANY})


class _Whole(Kind):
    """One object: a list that Keycloak reads and writes as one, and that is owned as a whole."""

    path: ClassVar[str]
    field: ClassVar[str]
    steps: ClassVar[str]
    relation = True

    def desired(self, declared: Declared) -> dict[str, Json]:
        value = declared.get(self.field)
        return {} if value is None or self.path not in value else {"": self._normalised(value)}

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {"": self._normalised(observed.export.get(self.field) or {})}

    def creation(self, declared: Declared) -> dict[str, Json]:
        found = self.desired(declared).get("")
        return {self.field: found} if found and found[self.path] else {}

    def apply(self, change: Change, target: Target) -> None:
        before = {item["name"]: item for item in (change.observed or {}).get(self.path) or []}
        items = [overlaid(before.get(item["name"]), item) for item in change.desired[self.path]]
        target.put("client-policies", self.path, body={self.path: items})

    def _normalised(self, value: dict[str, Any]) -> dict[str, Any]:
        """Keycloak writes an empty configuration out; leaving it out is the same."""
        return {self.path: [self._with_steps(item) for item in value.get(self.path) or []]}

    def _with_steps(self, item: dict[str, Any]) -> dict[str, Any]:
        if self.steps not in item:
            return item
        return {**item, self.steps: [{"configuration": {}, **step} for step in item[self.steps] or []]}


class ClientProfiles(_Whole):
    """What clients must do, as lists of executors."""

    name = "client profiles"
    path, field, steps = "profiles", "clientProfiles", "executors"
    fields: ClassVar[Mapping[str, Shape]] = {
        "clientProfiles": Record({"profiles": Records(_PROFILE), "globalProfiles": READ_ONLY})
    }
    shape = Record({"profiles": Records(_PROFILE)})


class ClientPolicies(_Whole):
    """To which clients which profiles apply."""

    name = "client policies"
    path, field, steps = "policies", "clientPolicies", "conditions"
    fields: ClassVar[Mapping[str, Shape]] = {
        "clientPolicies": Record({"policies": Records(_POLICY), "globalPolicies": READ_ONLY})
    }
    shape = Record({"policies": Records(_POLICY)})
