"""What all reports say alike: values, signs, the count of changes."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from provisioning.change import Action, Change, FieldChange
from provisioning.nodes import Json, Secret
from provisioning.plan import Plan

_WIDTH = 100
_SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}
_VERBS = {Action.CREATE: "create", Action.UPDATE: "change", Action.DELETE: "delete"}


def sign(change: Change) -> str:
    """What happens to an object, as one character."""
    return _SIGNS[change.action]


def field_sign(field: FieldChange) -> str:
    """What happens to a field: + appears, - goes, ~ becomes another."""
    if field.before is None or field.before == []:
        return "+"
    return "-" if field.after is None else "~"


def field_words(field: FieldChange) -> str:
    """A field in one line: path, and before → after."""
    match field_sign(field):
        case "+":
            return f"{field.path}: {shown(field.after)}"
        case "-":
            return f"{field.path}: {shown(field.before)}"
    if isinstance(field.after, Secret):
        return f"{field.path}: (secret) changes"
    return f"{field.path}: {shown(field.before)} → {shown(field.after)}"


def shown(value: Json) -> str:
    """A value in one line, cut where it is long."""
    if isinstance(value, Secret):
        return str(value)
    text = json.dumps(jsonable(value), ensure_ascii=False)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def jsonable(value: Json) -> Any:
    """The value with (secret) in place of secrets."""
    if isinstance(value, Secret):
        return str(value)
    if isinstance(value, dict):
        return {key: jsonable(child) for key, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(child) for child in value]
    return value


def count(plan: Plan) -> str:
    """`2 to create, 1 to change`."""
    numbers = Counter(change.action for change in plan.changes)
    parts = [f"{numbers[action]} to {verb}" for action, verb in _VERBS.items() if numbers[action]]
    return ", ".join(parts) or "to create"
