"""Realm localization: texts by locale, over those of the themes. localization/LOCALE.yaml, or
localizationTexts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from provisioning.change import Change, FieldChange
from provisioning.nodes import Initial, Json
from provisioning.observed import Observed
from provisioning.resources.base import Declared, Kind
from provisioning.shapes import Maps, Shape, TextMap
from provisioning.target import Target

_TEXTS = TextMap(clearable=True, initial=True)


class Localization(Kind):
    """One object a locale. Keys that are not declared stay, and so does what administrators made of a text
    declared `!initial`: they edit these in the console, live."""

    name = "localization"
    fields: ClassVar[Mapping[str, Shape]] = {"localizationTexts": Maps(_TEXTS)}
    shape = _TEXTS
    relation = True

    def desired(self, declared: Declared) -> dict[str, Json]:
        return dict(declared.get("localizationTexts") or {})

    def existing(self, observed: Observed) -> dict[str, Json]:
        return dict(observed.export.get("localizationTexts") or {})

    def change(self, name: str, wanted: Json, existing: Json, observed: Observed) -> Change | None:
        present = existing or {}
        managed = {
            key: text for key, text in wanted.items() if not (isinstance(text, Initial) and key in present)
        }
        if wanted and not managed:  # nothing to say is not the same as an empty mapping, which clears
            return None
        return super().change(name, managed, existing, observed)

    def deviations(
        self, name: str, expected: Json, found: Json, observed: Observed
    ) -> tuple[FieldChange, ...]:
        """What administrators made of a text declared `!initial` is as meant."""
        texts = {key: text for key, text in expected.items() if not isinstance(text, Initial)}
        return super().deviations(name, texts, found, observed) if texts else ()

    def creation(self, declared: Declared) -> dict[str, Json]:
        texts = {
            locale: {key: text for key, text in texts.items() if text}
            for locale, texts in self.desired(declared).items()
        }
        return {"localizationTexts": texts} if texts else {}

    def apply(self, change: Change, target: Target) -> None:
        after = {field.path: field.after for field in change.fields}
        written = {key: text for key, text in after.items() if text}
        if written:
            target.post("localization", change.name, body=written)
        for key in after.keys() - written.keys():
            target.delete("localization", change.name, key)
