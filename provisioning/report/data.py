"""Plans for programs: JSON."""

from __future__ import annotations

import json
from typing import Any

from provisioning.change import Change
from provisioning.plan import Plan
from provisioning.problems import Mark
from provisioning.report.words import jsonable


def as_json(plan: Plan) -> str:
    """The plan as data: realm, creates, changes, and dangers with their names and words."""
    dangers = [{"name": danger.name, "words": danger.words} for danger in plan.dangers]
    return json.dumps({**document(plan), "dangers": dangers}, ensure_ascii=False, indent=2)


def document(plan: Plan) -> dict[str, Any]:
    """Realm, creates, and changes with kind, name, action, place and fields."""
    return {
        "realm": plan.realm,
        "creates": plan.creates,
        "changes": [change_data(change) for change in plan.changes],
    }


def change_data(change: Change) -> dict[str, Any]:
    """One change; `file` and `line` where the configuration declares it."""
    return {
        "kind": change.kind,
        "name": change.name,
        "action": change.action.value,
        **_place(change.mark),
        "fields": [
            {
                "path": field.path,
                "before": jsonable(field.before),
                "after": jsonable(field.after),
                **_place(field.mark),
            }
            for field in change.fields
        ],
    }


def _place(mark: Mark | None) -> dict[str, Any]:
    return {"file": mark.file, "line": mark.line} if mark else {}
