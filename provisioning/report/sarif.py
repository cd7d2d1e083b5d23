"""Plans for code hosts' own reviews: SARIF 2.1.0, each result at the line that declares what will change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from provisioning.change import Action, Change
from provisioning.plan import Danger, Plan
from provisioning.problems import Mark
from provisioning.report.words import field_words

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_DANGER = "danger-"
_RULES = {
    Action.CREATE: "The object does not exist in the realm: apply creates it.",
    Action.UPDATE: "The realm has another value: apply changes it.",
    Action.DELETE: "The object is declared no more: apply deletes it.",
}


def as_sarif(plan: Plan, fallback: Mark) -> str:
    """One result a changed field and one a created or deleted object. `fallback` places what no line
    declares."""
    results = [each for change in plan.changes for each in _results(change, fallback)]
    for danger in plan.dangers:
        results.append(_danger(danger, plan, fallback))
    rules = {
        _DANGER + danger.name: "Apply refuses it unless it is allowed by name." for danger in plan.dangers
    }
    return log(results, {**{action.value: text for action, text in _RULES.items()}, **rules})


def log(results: list[dict[str, Any]], rules: Mapping[str, str]) -> str:
    """The document of one run."""
    described = [{"id": name, "shortDescription": {"text": text}} for name, text in rules.items()]
    driver = {"name": "provisioning", "rules": described}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def result(rule: str, level: str, identity: tuple[str, ...], message: str, mark: Mark) -> dict[str, Any]:
    """One result; `identity` is what it keeps while lines and values move."""
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(mark.file.replace("\\", "/"))},
                    "region": {"startLine": mark.line},
                }
            }
        ],
        "partialFingerprints": {"object/v1": hashlib.sha256("\0".join(identity).encode()).hexdigest()},
    }


def _danger(danger: Danger, plan: Plan, fallback: Mark) -> dict[str, Any]:
    """At the line of the change that its words name, where there is one."""
    named = [
        change for change in plan.changes if change.mark and (change.name or change.kind) in danger.words
    ]
    where = max(named, key=lambda change: len(change.name), default=None)
    place = where.mark if where and where.mark else fallback
    rule = _DANGER + danger.name
    return result(rule, "warning", (rule, danger.words), f"{danger.words} (--allow {danger.name})", place)


def _results(change: Change, fallback: Mark) -> list[dict[str, Any]]:
    where, rule = change.mark or fallback, change.action.value
    if change.action is not Action.UPDATE:
        words = f"{change.title} will be {rule}d"
        return [result(rule, "note", (change.kind, change.name, ""), words, where)]
    return [
        result(
            rule,
            "note",
            (change.kind, change.name, field.path),
            f"{change.title}: {field_words(field)}",
            field.mark or where,
        )
        for field in change.fields
    ]
