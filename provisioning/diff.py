"""Comparing what is with what is declared: pure, and knowing nothing of Keycloak's API.

Only what is declared is compared. Null, an empty text, an empty list and absence are one and the same, as
they are to Keycloak; false and 0 are values.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioning.change import FieldChange
from provisioning.fingerprint import Fingerprints
from provisioning.nodes import MASK, Json, Secret, hidden, refers_to_vault
from provisioning.shapes import ANY, Maps, Record, Records, Shape, Text, TextMap, Texts, Values, Whole

NO_FINGERPRINTS = Fingerprints({})


def differences(
    shape: Shape,
    before: Json,
    after: Json,
    *,
    path: str = "",
    place: str = "",
    kept: Fingerprints = NO_FINGERPRINTS,
) -> Iterator[FieldChange]:
    """Every field of `after` that `before` does not have so.

    `path` is shown to people, relative to the object; `place` names the object among all, for the
    fingerprints.
    """
    comparison = _Comparison(place, kept)
    yield from comparison.compare(shape, path, before, after)


class _Comparison:
    def __init__(self, place: str, kept: Fingerprints) -> None:
        self.place, self.kept = place, kept

    def compare(self, shape: Shape, path: str, before: Json, after: Json) -> Iterator[FieldChange]:
        if isinstance(shape, Record) and isinstance(after, dict):
            yield from self.record(shape, path, before or {}, after)
        elif isinstance(shape, Records):
            yield from self.records(shape, path, before or [], after or [])
        elif isinstance(shape, TextMap):
            yield from self.text_map(shape, path, before or {}, after)
        elif isinstance(shape, Maps):
            wanted = dict.fromkeys(before or {}) if shape.clearable and not after else after or {}
            for key, value in wanted.items():
                yield from self.compare(shape.of, _join(path, key), (before or {}).get(key), value)
        else:
            yield from self.value(shape, path, before, after)

    def value(self, shape: Shape, path: str, before: Json, after: Json) -> Iterator[FieldChange]:
        if before == MASK and isinstance(after, str):
            after = hidden(after)  # Keycloak treats it as one, so it is one
        if not self.equal(shape, path, before, after):
            yield FieldChange(path, _hidden(shape, before, after), after)

    def record(
        self, shape: Record, path: str, before: dict[str, Any], after: dict[str, Any]
    ) -> Iterator[FieldChange]:
        names = [
            *after,
            *(name for name in shape.fields if shape.exact and name in before and name not in after),
        ]
        for name in names:
            field = shape.fields.get(name, ANY)
            yield from self.compare(field, _join(path, name), before.get(name), after.get(name))

    def records(
        self, shape: Records, path: str, before: list[dict[str, Any]], after: list[dict[str, Any]]
    ) -> Iterator[FieldChange]:
        had = {str(item.get(shape.key)): item for item in before}
        wanted = {str(item.get(shape.key)): item for item in after}
        for name, item in wanted.items():
            if name in had:
                yield from self.compare(shape.of, f"{path}[{name}]", had[name], item)
            else:
                yield FieldChange(f"{path}[{name}]", None, item)
        for name in had.keys() - wanted.keys():
            yield FieldChange(f"{path}[{name}]", had[name], None)
        common_before = [name for name in had if name in wanted]
        common_after = [name for name in wanted if name in had]
        if shape.ordered and common_before != common_after:
            yield FieldChange(f"{path} (order)", common_before, common_after)

    def text_map(
        self, shape: TextMap, path: str, before: dict[str, Any], after: dict[str, Any]
    ) -> Iterator[FieldChange]:
        wanted = dict.fromkeys(before) if shape.clearable and not after else after
        for key, value in wanted.items():
            yield from self.value(ANY, _join(path, key), before.get(key), value)

    def equal(self, shape: Shape, path: str, before: Json, after: Json) -> bool:
        if isinstance(shape, Whole):
            return bool(before == after)
        if is_nothing(before) and is_nothing(after):
            return True
        if isinstance(after, Secret):
            place = _join(self.place, path)
            return self.kept.known(place, after) if before == MASK else bool(before == after.reveal())
        if isinstance(shape, (Texts, Values)) and isinstance(before, list) and isinstance(after, list):
            return before == after or (
                not getattr(shape, "ordered", False) and sorted(before) == sorted(after)
            )
        return bool(before == after)


def is_nothing(value: Json) -> bool:
    """Absence in any of its forms."""
    return value is None or (isinstance(value, (str, list, dict)) and not value)


def _hidden(shape: Shape, before: Json, after: Json) -> Json:
    """A secret's predecessor is a secret too, and so is what gives way to a reference to the vault."""
    if before is None or refers_to_vault(before):
        return before
    secret = before == MASK or isinstance(after, Secret) or (isinstance(shape, Text) and shape.secret)
    return Secret(str(before)) if secret else before


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
