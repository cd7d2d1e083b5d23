"""A JSON Schema of the configuration, for editors: made from the shapes that also read it.

Draft 7, which editors' YAML support knows. Descriptions carry the default of the chosen Keycloak version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioning.defaults import Defaults
from provisioning.diff import is_nothing
from provisioning.nodes import MASK, Json
from provisioning.shapes import (
    Flag,
    Maps,
    Number,
    ReadOnly,
    Record,
    Records,
    Shape,
    Text,
    TextMap,
    Texts,
    Unmanaged,
    Values,
)

Schema = dict[str, Any]

_TEXT: Schema = {"type": ["string", "number", "boolean", "null"]}
_TEXTS: Schema = {"type": ["array", "null"], "items": _TEXT}
_ENDS = ("name", "alias", "clientId")


def schema(root: Record, defaults: Defaults) -> Schema:
    """The schema of a whole configuration, or of any file of its folder but those of localization/."""
    builder = _Builder()
    body = builder.record(root, defaults.pristine.export, defaults.samples.export)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"Realm configuration, as Keycloak {defaults.version} has it",
        **body,
        "definitions": builder.definitions,
    }


@dataclass
class _Builder:
    """Objects that contain their like (groups, components) are definitions, referred to by name."""

    definitions: dict[str, Schema] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)

    def of(self, shape: Shape, name: str, default: Json, samples: Json) -> Schema:
        match shape:
            case Record():
                return self.reference(shape, name, default, samples)
            case Records():
                sample = _sample(samples if isinstance(samples, list) else [])
                return {"type": ["array", "null"], "items": self.reference(shape.of, name, sample, {})}
            case Maps():
                return {
                    "type": ["object", "null"],
                    "additionalProperties": self.of(shape.of, name, None, None),
                }
        return _plain(shape)

    def reference(self, shape: Record, name: str, default: Json, samples: Json) -> Schema:
        """A definition, made the first time that it is needed."""
        if id(shape) not in self._names:
            known = self._names[id(shape)] = (
                name if name not in self.definitions else f"{name}{len(self._names)}"
            )
            self.definitions[known] = {}
            self.definitions[known] = self.record(shape, default, samples)
        return {"$ref": f"#/definitions/{self._names[id(shape)]}"}

    def record(self, shape: Record, default: Json, samples: Json) -> Schema:
        known, made = (side if isinstance(side, Mapping) else {} for side in (default, samples))
        properties = {
            name: {
                **self.of(below, name, known.get(name), made.get(name)),
                **_told(below, known.get(name)),
            }
            for name, below in shape.fields.items()
            if not isinstance(below, Unmanaged)
        }
        return {"type": "object", "properties": properties, "additionalProperties": False}


def _plain(shape: Shape) -> Schema:
    match shape:
        case Text(longest=longest):
            return {**_TEXT, "maxLength": longest} if longest else dict(_TEXT)
        case Number():
            return {"type": ["integer", "null"]}
        case Flag():
            return {"type": ["boolean", "null"]}
        case Texts(alone=True):
            return {"anyOf": [_TEXT, _TEXTS]}
        case Texts():
            return dict(_TEXTS)
        case TextMap():
            return {"type": ["object", "null"], "additionalProperties": _TEXT}
        case Values():
            return {"anyOf": [_TEXT, _TEXTS]}
    return {}


def _told(shape: Shape, default: Json) -> Schema:
    if isinstance(shape, ReadOnly):
        return {"description": "Written by Keycloak's exports; ignored."}
    if isinstance(shape, (Record, Records, Maps)) or is_nothing(default) or default == MASK:
        return {}
    return {"default": default}


def _sample(items: list[Json]) -> Json:
    return next((item for item in items if "sample" in (item.get(key) for key in _ENDS)), {})
