"""What an object should be where nothing is declared: declared fields over the defaults of this Keycloak.

The result has every field that the shape manages and that any of the three sides has; comparing it with what
is found (diff.py) tells what has left its default. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from provisioning.nodes import MASK, Json
from provisioning.shapes import Maps, ReadOnly, Record, Records, Shape, Text, TextMap, Unmanaged

MISSING: Any = object()
"""Not declared: the default holds. A declared null is a value."""


def laid(shape: Shape, default: Json, declared: Json, found: Json) -> Json:
    """`declared` (or MISSING) over `default`; what only `found` has is expected to be absent (None)."""
    match shape:
        case Record():
            return _record(shape, default, declared, found)
        case TextMap() | Maps():
            return _mapping(shape, default, declared, found)
        case Records() if declared is MISSING:
            return _records(shape, default, found)
    return default if declared is MISSING else declared


def _record(shape: Record, default: Json, declared: Json, found: Json) -> Json:
    default, found = default or {}, found or {}
    own = {} if declared is MISSING else declared or {}
    names = [name for name in _names(own, default, found) if managed(shape.fields.get(name))]
    if shape.exact and declared is not MISSING:
        return own  # an absent field means "none" there
    return {
        name: laid(shape.fields[name], default.get(name), own.get(name, MISSING), found.get(name))
        for name in names
        if name in own or not _hidden(shape.fields[name], found.get(name))
    }


def _mapping(shape: TextMap | Maps, default: Json, declared: Json, found: Json) -> Json:
    default, found = default or {}, found or {}
    own = {} if declared is MISSING else declared or {}
    below: Shape = shape.of if isinstance(shape, Maps) else Shape()
    if isinstance(shape, TextMap) and shape.clearable and declared is not MISSING and not own:
        return {}
    return {
        name: laid(below, default.get(name), own.get(name, MISSING), found.get(name))
        for name in _names(own, default, found)
        if name in own or found.get(name) != MASK
    }


def _records(shape: Records, default: Json, found: Json) -> Json:
    """An undeclared list of objects: the default ones, each whole."""
    had = {str(item.get(shape.key)): item for item in found or []}
    wanted = {str(item.get(shape.key)): item for item in default or []}
    return [laid(shape.of, item, MISSING, had.get(name)) for name, item in wanted.items()]


def managed(shape: Shape | None) -> bool:
    """Whether the field is one that this tool writes."""
    return shape is not None and not isinstance(shape, (ReadOnly, Unmanaged))


def _hidden(shape: Shape, found: Json) -> bool:
    """A secret has no default, and Keycloak makes some up by itself."""
    return found == MASK or (isinstance(shape, Text) and shape.secret)


def _names(*sides: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(name for side in sides for name in side)
