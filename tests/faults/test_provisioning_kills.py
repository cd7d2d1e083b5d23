"""An apply that is killed at any call: a second one brings the realm to the same state.

In `make faults` it is killed at every call; otherwise a few calls stand for all.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from provisioning import engine
from provisioning.dangers import ALL
from provisioning.gateway import Gateway
from provisioning.reader import NotFoundError
from stack.keycloak import Keycloak
from stack.provision import ENTRY
from tests.support.disturbed import LONG, apply_with, changed, comparable, somebody_gone
from tests.support.flaky import Asked, Flaky
from tests.support.mortal import Died, Mortal
from tests.support.provisioned import Provisioned, realm_of


@pytest.fixture
def realm(keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Provisioned]:
    with realm_of(request.node.name, keycloak_server, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def lasting(keycloak_server: Keycloak, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provisioned]:
    """One realm for all kills: each begins by applying the sample to it."""
    made = Provisioned(keycloak_server, "p-kills", tmp_path_factory.mktemp("kills") / "sample")
    yield made
    with suppress(NotFoundError):
        made.gateway.delete("/p-kills")


def _some(count: int) -> list[int]:
    return list(range(1, count + 1)) if LONG else sorted({2, count // 4, count // 2, count - 2})


def _without_realm(realm: Provisioned) -> None:
    with suppress(NotFoundError):
        realm.gateway.delete(f"/{realm.name}")
    realm.gateway.refresh()


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("begins", ["with the realm", "with nothing"])
def test_killed_at_any_call_a_second_apply_comes_to_the_same_realm(
    keycloak_server: Keycloak,
    lasting: Provisioned,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    begins: str,
    moment: str,
) -> None:
    wanted = changed(keycloak_server, lasting.name, tmp_path / "changed")

    def begin() -> None:
        _without_realm(lasting)
        if begins == "with the realm":
            lasting.apply()

    begin()
    undisturbed = Mortal(wanted.gateway.login)
    apply_with(undisturbed, wanted)
    expected = comparable(wanted.gateway, wanted.name)
    deaths, calls = 0, _some(len(undisturbed.calls))
    for call in calls:
        begin()
        mortal = Mortal(wanted.gateway.login, call, moment)
        # On a slow machine the undisturbed apply renewed its lock, and so made a call more than there may be.
        with suppress(Died), monkeypatch.context() as patched:
            patched.setattr("provisioning.lock.Applier.here", somebody_gone)
            apply_with(mortal, wanted)
        deaths += mortal.dead
        second = Gateway(wanted.gateway.login)
        apply_with(second, wanted)
        assert comparable(second, wanted.name) == expected, f"killed {moment} {mortal.calls[-1]}"
        assert apply_with(second, wanted).done == ()
    assert deaths >= len(calls) - 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_for_good_is_known_to_be_dead_and_nobody_waits_for_it(
    keycloak_server: Keycloak, realm: Provisioned, tmp_path: Path, moment: str
) -> None:
    realm.apply()
    wanted = changed(keycloak_server, realm.name, tmp_path / "changed")
    running: list[subprocess.Popen[bytes]] = []

    def kill(asked: Asked) -> str | None:
        if asked.method == "PUT" and asked.path.endswith(f"/{realm.name}"):
            running[0].send_signal(signal.SIGKILL)
            return f"lost {moment}"
        return None

    with Flaky(keycloak_server.url, kill).open() as flaky:
        running.append(_command(wanted, flaky.url))
        assert running[0].wait(60) == -signal.SIGKILL
    assert wanted.gateway.get(f"/{realm.name}/roles/provisioning-lock")
    told: list[str] = []
    engine.apply(wanted.declared(), wanted.gateway, realm.name, told.append, allow=[ALL])
    assert "which has ended" in told[0]
    assert wanted.apply().done == ()


def _command(realm: Provisioned, url: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        **realm.environment,
        "KEYCLOAK_URL": url,
        "KEYCLOAK_REALM": realm.name,
        "KEYCLOAK_USERNAME": realm.server.admin_username,
        "KEYCLOAK_PASSWORD": realm.server.admin_password,
    }
    command = [sys.executable, "-c", ENTRY, "apply", "--allow", "all", "--config", str(realm.folder)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
