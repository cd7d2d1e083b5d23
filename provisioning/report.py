"""Plans for people (text) and for programs (JSON). Secrets never show: they print themselves as (secret)."""

from __future__ import annotations

import json
from typing import Any

from provisioning.change import Action, Change, FieldChange
from provisioning.nodes import Json, Secret
from provisioning.plan import Plan

_CODES = {"+": "\033[32m", "-": "\033[31m", "~": "\033[33m"}
_RESET = "\033[0m"
_WIDTH = 100


def as_text(plan: Plan, *, colour: bool = False) -> str:
    """Objects with their fields, before → after, and a count in the last line."""
    if plan.empty:
        return f"Realm {plan.realm} is as declared: nothing to do."
    lines = [_painted("+", f"realm {plan.realm} (does not exist yet)", colour)] if plan.creates else []
    for change in plan.changes:
        lines += _change_lines(change, colour)
    return "\n".join([*lines, "", _count(plan)])


def as_json(plan: Plan) -> str:
    """The same as data: realm, creates, changes with kind, name, action and fields."""
    changes = [
        {
            "kind": change.kind,
            "name": change.name,
            "action": change.action.value,
            "fields": [
                {"path": field.path, "before": _jsonable(field.before), "after": _jsonable(field.after)}
                for field in change.fields
            ],
        }
        for change in plan.changes
    ]
    document = {"realm": plan.realm, "creates": plan.creates, "changes": changes}
    return json.dumps(document, ensure_ascii=False, indent=2)


def _change_lines(change: Change, colour: bool) -> list[str]:
    sign = "+" if change.action is Action.CREATE else "~"
    head = _painted(sign, change.title, colour)
    return [head, *(_field_line(field, colour) for field in change.fields)]


def _field_line(field: FieldChange, colour: bool) -> str:
    if field.before is None or field.before == []:
        return _painted("+", f"{field.path}: {_shown(field.after)}", colour, indent="    ")
    if field.after is None:
        return _painted("-", f"{field.path}: {_shown(field.before)}", colour, indent="    ")
    if isinstance(field.after, Secret):
        return _painted("~", f"{field.path}: (secret) changes", colour, indent="    ")
    return _painted(
        "~", f"{field.path}: {_shown(field.before)} → {_shown(field.after)}", colour, indent="    "
    )


def _shown(value: Json) -> str:
    if isinstance(value, Secret):
        return str(value)
    text = json.dumps(_jsonable(value), ensure_ascii=False)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _jsonable(value: Json) -> Any:
    if isinstance(value, Secret):
        return str(value)
    if isinstance(value, dict):
        return {key: _jsonable(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_jsonable(child) for child in value]
    return value


def _painted(sign: str, text: str, colour: bool, indent: str = "") -> str:
    line = f"{indent}{sign} {text}"
    return f"{_CODES[sign]}{line}{_RESET}" if colour else line


def _count(plan: Plan) -> str:
    new = sum(change.action is Action.CREATE for change in plan.changes)
    changed = len(plan.changes) - new
    parts = [f"{number} to {verb}" for number, verb in ((new, "create"), (changed, "change")) if number]
    return f"Realm {plan.realm}: {', '.join(parts) or 'to create'}."
