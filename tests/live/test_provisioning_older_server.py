"""On the minor version before the pinned one, realms are made, adopted and taken over just the same."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning import cli
from stack.keycloak import Keycloak
from stack.settings import OLDER_KEYCLOAK
from tests.live.test_provisioning_kinds import EVERY_KIND, SECRETS, nothing
from tests.support import provisioned
from tests.support.bare import bare_keycloak
from tests.support.provisioned import SAMPLE, Provisioned, assert_sent, realm_of

SOURCES = [SAMPLE, EVERY_KIND]


@pytest.fixture(scope="module")
def older_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keycloak]:
    """It has only its master realm."""
    with bare_keycloak(tmp_path_factory.mktemp("older"), OLDER_KEYCLOAK) as server:
        yield server


@pytest.fixture(params=SOURCES, ids=lambda source: source.name)
def realm(
    older_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Provisioned]:
    """A realm of this test alone, not made yet; the command line finds the server and the secrets."""
    with realm_of(request.node.name, older_server, tmp_path, request.param) as made:
        made.environment = {**provisioned.SECRETS, **SECRETS}
        server = {
            "KEYCLOAK_URL": older_server.url,
            "KEYCLOAK_REALM": made.name,
            "KEYCLOAK_USERNAME": older_server.admin_username,
            "KEYCLOAK_PASSWORD": older_server.admin_password,
        }
        for name, value in {**made.environment, **server}.items():
            monkeypatch.setenv(name, value)
        yield made


def test_it_is_the_older_version(older_server: Keycloak, realm: Provisioned) -> None:
    assert realm.gateway.server_version() == OLDER_KEYCLOAK.version


def test_a_new_realm_takes_the_planned_calls_and_no_second_apply(realm: Provisioned) -> None:
    planned, before = realm.planned_calls(), len(realm.writes(creations=True))
    realm.apply()
    assert_sent(realm.writes(creations=True)[before:], planned)
    made = realm.writes()
    assert realm.plan() == nothing(realm.name)
    assert realm.apply().done == ()
    assert realm.writes() == made


def test_a_bare_realm_is_brought_there_and_needs_no_second_apply(realm: Provisioned) -> None:
    realm.gateway.post("", {"realm": realm.name, "enabled": True})
    realm.gateway.refresh()
    realm.apply()
    before = realm.writes()
    assert realm.plan() == nothing(realm.name)
    assert realm.apply().done == ()
    assert realm.writes() == before


def test_what_was_taken_over_plans_empty(
    realm: Provisioned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    realm.apply()
    taken, secrets = tmp_path / "taken", tmp_path / "taken.env"
    assert cli.main(["import", realm.name, str(taken), "--secrets", str(secrets)]) == 0
    for line in secrets.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        monkeypatch.setenv(name, *shlex.split(value))
    assert cli.main(["plan", "--config", str(taken)]) == 0
