"""Drift for people and programs: what is expected → what is found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from provisioning.change import FieldChange
from provisioning.drift import Drift, FieldDrift, What
from provisioning.problems import Mark
from provisioning.report.markdown import code, value_cell
from provisioning.report.sarif import log, result
from provisioning.report.text import dim, painted
from provisioning.report.words import field_sign, field_words, jsonable

_SIGNS = {What.CHANGED: "~", What.UNDECLARED: "+", What.MISSING: "-"}
_WORDS = {What.CHANGED: "", What.UNDECLARED: "exists, declared nowhere", What.MISSING: "is missing"}
_RULES = {
    "drift-declared": "The realm has another value than the configuration declares.",
    "drift-default": "Nothing is declared, and the value is no longer the default of this Keycloak version.",
    "drift-undeclared": "The object exists in the realm and is declared nowhere.",
    "drift-missing": "The object is declared or built in, and does not exist in the realm.",
}


def as_text(realm: str, found: Sequence[Drift], *, colour: bool = False) -> str:
    """Objects with their fields, expected → found, and a count in the last line."""
    if not found:
        return f"Realm {realm} has not drifted."
    lines: list[str] = []
    for drift in found:
        place = f"  ({drift.mark})" if drift.mark else ""
        words = f": {_WORDS[drift.what]}" if _WORDS[drift.what] else ""
        head = painted(_SIGNS[drift.what], f"{drift.title}{words}", colour)
        lines.append(head + (dim(place) if colour else place))
        for field in drift.fields:
            change = _change(field)
            lines.append(painted(field_sign(change), field_words(change) + _origin(field), colour, "    "))
    return "\n".join([*lines, "", f"Realm {realm}: {count(found)}."])


def as_json(realm: str, found: Sequence[Drift]) -> str:
    """The same as data."""
    return json.dumps(
        {"realm": realm, "drift": [_data(each) for each in found]}, ensure_ascii=False, indent=2
    )


def as_markdown(realm: str, found: Sequence[Drift]) -> str:
    """A heading with the count, and one table."""
    if not found:
        return f"## Realm `{realm}` has not drifted\n"
    lines = [f"## Realm `{realm}`: {count(found)}", "", "| object | field | expected | found |"]
    lines.append("| --- | --- | --- | --- |")
    for drift in found:
        if drift.what is not What.CHANGED:
            lines.append(f"| {code(drift.title)} | {_WORDS[drift.what]} |  |  |")
        for field in drift.fields:
            expected = value_cell(field.expected) + _origin(field)
            row = (code(drift.title), code(field.path), expected, value_cell(field.found))
            lines.append(f"| {' | '.join(row)} |")
    return "\n".join([*lines, ""])


def as_sarif(found: Sequence[Drift], fallback: Mark) -> str:
    """One result a field, and one an object that is missing or declared nowhere."""
    results = [each for drift in found for each in _results(drift, fallback)]
    return log(results, _RULES)


def count(found: Sequence[Drift]) -> str:
    """`2 changed, 1 undeclared`."""
    numbers = Counter(drift.what for drift in found)
    return ", ".join(f"{numbers[what]} {what.value}" for what in What if numbers[what])


def _results(drift: Drift, fallback: Mark) -> list[dict[str, Any]]:
    where = drift.mark or fallback
    if drift.what is not What.CHANGED:
        words = f"{drift.title} {_WORDS[drift.what]}"
        return [result(f"drift-{drift.what.value}", "warning", (drift.kind, drift.name, ""), words, where)]
    return [
        result(
            "drift-declared" if field.declared else "drift-default",
            "warning",
            (drift.kind, drift.name, field.path),
            f"{drift.title}: {field_words(_change(field))}{_origin(field)}",
            field.mark or where,
        )
        for field in drift.fields
    ]


def _data(drift: Drift) -> dict[str, Any]:
    return {
        "kind": drift.kind,
        "name": drift.name,
        "what": drift.what.value,
        "builtIn": drift.built_in,
        **({"file": drift.mark.file, "line": drift.mark.line} if drift.mark else {}),
        "fields": [
            {
                "path": field.path,
                "declared": field.declared,
                "expected": jsonable(field.expected),
                "found": jsonable(field.found),
            }
            for field in drift.fields
        ],
    }


def _change(field: FieldDrift) -> FieldChange:
    return FieldChange(field.path, field.expected, field.found)


def _origin(field: FieldDrift) -> str:
    return "" if field.declared else " (default)"
