"""A realm's representation without what is as by default: what a person would have written. Pure.

Only what may be absent is left out: fields of an object, keys of a map, whole objects. A list that is owned
as a whole stays whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from provisioning.diff import differences, is_nothing
from provisioning.expected import managed
from provisioning.nodes import MASK, Json, refers_to_vault
from provisioning.shapes import Maps, Record, Records, Shape, Text, TextMap, Texts, Whole

NOTHING: Any = object()
"""All is as by default: leave it out."""

_TREES = ("subGroups", "subComponents")
_IDENTITY = (
    *("name", "alias", "clientId", "username", "serviceAccountClientId", "client", "clientScope"),
    *("providerId", "subType", "identityProviderAlias"),
)
_NEEDED = {"clientScopes": ("protocol",)}
"""What a new object must say, whatever the recorded sample says."""
_NAMES = ("name", "alias", "clientId")
_SAMPLE = "sample"


@dataclass(frozen=True)
class Masked:
    """A secret in the place where it stands; `path` names it."""

    path: tuple[str, ...]


Adjust = Callable[[tuple[str, ...], Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]
"""An object's default, better known: from the path of its list, the object and the default as recorded."""


@dataclass(frozen=True)
class Reduction:
    """`pristine` and `samples` are whole representations; `adjust` may narrow an object's default."""

    pristine: Mapping[str, Any]
    samples: Mapping[str, Any]
    adjust: Adjust = lambda _path, _item, default: default

    def of(self, shape: Record, value: Mapping[str, Any]) -> dict[str, Any]:
        """A whole representation, reduced."""
        found = self.record(shape, value, self.pristine, self.samples, (), objects=True)
        return {} if found is NOTHING else dict(found)

    def reduce(
        self, shape: Shape, value: Json, default: Json, sample: Json, path: tuple[str, ...], *, objects: bool
    ) -> Json:
        """Any value; `objects` tells that a list here is one of objects that each stand for themselves."""
        match shape:
            case Record() if not shape.exact:
                return self.record(shape, value or {}, default or {}, sample or {}, path, objects=objects)
            case Maps() | TextMap():
                return self.mapping(shape, value or {}, default or {}, sample or {}, path, objects=objects)
            case Records() if objects:
                return self.objects(shape, value or [], default or [], sample or [], path)
        if is_masked(value) or (isinstance(shape, Text) and shape.secret and not refers_to_vault(value)):
            return NOTHING if is_nothing(value) else Masked(path)
        return NOTHING if _same(shape, value, default) else stripped(shape, value, path)

    def record(
        self, shape: Record, value: Json, default: Json, sample: Json, path: tuple[str, ...], *, objects: bool
    ) -> Json:
        """Fields that are not as by default."""
        kept: dict[str, Any] = {}
        for name, field in shape.fields.items():
            if not managed(field) or (name not in value and is_nothing(default.get(name))):
                continue
            below = objects or name in _TREES
            reduced = self.reduce(
                field, value.get(name), default.get(name), sample.get(name), (*path, name), objects=below
            )
            if reduced is not NOTHING:
                kept[name] = reduced
        return kept or NOTHING

    def mapping(
        self,
        shape: Maps | TextMap,
        value: Json,
        default: Json,
        sample: Json,
        path: tuple[str, ...],
        *,
        objects: bool,
    ) -> Json:
        """Keys that are not as by default; null for those that are gone."""
        below = shape.of if isinstance(shape, Maps) else Shape()
        kept: dict[str, Any] = {}
        for name in sorted({**value, **default}):
            reduced = self.reduce(
                below, value.get(name), default.get(name), sample.get(name), (*path, name), objects=objects
            )
            if reduced is not NOTHING:
                kept[name] = reduced
        return kept or NOTHING

    def objects(
        self, shape: Records, value: Json, default: Json, sample: Json, path: tuple[str, ...]
    ) -> Json:
        """Objects that are new, with what is not as Keycloak makes them, and built-in ones with what is not
        as it was."""
        built_in = {_identity(item): item for item in default}
        made = [
            item for item in sample if _SAMPLE in (item.get(key) for key in ("name", "alias", "clientId"))
        ]
        kept = []
        for item in _in_order(shape, value):
            known = built_in.get(_identity(item))
            alike: Mapping[str, Any] = next(
                (each for each in made if each.get("providerId") == item.get("providerId")), {}
            )
            where = (*path, str(item.get(shape.key) or item.get("name")))
            start = self.adjust(path, item, known if known is not None else alike)
            fields = self.record(shape.of, item, start, {}, where, objects=False)
            if fields is not NOTHING or known is None:
                named = _named(shape, item, new=known is None, listed=path[-1])
                kept.append({**named, **({} if fields is NOTHING else fields)})
        return kept or NOTHING


def stripped(shape: Shape, value: Json, path: tuple[str, ...]) -> Json:
    """The whole value, but what is not managed, is nothing, or is secret."""
    if is_masked(value):
        return Masked(path)
    if isinstance(shape, Record) and isinstance(value, dict):
        return {
            name: stripped(shape.fields[name], child, (*path, name))
            for name, child in value.items()
            if managed(shape.fields.get(name)) and _says(shape.fields[name], child)
        }
    if isinstance(shape, Records) and isinstance(value, list):
        return [
            stripped(shape.of, item, (*path, str(item.get(shape.key) or "")))
            for item in _in_order(shape, value)
        ]
    if isinstance(shape, Texts) and isinstance(value, list):
        return value if shape.ordered else sorted(value)
    if isinstance(shape, (Maps, TextMap)) and isinstance(value, dict):
        below = shape.of if isinstance(shape, Maps) else Shape()
        return {name: stripped(below, value[name], (*path, name)) for name in sorted(value)}
    return value


def _says(shape: Shape, value: Json) -> bool:
    """Whether a value says something that its absence does not."""
    return value is not None and (isinstance(shape, Whole) or not is_nothing(value))


def _same(shape: Shape, value: Json, default: Json) -> bool:
    """Whether two whole values say the same, each way."""
    one, other = (stripped(shape, side, ()) if not is_nothing(side) else None for side in (value, default))
    return not list(differences(shape, one, other)) and not list(differences(shape, other, one))


def is_masked(value: Json) -> bool:
    """Whether Keycloak hides the value; settings of components are lists."""
    return bool(value in (MASK, [MASK]))


def _in_order(shape: Records, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By name, where their order means nothing: the server's is by chance."""
    return (
        items if shape.ordered or not shape.key else sorted(items, key=lambda item: str(item.get(shape.key)))
    )


def _provider(item: Mapping[str, Any]) -> Json:
    return item.get("providerId")


def _identity(item: Mapping[str, Any]) -> tuple[Json, ...]:
    return tuple(item.get(key) for key in _IDENTITY)


def _named(shape: Records, item: Mapping[str, Any], *, new: bool, listed: str) -> dict[str, Any]:
    """The fields by which the object is known; of a new one also those that Keycloak needs to make it."""
    always = (shape.key,) if shape.key else ("name", "subType")
    more = _IDENTITY if new or not shape.key else ("identityProviderAlias",)
    needed = _NEEDED.get(listed, ()) if new else ()
    return {
        key: item[key]
        for key in (*always, *more, *needed)
        if key in shape.of.fields and not is_nothing(item.get(key))
    }
