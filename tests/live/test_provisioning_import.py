"""A live realm taken over as files: small, without secrets, and in agreement with the realm it came from."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from provisioning import cli
from stack.keycloak import Keycloak
from stack.local import Stack
from stack.settings import realm_name
from tests.support.provisioned import SAMPLE, Provisioned, realm_of

EVERY_KIND = SAMPLE.parent / "every-kind"
_MADE = ("SMTP_PASSWORD", "LDAP_PASSWORD", "PARTNER_SECRET", "SHOP_SECRET", "FOUNDER_PASSWORD")


@pytest.fixture
def connected(keycloak_server: Keycloak, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("KEYCLOAK_REALM", raising=False)
    monkeypatch.setenv("KEYCLOAK_URL", keycloak_server.url)
    monkeypatch.setenv("KEYCLOAK_USERNAME", keycloak_server.admin_username)
    monkeypatch.setenv("KEYCLOAK_PASSWORD", keycloak_server.admin_password)
    return monkeypatch


@pytest.fixture(params=[SAMPLE, EVERY_KIND], ids=["sample", "every-kind"])
def realm(keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Provisioned]:
    with realm_of(request.node.name, keycloak_server, tmp_path, request.param) as made:
        made.environment |= {name: f"canary-{name}" for name in _MADE}
        made.apply()
        yield made


def taken(realm: str, folder: Path, environment: pytest.MonkeyPatch) -> None:
    """Import, and set the secrets that it wrote apart."""
    secrets = folder.parent / "secrets.env"
    assert cli.main(["import", realm, str(folder), "--secrets", str(secrets)]) == 0
    assert secrets.stat().st_mode & 0o077 == 0
    for line in secrets.read_text().splitlines():
        name, _, value = line.partition("=")
        environment.setenv(name, *shlex.split(value))


def test_a_default_realm_is_nothing_but_its_name(
    keycloak_server: Keycloak, tmp_path: Path, connected: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    with realm_of(request.node.name, keycloak_server, tmp_path) as realm:
        realm.gateway.post("", {"realm": realm.name, "enabled": True})
        realm.gateway.refresh()
        taken(realm.name, tmp_path / "taken", connected)
        written = [path.relative_to(tmp_path / "taken") for path in (tmp_path / "taken").rglob("*.yaml")]
        assert written == [Path("realm.yaml")]
        assert yaml.safe_load((tmp_path / "taken" / "realm.yaml").read_text()) == {"realm": realm.name}
        assert cli.main(["plan", "--config", str(tmp_path / "taken")]) == 0


def test_what_was_taken_over_plans_empty_holds_no_secret_and_no_default(
    realm: Provisioned, tmp_path: Path, connected: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = realm.writes()
    taken(realm.name, tmp_path / "taken", connected)
    assert realm.writes() == before
    assert cli.main(["validate", "--config", str(tmp_path / "taken")]) == 0
    assert cli.main(["plan", "--config", str(tmp_path / "taken")]) == 0
    printed = capsys.readouterr()
    texts = "".join(path.read_text() for path in (tmp_path / "taken").rglob("*.yaml"))
    assert "canary" not in texts + printed.out + printed.err
    assert "**********" not in texts
    assert "!secret SMTP_SERVER_PASSWORD" in texts  # as a comment: Keycloak does not show it
    declared = "".join(path.read_text() for path in realm.folder.rglob("*.yaml"))
    assert built_in_clients(texts) == built_in_clients(declared)


def built_in_clients(configuration: str) -> set[str]:
    """Those of Keycloak's own clients that a configuration says something of."""
    own = {"account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console"}
    return own & {*re.findall(r"clientId: (\S+)", configuration)}


# Not every-kind: one of its policies names a user, and users are not taken over.
@pytest.mark.parametrize("realm", [SAMPLE], ids=["sample"], indirect=True)
def test_what_was_taken_over_makes_the_same_realm_again(
    realm: Provisioned, tmp_path: Path, connected: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    taken(realm.name, tmp_path / "taken", connected)
    twin = f"{realm.name[:30]}-twin"
    connected.setenv("KEYCLOAK_REALM", twin)
    try:
        assert cli.main(["apply", "--config", str(tmp_path / "taken")]) == 0
        assert cli.main(["plan", "--config", str(tmp_path / "taken")]) == 0
        taken(twin, tmp_path / "again" / "taken", connected)
        one, other = (
            {path.relative_to(root): _named(path.read_text(), name) for path in sorted(root.rglob("*.yaml"))}
            for root, name in ((tmp_path / "taken", realm.name), (tmp_path / "again" / "taken", twin))
        )
        assert one == other
    finally:
        realm.gateway.delete(f"/{twin}")


def test_a_folder_that_holds_something_is_refused(
    realm: Provisioned, tmp_path: Path, connected: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.yaml").write_text("x: 1")
    assert cli.main(["import", realm.name, str(tmp_path / "taken")]) == 1
    assert "is not empty: give a new folder" in capsys.readouterr().err


def test_a_realm_that_is_not_there_is_told(
    tmp_path: Path, connected: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["import", "nowhere", str(tmp_path / "taken")]) == 1
    assert "there is no realm nowhere" in capsys.readouterr().err


def test_this_projects_realm_is_taken_over_and_plans_empty(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in stack.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("KEYCLOAK_REALM", realm_name())
    taken(realm_name(), tmp_path / "taken", monkeypatch)
    assert cli.main(["plan", "--config", str(tmp_path / "taken")]) == 0


def _named(text: str, realm: str) -> str:
    """Without comments (what Keycloak does not show is not taken over) and the realm's own name."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("# ")]
    return "\n".join(lines).replace(realm, "REALM")
