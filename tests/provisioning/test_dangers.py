"""Each case of dangers.yaml is one behaviour; and what is refused is not begun."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from provisioning import cli, dangers, engine, plan, report
from provisioning.config import load
from provisioning.dangers import DangerError, Facts
from provisioning.observed import Observed
from provisioning.plan import Danger
from tests.provisioning.fakes import FakeGateway

_FILE = Path(__file__).with_name("dangers.yaml")
CASES: dict[str, dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
WEAKER = {"verifyEmail": True, "clients": [{"clientId": "c", "id": "1"}]}
DECLARED = {"verifyEmail": False, "clients": [{"clientId": "c", "redirectUris": ["*"]}]}


@pytest.mark.parametrize("name", CASES)
def test_the_dangers_are_as_the_case_says(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    file = tmp_path / "realm.yaml"
    file.write_text(yaml.safe_dump(case["declared"], sort_keys=False), encoding="utf-8")
    observed = Observed(
        case.get("realm", "example"),
        exists=True,
        export=case["observed"],
        user_profile=case.get("observedUserProfile"),
    )
    declared = engine.read(load(file))
    made = plan.make(declared, observed)
    login = case.get("login", {})
    facts = Facts(observed, login.get("realm", ""), login.get("client", ""), users=case.get("users"))
    found = dangers.found(made, facts, dangers.most_changed(declared))
    assert [str(danger) for danger in found] == case["expected"]
    assert {danger.name for danger in found} <= set(dangers.names())
    assert dangers.asks_for_users(made) == ("users" in case)


def test_a_danger_is_refused_before_anything_is_written_and_names_the_way_out() -> None:
    gateway = FakeGateway(WEAKER)
    with pytest.raises(DangerError) as caught:
        engine.apply(DECLARED, gateway, "r", allow=["verify-email-off"])
    assert str(caught.value).splitlines() == [
        "refused, nothing was written: this would",
        "  wildcard-redirect-uri: let client c send logins to *",
        "if that is what you want, say so: --allow wildcard-redirect-uri",
    ]
    assert gateway.written == []


@pytest.mark.parametrize("allowed", [["verify-email-off", "wildcard-redirect-uri"], ["all"]])
def test_what_is_allowed_is_done(allowed: list[str]) -> None:
    gateway = FakeGateway(WEAKER)
    with pytest.raises(Exception, match="did not keep"):  # the fake keeps nothing
        engine.apply(DECLARED, gateway, "r", allow=allowed)
    assert {path for _, path, _ in gateway.written} == {"/r", "/r/clients/1"}


def test_a_new_realm_has_nothing_to_lose() -> None:
    made = plan.make({"verifyEmail": False, "bruteForceProtected": False}, Observed("r"))
    assert dangers.found(made, Facts(made.observed)) == ()


def test_every_report_tells_the_dangers() -> None:
    made = engine.make_plan(DECLARED, FakeGateway(WEAKER), "r")
    danger = Danger("wildcard-redirect-uri", "let client c send logins to *")
    assert danger in made.dangers
    assert f"! {danger}" in report.as_text(made).splitlines()
    assert '"name": "wildcard-redirect-uri"' in report.as_json(made)
    assert f"- **{danger.name}**: {danger.words}" in report.as_markdown(made).splitlines()


def test_an_unknown_name_to_allow_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["apply", "--allow", "delete-everything"])
    assert "delete-client" in capsys.readouterr().err
