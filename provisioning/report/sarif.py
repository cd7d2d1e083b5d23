"""Plans for code hosts' own reviews: SARIF 2.1.0, each result at the line that declares what will change."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import quote

from provisioning.change import Action, Change
from provisioning.plan import Plan
from provisioning.problems import Mark
from provisioning.report.words import field_words

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_RULES = {
    Action.CREATE: "The object does not exist in the realm: apply creates it.",
    Action.UPDATE: "The realm has another value: apply changes it.",
    Action.DELETE: "The object is declared no more: apply deletes it.",
}


def as_sarif(plan: Plan, fallback: Mark) -> str:
    """One result a changed field and one a created object. `fallback` places what no line declares."""
    results = [result for change in plan.changes for result in _results(change, fallback)]
    rules = [{"id": action.value, "shortDescription": {"text": text}} for action, text in _RULES.items()]
    driver = {"name": "provisioning", "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _results(change: Change, fallback: Mark) -> list[dict[str, Any]]:
    where = change.mark or fallback
    if change.action is not Action.UPDATE:
        return [_result(change, "", f"{change.title} will be {change.action.value}d", where)]
    return [
        _result(change, field.path, f"{change.title}: {field_words(field)}", field.mark or where)
        for field in change.fields
    ]


def _result(change: Change, path: str, message: str, mark: Mark) -> dict[str, Any]:
    identity = hashlib.sha256(f"{change.kind}\0{change.name}\0{path}".encode()).hexdigest()
    return {
        "ruleId": change.action.value,
        "level": "note",
        "message": {"text": message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(mark.file.replace("\\", "/"))},
                    "region": {"startLine": mark.line},
                }
            }
        ],
        "partialFingerprints": {"object/v1": identity},
    }
