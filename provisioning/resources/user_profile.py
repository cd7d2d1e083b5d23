"""The user profile (UPConfig), as the console's JSON editor shows it, under the key `userProfile`.

A realm's export has the same as text in a component; that form is accepted too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from provisioning.change import Change
from provisioning.nodes import Json
from provisioning.observed import PROFILE_COMPONENT, Observed, read_user_profile
from provisioning.reader import Reader
from provisioning.resources.base import Declared, Kind
from provisioning.shapes import ANY, WHOLE, Record, Records, Shape, Texts, fields
from provisioning.target import Target

_ATTRIBUTE = Record(
    {
        **fields(text="name displayName group defaultValue", flag="multivalued"),
        "required": WHOLE,
        "validations": ANY,
        "annotations": ANY,
        "permissions": Record({"view": Texts(), "edit": Texts()}, exact=True),
        "selector": Record({"scopes": Texts()}, exact=True),
    },
    exact=True,
)
_GROUP = Record({**fields(text="name displayHeader displayDescription"), "annotations": ANY}, exact=True)
SHAPE = Record(
    {
        "attributes": Records(_ATTRIBUTE, ordered=True),
        "groups": Records(_GROUP, ordered=True),
        **fields(text="unmanagedAttributePolicy"),
    }
)


class UserProfile(Kind):
    """One object. The lists of attributes and of groups are each owned as a whole, where declared."""

    name = "user profile"
    fields: ClassVar[Mapping[str, Shape]] = {"userProfile": SHAPE}
    shape = SHAPE

    def complete(self, declared: Declared, observed: Observed, reader: Reader) -> None:
        if self.desired(declared):
            read_user_profile(reader, observed)

    def desired(self, declared: Declared) -> dict[str, Json]:
        profile = declared.get("userProfile")
        if profile is None:
            profile = _from_components(declared.get("components") or {})
        return {} if profile is None else {"": normalised(profile)}

    def expected(self, default: Json, declared: Json, found: Json) -> Json:
        """Groups that are not declared: Keycloak's own, or none if the profile came with an import."""
        expected: dict[str, Json] = super().expected(default, declared, found)
        if declared is not None and not found.get("groups"):
            expected.pop("groups", None)
        return expected

    def existing(self, observed: Observed) -> dict[str, Json]:
        return {} if observed.user_profile is None else {"": normalised(observed.user_profile)}

    def creation(self, declared: Declared) -> dict[str, Json]:
        profile = self.desired(declared).get("")
        if not profile or "attributes" not in profile:
            return {}  # attributes left to Keycloak's defaults: only its own endpoint knows them
        component = {
            "providerId": "declarative-user-profile",
            "config": {"kc.user.profile.config": [json.dumps(profile)]},
        }
        return {"components": {PROFILE_COMPONENT: [component]}}

    def apply(self, change: Change, target: Target) -> None:
        before = change.observed or target.get("users", "profile")
        merged = {**before, **change.desired}
        target.put(
            "users", "profile", body={key: value for key, value in merged.items() if value is not None}
        )


def normalised(profile: dict[str, Any]) -> dict[str, Any]:
    """Keycloak's own defaults made explicit, so that leaving them out is no difference.

    `required: {}` (required of everyone) and an empty validator are values and stay.
    """
    result = dict(profile)
    if "attributes" in profile:
        result["attributes"] = [_attribute(attribute) for attribute in profile["attributes"] or []]
    if "groups" in profile:
        result["groups"] = [_without_nothing(group) for group in profile["groups"] or []]
    return result


def _attribute(attribute: dict[str, Any]) -> dict[str, Any]:
    kept = _without_nothing(attribute)
    kept["multivalued"] = bool(attribute.get("multivalued"))
    permissions = attribute.get("permissions") or {}
    if any(permissions.values()):
        kept["permissions"] = {side: permissions.get(side) or [] for side in ("view", "edit")}
    else:
        kept.pop("permissions", None)
    required = attribute.get("required")
    if required is not None:
        kept["required"] = {key: sorted(value) for key, value in required.items() if value}
    if not any((attribute.get("selector") or {}).values()):
        kept.pop("selector", None)
    return kept


def _without_nothing(value: dict[str, Any]) -> dict[str, Any]:
    return {key: child for key, child in value.items() if child not in (None, "", [], {})}


def _from_components(components: dict[str, Any]) -> dict[str, Any] | None:
    for component in components.get(PROFILE_COMPONENT) or []:
        text = (component.get("config") or {}).get("kc.user.profile.config")
        if text:
            parsed: dict[str, Any] = json.loads(text)
            return parsed
    return None
