"""Drift: declared fields that differ, undeclared ones that left their default, objects declared nowhere."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from provisioning import cli, defaults, drift, engine
from provisioning.config import load
from provisioning.drift import Drift
from provisioning.gateway import Gateway
from provisioning.login import Login
from provisioning.nodes import MASK
from provisioning.observed import Observed
from provisioning.problems import Mark
from provisioning.reader import Reader
from provisioning.report import drift as report

DECLARED = """\
realm: shop
provisioning:
  ignore:
    - "client legacy*"
    - "client portal: attributes.seen.*"
verifyEmail: true
clients:
  - clientId: portal
    redirectUris: [https://portal/*]
localizationTexts:
  it: {hello: !initial Ciao}
"""


def realm() -> dict[str, Any]:
    """A fresh realm of 26.7 as declared above."""
    known = defaults.load("26.7", "shop")
    export = copy.deepcopy(known.pristine.export)
    portal = copy.deepcopy(client(known.samples.export, "sample"))
    portal.update({"clientId": "portal", "redirectUris": ["https://portal/*"], "secret": MASK})
    export["clients"].append(portal)
    return {**export, "verifyEmail": True, "localizationTexts": {"it": {"hello": "Salve"}}}


def client(export: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(c for c in export["clients"] if c["clientId"] == name)
    return found


def find(export: dict[str, Any], tmp_path: Path, text: str = DECLARED) -> tuple[Drift, ...]:
    (tmp_path / "realm.yaml").write_text(text)
    config = load(tmp_path)
    known = defaults.load("26.7.4", "shop")
    observed = Observed("shop", exists=True, export=export, user_profile=known.pristine.user_profile)
    return drift.find(engine.read(config), observed, known, config.root)


def told(found: tuple[Drift, ...]) -> list[str]:
    return report.as_text("shop", found).splitlines()


def test_a_realm_as_declared_and_otherwise_fresh_has_not_drifted(tmp_path: Path) -> None:
    assert told(find(realm(), tmp_path)) == ["Realm shop has not drifted."]


def test_direct_access_grants_switched_on_by_hand_are_seen_although_nobody_declared_them(
    tmp_path: Path,
) -> None:
    export = realm()
    client(export, "portal")["directAccessGrantsEnabled"] = True
    assert told(find(export, tmp_path)) == [
        f"~ client portal  ({tmp_path}/realm.yaml:8)",
        "    ~ directAccessGrantsEnabled: false → true (default)",
        "",
        "Realm shop: 1 changed.",
    ]


def test_a_declared_field_is_told_with_its_line(tmp_path: Path) -> None:
    export = realm()
    client(export, "portal")["redirectUris"] = ["https://evil/*"]
    (found,) = find(export, tmp_path)
    (field,) = found.fields
    assert (field.declared, field.mark) == (True, Mark(f"{tmp_path}/realm.yaml", 9))
    assert told((found,))[1] == '    ~ redirectUris: ["https://portal/*"] → ["https://evil/*"]'


def test_objects_declared_nowhere_and_missing_built_in_ones_are_told(tmp_path: Path) -> None:
    export = realm()
    export["clients"] = [c for c in export["clients"] if c["clientId"] != "broker"]
    export["clients"].append({"clientId": "backdoor", "id": "b", "publicClient": True})
    export["roles"]["realm"].append({"name": "root", "composite": True, "composites": {"realm": ["x"]}})
    assert told(find(export, tmp_path))[:-2] == [
        "+ realm role root: exists, declared nowhere",
        "+ client backdoor: exists, declared nowhere",
        "- client broker: is missing",
    ]


def test_a_built_in_flow_changed_by_hand_is_seen(tmp_path: Path) -> None:
    export = realm()
    flow = next(flow for flow in export["authenticationFlows"] if flow["alias"] == "direct grant")
    flow["authenticationExecutions"][1]["requirement"] = "DISABLED"
    assert told(find(export, tmp_path))[:2] == [
        "~ authentication flow direct grant",
        '    ~ direct grant / direct-grant-validate-password.requirement: "REQUIRED" → "DISABLED" (default)',
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("attributes", {"frontendUrl": "https://evil"}),
        ("passwordPolicy", "length(1)"),
        ("browserSecurityHeaders", {"xFrameOptions": ""}),
        ("registrationAllowed", True),
        ("eventsListeners", []),
        ("requiredActions", [{"alias": "VERIFY_EMAIL", "enabled": False}]),
    ],
)
def test_whatever_left_its_default_is_seen(tmp_path: Path, field: str, value: Any) -> None:
    export = realm()
    had = export.get(field)
    export[field] = {**had, **value} if isinstance(had, dict) else value
    assert find(export, tmp_path)


def test_what_the_configuration_ignores_is_not_told(tmp_path: Path) -> None:
    export = realm()
    export["clients"].append({"clientId": "legacy-1", "id": "b"})
    client(export, "portal")["attributes"]["seen.at"] = "today"
    assert find(export, tmp_path) == ()


def test_the_tools_own_attributes_and_fields_kept_twice_are_no_drift(tmp_path: Path) -> None:
    export = realm()
    export["attributes"] |= {"provisioning.owner.x": "{}", "clientSessionIdleTimeout": "900"}
    export["clientSessionIdleTimeout"] = 900
    text = DECLARED + "clientSessionIdleTimeout: 900\n"
    assert find(export, tmp_path, text) == ()


def test_when_keycloak_made_a_secret_is_no_drift(tmp_path: Path) -> None:
    export = realm()
    client(export, "portal")["attributes"] |= {"client.secret.creation.time": "1795890534"}
    assert find(export, tmp_path) == ()


def test_a_permission_of_administrators_made_by_hand_is_told(tmp_path: Path) -> None:
    export = realm() | {"adminPermissionsEnabled": True}
    policy = {"name": "eve", "type": "user", "config": {"users": '["eve"]'}}
    administrators = {"clientId": "admin-permissions", "id": "1", "authorizationServicesEnabled": True}
    export["clients"].append({**administrators, "authorizationSettings": {"policies": [policy]}})
    found = find(export, tmp_path, DECLARED + "adminPermissionsEnabled: true\n")
    assert told(found)[0] == "+ admin permission eve: exists, declared nowhere"


def test_every_format_tells_all_of_it(tmp_path: Path) -> None:
    export = realm()
    client(export, "portal").update({"directAccessGrantsEnabled": True, "redirectUris": ["https://a|b"]})
    export["clients"].append({"clientId": "backdoor", "id": "b"})
    found = find(export, tmp_path)
    data = json.loads(report.as_json("shop", found))["drift"]
    assert [(each["name"], each["what"], len(each["fields"])) for each in data] == [
        ("portal", "changed", 2),
        ("backdoor", "undeclared", 0),
    ]
    rows = report.as_markdown("shop", found).splitlines()
    assert r'| `client portal` | `redirectUris` | `["https://portal/*"]` | `["https://a\|b"]` |' in rows
    (run,) = json.loads(report.as_sarif(found, Mark("realm.yaml", 1)))["runs"]
    places = [result["locations"][0]["physicalLocation"]["region"]["startLine"] for result in run["results"]]
    assert list(zip([result["ruleId"] for result in run["results"]], places, strict=True)) == [
        ("drift-declared", 9),
        ("drift-default", 8),
        ("drift-undeclared", 1),
    ]


def test_a_version_without_recorded_defaults_takes_those_of_the_next_older() -> None:
    assert defaults.load("26.9.1", "r").version == defaults.known_versions()[-1]
    assert defaults.load("20.0", "r").version == defaults.known_versions()[0]


def test_plan_drift_and_import_are_given_what_has_no_way_to_write() -> None:
    reader = Reader(Login("http://localhost:1", "master", username="u", password="p"))
    # mypy counts an unneeded ignore as an error: it holds the type to this, the test the running thing.
    for given in (reader, reader.twin()):
        with pytest.raises(AttributeError):
            given.put("/r", {})  # type: ignore[attr-defined]
        with pytest.raises(AttributeError):
            given.post("/r/clients", {})  # type: ignore[attr-defined]
        with pytest.raises(AttributeError):
            given.delete("/r")  # type: ignore[attr-defined]
    public = {name for name in dir(reader) if not name.startswith("_")}
    assert public == {"calls", "export", "get", "login", "server_version", "sleep", "tell", "twin"}
    assert not isinstance(reader, Gateway)


@pytest.mark.parametrize("command", ["plan", "drift", "import"])
def test_what_reads_is_never_given_a_gateway(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[type] = []

    def observe(reader: Reader, realm: str, large: bool | None = None) -> Observed:
        given.append(type(reader))
        return Observed(realm)

    monkeypatch.setattr(engine, "observe", observe)
    monkeypatch.setenv("KEYCLOAK_URL", "http://localhost:1")
    monkeypatch.setenv("KEYCLOAK_USERNAME", "u")
    monkeypatch.setenv("KEYCLOAK_PASSWORD", "p")
    (tmp_path / "realm.yaml").write_text("realm: nowhere")
    where = ["nowhere", "taken"] if command == "import" else ["--config", "realm.yaml"]
    monkeypatch.chdir(tmp_path)
    cli.main([command, *where])
    assert given == [Reader]
