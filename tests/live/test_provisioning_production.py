"""The realm as environments/production.yaml has it: made by an administrator, kept by a client of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning import cli
from stack.administrator import Administrator
from stack.local import Stack
from stack.settings import REALM_CONFIG

REALM = "as-in-production"
SECRET = "the-provisioning-client-s-secret"
OF_ITS_OWN = {
    "KEYCLOAK_REALM": REALM,
    "SMTP_HOST": "mail.example.org",
    "SMTP_FROM": "non-rispondere@example.org",
    "SMTP_USER": "customer-identity",
    "SMTP_PASSWORD": "the-mail-server-s",
    "PROVISIONING_CLIENT_SECRET": SECRET,
}
_STEP = "authenticator: email-confirmation\n        authenticatorFlow: false\n        requirement: "
CHANGES = {
    "localization/it.yaml": ("!initial EnerCasa Coop", "EnerCasa Nuova"),
    "authentication.yaml": (f"{_STEP}REQUIRED", f"{_STEP}DISABLED"),
    "realm.yaml": ("ssoSessionIdleTimeout: 1800\n", "ssoSessionIdleTimeout: 1700\n"),
    "clients.yaml": ("name: Purge of unconfirmed accounts\n", "name: Purge\n"),
    "user-profile.yaml": ("max: 255", "max: 254"),
}


@pytest.fixture
def declared(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of realm-config/ to be changed; the realm is not the customers' one, and goes in the end."""
    for name, value in {**stack.environment(), **OF_ITS_OWN}.items():
        monkeypatch.setenv(name, value)
    yield shutil.copytree(REALM_CONFIG, tmp_path / "realm-config")
    Administrator(stack.keycloak).request("DELETE", f"/{REALM}")


def test_once_an_administrator_has_made_the_realm_its_own_client_keeps_it_as_declared(
    declared: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(command: str, *options: str) -> int:
        return cli.main([command, "--config", str(declared), "--environment", "production", *options])

    assert run("apply") == 0
    for name in ("KEYCLOAK_USERNAME", "KEYCLOAK_PASSWORD"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("KEYCLOAK_LOGIN_REALM", REALM)
    monkeypatch.setenv("KEYCLOAK_CLIENT_ID", "provisioning")
    monkeypatch.setenv("KEYCLOAK_CLIENT_SECRET", SECRET)
    capsys.readouterr()
    assert run("plan") == 0
    assert "nothing to do" in capsys.readouterr().out
    for name, (before, after) in CHANGES.items():
        file = declared / name
        text = file.read_text(encoding="utf-8")
        assert before in text, name
        file.write_text(text.replace(before, after), encoding="utf-8")
    assert run("apply", "--allow", "all") == 0
    assert f"{len(CHANGES)} done" in capsys.readouterr().out
    assert run("plan") == 0
