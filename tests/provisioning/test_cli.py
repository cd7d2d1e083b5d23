"""The command: exit codes, one clear line for each failure, no secret anywhere."""

from __future__ import annotations

import argparse
import json
import socket
from pathlib import Path

import pytest

from provisioning import cli, engine, report
from provisioning.change import Action, Change, FieldChange
from provisioning.commands import validate
from provisioning.commands.common import realm_of
from provisioning.config import load
from provisioning.nodes import Secret
from provisioning.observed import Observed
from provisioning.plan import Plan
from provisioning.problems import ConfigError
from tests.provisioning.fakes import FakeGateway

SAMPLE = Path(__file__).parent / "data" / "sample"
SECRETS = ("SAMPLE_SMTP_PASSWORD", "SAMPLE_CLIENT_SECRET", "SAMPLE_RECAPTCHA_SECRET")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No connection of the person's own; the sample's secrets as canaries."""
    for name in ("URL", "REALM", "USERNAME", "PASSWORD", "CLIENT_ID", "CLIENT_SECRET", "LOGIN_REALM"):
        monkeypatch.delenv(f"KEYCLOAK_{name}", raising=False)
        monkeypatch.delenv(f"KEYCLOAK_{name}_FILE", raising=False)
    for name in SECRETS:
        monkeypatch.setenv(name, "canary-of-the-secret")
    return monkeypatch


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = cli.main([*arguments, "--config", str(SAMPLE)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_a_valid_configuration_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "validate") == (0, f"{SAMPLE}: no errors\n", "")


def test_a_broken_configuration_lists_its_problems(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "realm.yaml").write_text("foo: 1\nverifyEmail: 2\n")
    assert cli.main(["plan", "--config", str(tmp_path)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[0] for line in lines[:2]] == [f"{tmp_path}/realm.yaml:{n}" for n in (1, 2)]
    assert lines[2] == "2 problems in the configuration"


def test_what_nobody_has_foreseen_is_one_line_that_tells_no_secret(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_options: object) -> None:
        raise KeyError("canary-of-the-secret")

    monkeypatch.setattr(validate, "loaded", fail)
    status, told, error = run(capsys, "validate")
    assert (status, told, error.count("\n")) == (1, "", 1)
    assert "(KeyError at test_cli.py:" in error
    assert "canary" not in error


def test_a_realm_may_be_called_what_yaml_takes_for_a_flag(tmp_path: Path) -> None:
    (tmp_path / "realm.yaml").write_text("realm: off\n")
    config = load(tmp_path)
    assert realm_of(config, argparse.Namespace(realm=None)) == engine.read(config)["realm"] == "off"


def test_without_an_address_the_variable_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, error = run(capsys, "plan")
    assert (status, error) == (
        1,
        "provisioning: KEYCLOAK_URL is not set: give Keycloak's address, as http://localhost:8080\n",
    )


def test_without_a_login_the_variables_are_named(
    capsys: pytest.CaptureFixture[str], environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("KEYCLOAK_URL", "http://localhost:1")
    status, _, error = run(capsys, "apply")
    assert status == 1
    assert error.startswith("provisioning: no login for http://localhost:1: set KEYCLOAK_CLIENT_ID")
    assert error.count("\n") == 1


def test_an_unreachable_keycloak_is_one_line_with_the_address(
    capsys: pytest.CaptureFixture[str], environment: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    environment.setenv("KEYCLOAK_URL", url)
    environment.setenv("KEYCLOAK_USERNAME", "admin")
    environment.setenv("KEYCLOAK_PASSWORD", "canary-password")
    status, _, error = run(capsys, "plan")
    assert (status, error) == (
        1,
        f"provisioning: cannot reach Keycloak at {url}: is it running, and is KEYCLOAK_URL right?\n",
    )


def test_the_help_explains_connection_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--help"])
    text = capsys.readouterr().out
    assert caught.value.code == 0
    assert all(word in text for word in ("validate", "plan", "apply", "KEYCLOAK_URL", "Exit status"))


def test_a_plan_shows_no_secret_in_any_format() -> None:
    declared, _ = engine.declare(load(SAMPLE), FakeGateway())
    plan = engine.make_plan(declared, FakeGateway(), "sample")
    printed = [report.as_text(plan), report.as_text(plan, colour=True), report.as_json(plan), repr(plan)]
    assert "canary" not in "".join(printed)
    assert "(secret)" in printed[0]
    assert json.loads(printed[2])["creates"] is True


def test_colour_is_only_added_on_demand() -> None:
    fields = (FieldChange("a", 1, 2), FieldChange("b", None, 3), FieldChange("c", 4, None))
    change = Change("client", "x", Action.UPDATE, (*fields, FieldChange("s", Secret("o"), Secret("n"))), {})
    plan = Plan("r", False, (change,), Observed("r"))
    assert report.as_text(plan).splitlines() == [
        "~ client x",
        "    ~ a: 1 → 2",
        "    + b: 3",
        "    - c: 4",
        "    ~ s: (secret) changes",
        "",
        "Realm r: 1 to change.",
    ]
    assert report.as_text(plan, colour=True).count("\033[0m") == 5


def test_a_field_of_a_newer_keycloak_passes_with_a_warning_and_of_an_older_does_not(tmp_path: Path) -> None:
    (tmp_path / "realm.yaml").write_text("realm: r\nbrandNewField: 1\n")
    declared, warnings = engine.declare(load(tmp_path), FakeGateway(version="26.8.0"))
    assert declared["brandNewField"] == 1
    assert [warning.where for warning in warnings] == ["brandNewField"]
    with pytest.raises(ConfigError, match="brandNewField"):
        engine.declare(load(tmp_path), FakeGateway(version="26.7.9"))
