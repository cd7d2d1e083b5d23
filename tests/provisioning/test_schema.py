"""The editors' schema accepts what the tool accepts and points at slips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from provisioning import cli, defaults, engine
from provisioning.config import load
from provisioning.nodes import plain
from provisioning.schema import schema

DATA = Path(__file__).parent / "data"
FOLDERS = [DATA / "sample", DATA / "every-kind", Path(__file__).parents[2] / "realm-config"]
SCHEMA = schema(engine.ROOT, defaults.load("26.7", "r"))
_TYPES = {"array": list, "object": dict, "string": str, "boolean": bool, "null": type(None)}


def refused(value: Any, rule: dict[str, Any], path: str = "") -> list[str]:
    """Places that the schema refuses: as much of draft 7 as it uses."""
    if "$ref" in rule:
        return refused(value, SCHEMA["definitions"][rule["$ref"].rsplit("/", 1)[-1]], path)
    if "anyOf" in rule:
        return [] if any(not refused(value, each, path) for each in rule["anyOf"]) else [path]
    types = rule.get("type", [])
    if types and not any(_is(value, each) for each in ([types] if isinstance(types, str) else types)):
        return [path]
    found: list[str] = []
    for key, child in value.items() if isinstance(value, dict) else ():
        below = rule.get("properties", {}).get(key, rule.get("additionalProperties", {}))
        found += [f"{path}.{key}"] if below is False else refused(child, below, f"{path}.{key}")
    for item in value if isinstance(value, list) else ():
        found += refused(item, rule.get("items", {}), f"{path}[]")
    return found


def _is(value: Any, name: str) -> bool:
    if name in ("integer", "number"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, _TYPES[name])


@pytest.mark.parametrize(
    "folder", [DATA / "sample", DATA / "every-kind", Path("realm-config")], ids=lambda f: f.name
)
def test_what_the_tool_accepts_the_schema_accepts(folder: Path) -> None:
    every = dict.fromkeys(("VALIDATOR_URL",), "1")
    written = json.loads(json.dumps(plain(load(folder, environ=every).root), default=str))
    assert refused(written, SCHEMA) == []


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({"verifyMail": True}, ".verifyMail"),
        ({"failureFactor": "many"}, ".failureFactor"),
        ({"clients": [{"clientId": "c", "redirectUri": []}]}, ".clients[].redirectUri"),
        ({"groups": [{"name": "a", "subGroups": [{"name": "b", "x": 1}]}]}, ".groups[].subGroups[].x"),
        ({"supportedLocales": "it"}, ".supportedLocales"),
    ],
)
def test_a_slip_is_refused_where_it_stands(written: dict[str, Any], place: str) -> None:
    assert refused(written, SCHEMA) == [place]


def test_a_field_tells_its_default_in_that_version() -> None:
    assert SCHEMA["properties"]["accessTokenLifespan"]["default"] == 300
    assert "26.7" in SCHEMA["title"]


def test_the_command_prints_it_for_any_known_version(capsys: pytest.CaptureFixture[str]) -> None:
    for version in defaults.known_versions():
        assert cli.main(["schema", "--keycloak", version]) == 0
        assert version in json.loads(capsys.readouterr().out)["title"]
