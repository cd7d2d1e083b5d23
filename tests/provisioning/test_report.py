"""What a person reads of a plan: in a terminal, in a pull request, at the declaring line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provisioning import engine, report
from provisioning import plan as plans
from provisioning.config import load
from provisioning.plan import Danger, Plan
from provisioning.problems import Mark
from tests.provisioning.fakes import FakeGateway

_DECLARED = """\
realm: shop
failureFactor: 5
clients:
  - clientId: portal
    redirectUris: [https://a|b/*]
    attributes:
      pkce.code.challenge.method: S256
    secret: canary-written-plainly
roles:
  client:
    portal:
      - name: see/bills
        description: Sees
        composites:
          realm: [reader]
localizationTexts:
  it:
    hello: Ciao
authenticationFlows:
  - alias: login
    authenticationExecutions:
      - authenticator: auth-cookie
        requirement: ALTERNATIVE
      - authenticator: auth-otp
        requirement: REQUIRED
        authenticatorConfig: otp
authenticatorConfig:
  - alias: otp
    config:
      kind: totp
"""
_EXPORT: dict[str, Any] = {
    "failureFactor": 30,
    "clients": [{"clientId": "portal", "id": "1", "attributes": {"pkce.code.challenge.method": "plain"}}],
    "authenticationFlows": [
        {
            "alias": "login",
            "id": "f",
            "topLevel": True,
            "authenticationExecutions": [
                {"authenticator": "auth-spnego", "requirement": "DISABLED", "priority": 5},
                {"authenticator": "auth-otp", "requirement": "DISABLED", "priority": 20},
            ],
        }
    ],
}


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conf iguration.yaml").write_text(_DECLARED)
    config = load(Path("conf iguration.yaml"))
    declared, _ = engine.declare(config, FakeGateway())
    return plans.located(engine.make_plan(declared, FakeGateway(_EXPORT), "shop"), config.root)


def test_each_field_knows_the_line_that_declares_it(plan: Plan) -> None:
    lines = {
        f"{change.title} {field.path}": field.mark.line
        for change in plan.changes
        for field in change.fields
        if field.mark
    }
    assert lines == {
        "authentication flow login login / auth-otp.authenticatorConfig": 24,
        "authentication flow login login / auth-otp.kind": 30,
        "authentication flow login login / auth-otp.requirement": 24,
        "authentication flow login login / auth-cookie": 22,
        "authentication flow login login / auth-spnego": 20,
        "realm failureFactor": 2,
        "localization it hello": 18,
        "client portal redirectUris": 5,
        "client portal attributes.pkce.code.challenge.method": 7,
        "client portal secret": 8,
        "client role portal/see/bills name": 12,
        "client role portal/see/bills description": 13,
        "composites of role portal/see/bills realm": 15,
    }


def test_text_tells_the_place_and_draws_a_changed_flow(plan: Plan) -> None:
    assert report.as_text(plan).splitlines()[:6] == [
        "~ authentication flow login  (conf iguration.yaml:20)",
        "    - ├─ auth-spnego (DISABLED)",
        "    + ├─ auth-cookie (ALTERNATIVE)",
        "    ~ └─ auth-otp (DISABLED → REQUIRED, settings: authenticatorConfig, kind)",
        '    + login / auth-cookie: {"requirement": "ALTERNATIVE", "priority": 10}',
        '    + login / auth-otp.authenticatorConfig: "otp"',
    ]


def test_markdown_draws_the_flow_before_and_after(plan: Plan) -> None:
    text = report.as_markdown(plan)
    before, after = (part.split("```")[0] for part in text.split("```mermaid")[1:])
    assert '["1. auth-spnego<br/>DISABLED"]:::removed' in before
    assert '["2. auth-otp<br/>DISABLED, settings: authenticatorConfig, kind"]:::changed' in before
    assert "auth-cookie" not in before
    assert '["1. auth-cookie<br/>ALTERNATIVE"]:::added' in after
    assert "auth-spnego" not in after


def test_markdown_survives_bars_in_values(plan: Plan) -> None:
    rows = report.as_markdown(plan).splitlines()
    assert r'| `redirectUris` |  | `["https://a\|b/*"]` |' in rows


def test_sarif_has_one_result_a_field_at_its_line_and_one_a_new_object(plan: Plan) -> None:
    document = json.loads(report.as_sarif(plan, fallback=plan.changes[0].mark))  # type: ignore[arg-type]
    (run,) = document["runs"]
    results = {
        (r["ruleId"], r["locations"][0]["physicalLocation"]["region"]["startLine"]): r["message"]["text"]
        for r in run["results"]
    }
    assert document["version"] == "2.1.0"
    assert results["update", 2] == "realm: failureFactor: 30 → 5"
    assert results["create", 12] == "client role portal/see/bills will be created"
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]}
    assert uris == {"conf%20iguration.yaml"}
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} >= {r["ruleId"] for r in run["results"]}
    identities = [r["partialFingerprints"]["object/v1"] for r in run["results"]]
    assert len(set(identities)) == len(identities)


def test_sarif_warns_of_a_danger_at_the_line_that_brings_it(plan: Plan) -> None:
    danger = Danger("change-login-flow", "change login, which is the browser flow")
    document = json.loads(report.as_sarif(replace(plan, dangers=(danger,)), fallback=Mark("x", 1)))
    (found,) = [r for r in document["runs"][0]["results"] if r["level"] == "warning"]
    assert found["ruleId"] == "danger-change-login-flow"
    assert found["locations"][0]["physicalLocation"]["region"]["startLine"] == 20
    assert found["ruleId"] in {rule["id"] for rule in document["runs"][0]["tool"]["driver"]["rules"]}


def test_no_format_shows_a_secret(plan: Plan) -> None:
    printed = [
        report.as_text(plan),
        report.as_json(plan),
        report.as_markdown(plan),
        report.as_sarif(plan, fallback=plan.changes[0].mark),  # type: ignore[arg-type]
    ]
    assert "canary" not in "".join(printed)
    assert all("(secret)" in text for text in printed)
