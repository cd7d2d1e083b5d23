"""No secret leaves by any way out: all that the commands print, write or leave on the realm is searched.

The canaries are the values of every `!secret` of the configuration, before and after they change.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning import cli
from stack.keycloak import Keycloak
from tests.support.provisioned import SAMPLE, Provisioned, realm_of

_NAMES = ("SAMPLE_SMTP_PASSWORD", "SAMPLE_CLIENT_SECRET", "SAMPLE_RECAPTCHA_SECRET")
_FORMATS = ("text", "json", "markdown", "sarif")


@pytest.fixture
def realm(
    keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Provisioned]:
    monkeypatch.chdir(tmp_path)
    with realm_of(request.node.name, keycloak_server, tmp_path, SAMPLE) as made:
        monkeypatch.setenv("KEYCLOAK_URL", keycloak_server.url)
        monkeypatch.setenv("KEYCLOAK_REALM", made.name)
        monkeypatch.setenv("KEYCLOAK_USERNAME", keycloak_server.admin_username)
        monkeypatch.setenv("KEYCLOAK_PASSWORD", keycloak_server.admin_password)
        yield made


def give(secrets: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _NAMES:
        monkeypatch.setenv(name, f"canary-{secrets}-{name.lower()}")


def run(*arguments: str) -> int:
    return cli.main([*arguments, *([] if arguments[0] == "import" else ["--config", "realm-config"])])


def everything(realm: Provisioned, capsys: pytest.CaptureFixture[str], folder: Path) -> str:
    """What was printed and written, and the realm as Keycloak shows it, tool's notes included."""
    printed = capsys.readouterr()
    written = "".join(path.read_text() for path in folder.rglob("*") if path.is_file())
    shown = json.dumps(realm.gateway.export(realm.name))
    return printed.out + printed.err + written + shown


def test_no_secret_is_printed_written_or_left_on_the_realm(
    realm: Provisioned, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = ""
    for secrets in ("first", "second"):
        give(secrets, monkeypatch)
        for form in _FORMATS:
            assert run("plan", "--format", form) == 2
        assert run("plan", "--calls", "--out", "realm.plan") == 2
        assert run("apply", "realm.plan", "--allow", "all") == 0
        assert run("plan") == 0
        seen += everything(realm, capsys, tmp_path)
    for form in _FORMATS:
        assert run("drift", "--format", form) == 0
    assert run("import", realm.name, "taken") == 0
    assert run("validate") == 0
    give("third", monkeypatch)
    for form in _FORMATS:
        assert run("drift", "--format", form) == 2
    # A refused apply, whose error repeats what Keycloak says of what was sent.
    realm.edit("realm.yaml", "from: sample@example.org", "from: nobody")
    assert run("apply", "--allow", "all") == 1
    seen += everything(realm, capsys, tmp_path)
    assert "SAMPLE_CLIENT_SECRET" in seen  # the files are among what is searched
    assert "(secret)" in seen
    assert "canary" not in seen


def test_secrets_that_were_read_are_written_only_where_asked_and_for_the_owner_alone(
    realm: Provisioned, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    give("first", monkeypatch)
    assert run("apply", "--allow", "all") == 0
    kept = tmp_path / "apart" / "secrets.env"
    kept.parent.mkdir()
    assert run("import", realm.name, "taken", "--secrets", str(kept)) == 0
    assert "canary-first-sample_client_secret" in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0
    kept.unlink()
    assert "canary" not in everything(realm, capsys, tmp_path)
