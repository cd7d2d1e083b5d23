"""The editors' schema accepts what the tool accepts and points at slips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft7Validator, ValidationError

from provisioning import cli, defaults, engine
from provisioning.config import load
from provisioning.nodes import plain
from provisioning.schema import schema

DATA = Path(__file__).parent / "data"
FOLDERS = [DATA / "sample", DATA / "every-kind", Path(__file__).parents[2] / "realm-config"]
SCHEMA = schema(engine.ROOT, defaults.load("26.7", "r"))


def refused(value: Any) -> list[str]:
    """Places that the schema refuses; a field that it does not know is a place of its own."""
    errors = list(Draft7Validator(SCHEMA).iter_errors(value))
    return sorted(place for error in errors for place in _places(error))


def _places(error: ValidationError) -> list[str]:
    path = "".join("[]" if isinstance(step, int) else f".{step}" for step in error.instance_path)
    unknown = getattr(error.kind, "unexpected", None)
    return [f"{path}.{name}" for name in unknown] if unknown else [path]


@pytest.mark.parametrize(
    "folder", [DATA / "sample", DATA / "every-kind", Path("realm-config")], ids=lambda f: f.name
)
def test_what_the_tool_accepts_the_schema_accepts(folder: Path) -> None:
    every = dict.fromkeys(("VALIDATOR_URL",), "1")
    written = json.loads(json.dumps(plain(load(folder, environ=every).root), default=str))
    assert refused(written) == []


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({"verifyMail": True}, ".verifyMail"),
        ({"failureFactor": "many"}, ".failureFactor"),
        ({"clients": [{"clientId": "c", "redirectUri": []}]}, ".clients[].redirectUri"),
        ({"groups": [{"name": "a", "subGroups": [{"name": "b", "x": 1}]}]}, ".groups[].subGroups[].x"),
        ({"supportedLocales": "it"}, ".supportedLocales"),
        ({"roles": {"realm": [{"name": 256 * "x"}]}}, ".roles.realm[].name"),
    ],
)
def test_a_slip_is_refused_where_it_stands(written: dict[str, Any], place: str) -> None:
    assert refused(written) == [place]


def test_a_field_tells_its_default_in_that_version() -> None:
    assert SCHEMA["properties"]["accessTokenLifespan"]["default"] == 300
    assert "26.7" in SCHEMA["title"]


def test_the_command_prints_it_for_any_known_version(capsys: pytest.CaptureFixture[str]) -> None:
    for version in defaults.known_versions():
        assert cli.main(["schema", "--keycloak", version]) == 0
        assert version in json.loads(capsys.readouterr().out)["title"]
