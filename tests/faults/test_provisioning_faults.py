"""An apply that is killed at any call, loses connections, or meets another apply: the realm ends as declared.

FAULT_ROUNDS above 1 (`make faults`) kills at every call; otherwise a few calls stand for all.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provisioning import engine
from provisioning.applying import ApplyError
from provisioning.dangers import ALL
from provisioning.gateway import Gateway
from provisioning.lock import Lock, LockedError, Patience
from provisioning.login import GatewayError, Login
from provisioning.owner import Owner
from provisioning.reader import NotFoundError
from stack.keycloak import Keycloak
from stack.provision import ENTRY
from tests.support.flaky import FAULTS, Asked, Flaky
from tests.support.mortal import Died, Mortal
from tests.support.provisioned import Provisioned, realm_of

EVERY_CALL = int(os.environ.get("FAULT_ROUNDS", "1")) > 1
SOON = Patience(wait=60.0, poll=0.05)

_GATE = """  - alias: sample gate
    topLevel: false
    authenticationExecutions:
      - {authenticator: auth-cookie, requirement: ALTERNATIVE, priority: 10, authenticatorConfig: sample gate}
authenticatorConfig:
  - {alias: sample gate, config: {default.reference.value: abc}}
"""
_HERE = Owner.here()
EDITS = (
    ("realm.yaml", "displayName: Sample", "displayName: Other"),
    ("authentication.yaml", "authenticatorConfig:\n  -", f"{_GATE}  -"),
    (
        "authentication.yaml",
        "      - flowAlias: sample registration form\n",
        "      - {flowAlias: sample gate, requirement: ALTERNATIVE, priority: 5}\n"
        "      - flowAlias: sample registration form\n",
    ),
    ("localization/it.yaml", "Credenziali", "Chiavi"),
    (
        "clients.yaml",
        "optionalClientScopes: [phone]",
        "optionalClientScopes: [email]\n    defaultClientScopes: [phone, basic]",
    ),
    ("clients.yaml", "        realm: [reader]\n", "        realm: []\n"),
    (
        "clients.yaml",
        "    - name: reader",
        "    - {name: new/one, composites: {client: {portal: [see/bills]}}}\n    - name: reader",
    ),
    (
        "clients.yaml",
        "users:",
        "  - {clientId: more, serviceAccountsEnabled: true, secret: canary-more}\n"
        "users:\n  - {serviceAccountClientId: more, realmRoles: [reader]}",
    ),
    (
        "clients.yaml",
        "clients:\n",
        "clients:\n"
        + "".join(f"  - {{clientId: many-{number}, publicClient: true}}\n" for number in range(5)),
    ),
)


def changed(server: Keycloak, name: str, folder: Path) -> Provisioned:
    """The sample after every one of the edits."""
    made = Provisioned(server, name, folder)
    for edit in EDITS:
        made.edit(*edit)
    return made


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


def comparable(gateway: Gateway, realm: str) -> Any:
    """The whole realm without what is another in every realm: server ids, salts of fingerprints, secrets."""
    export = gateway.export(realm)
    names = [name for name in export["attributes"] if name.startswith("provisioning.secret.")]
    export["attributes"].update(dict.fromkeys(names))
    return _without_ids(export)


def _without_ids(value: Any) -> Any:
    ids = {"id", "containerId", "defaultRole", "createdTimestamp", "secret", "kc.user.profile.config"}
    if isinstance(value, dict):
        return {
            name: _without_ids(child)
            for name, child in value.items()
            if name not in ids and not name.startswith("client.secret.creation")
        }
    if isinstance(value, list):
        return sorted(
            (_without_ids(child) for child in value), key=lambda child: json.dumps(child, sort_keys=True)
        )
    return value


def apply_with(gateway: Gateway, realm: Provisioned, told: list[str] | None = None) -> engine.Outcome:
    tell = (told if told is not None else []).append
    return engine.apply(realm.declared(), gateway, realm.name, tell, allow=[ALL], patience=SOON)


def _somebody_gone() -> Owner:
    """A process of this machine that has ended."""
    return replace(_HERE, process=f"{_HERE.process.split()[0]} {2**22 + 1} 1")


def _some(count: int) -> list[int]:
    return list(range(1, count + 1)) if EVERY_CALL else sorted({2, count // 4, count // 2, count - 2})


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
            patched.setattr("provisioning.lock.Owner.here", _somebody_gone)
            apply_with(mortal, wanted)
        deaths += mortal.dead
        second = Gateway(wanted.gateway.login)
        apply_with(second, wanted)
        assert comparable(second, wanted.name) == expected, f"killed {moment} {mortal.calls[-1]}"
        assert apply_with(second, wanted).done == ()
    assert deaths >= len(calls) - 1


@pytest.mark.parametrize("fault", FAULTS)
def test_a_gateway_that_fails_every_call_at_first_costs_nothing_but_time(
    keycloak_server: Keycloak, realm: Provisioned, tmp_path: Path, fault: str
) -> None:
    realm.apply()
    wanted = changed(keycloak_server, realm.name, tmp_path / "changed")

    seen: set[tuple[str, str]] = set()

    def the_first_time(asked: Asked) -> str | None:
        call = asked.method, asked.path
        if not asked.admin or call in seen:
            return None
        seen.add(call)
        return fault

    with Flaky(keycloak_server.url, the_first_time).open() as flaky:
        gateway = Gateway(replace(realm.gateway.login, url=flaky.url), sleep=lambda _: None)
        apply_with(gateway, wanted)
    assert wanted.apply().done == ()
    assert wanted.gateway.get(f"/{realm.name}")["displayName"] == "Other"


def test_a_realm_whose_creation_was_cut_off_by_a_gateway_is_found_and_not_made_twice(
    keycloak_server: Keycloak, realm: Provisioned
) -> None:
    def the_creation(asked: Asked) -> str | None:
        return "504 after" if (asked.method, asked.path) == ("POST", "/admin/realms") else None

    told: list[str] = []
    with Flaky(keycloak_server.url, the_creation).open() as flaky:
        gateway = Gateway(replace(realm.gateway.login, url=flaky.url), sleep=lambda _: None)
        apply_with(gateway, realm, told)
        made = [asked for asked in flaky.asked if the_creation(asked)]
    assert len(made) == 1
    assert "looking what came of it" in told[0]
    assert realm.apply().done == ()


@pytest.mark.parametrize("seconds", [1, 2])
def test_tokens_that_live_for_seconds_do_not_end_an_apply_of_any_length(
    keycloak_server: Keycloak, realm: Provisioned, tmp_path: Path, seconds: int
) -> None:
    realm.apply()
    login = _short_lived(realm.gateway, realm.name, seconds)
    wanted = changed(keycloak_server, realm.name, tmp_path / "changed")

    class Slow(Gateway):
        """Lets the token in hand expire now and then."""

        def _send(self, method: str, path: str, body: Any = None) -> Any:
            if len(self.calls) % 10 == 5:
                threading.Event().wait(seconds + 0.1)
            return super()._send(method, path, body)

    apply_with(Slow(login), wanted)
    assert wanted.apply().done == ()


def _short_lived(gateway: Gateway, realm: str, seconds: int) -> Login:
    """A login of the realm itself whose access tokens live so long."""
    client = {
        "clientId": "short-lived",
        "secret": "canary-short",
        "serviceAccountsEnabled": True,
        "publicClient": False,
        "attributes": {"access.token.lifespan": str(seconds)},
    }
    uuid = gateway.post(f"/{realm}/clients", client)
    user = gateway.get(f"/{realm}/clients/{uuid}/service-account-user")["id"]
    (management,) = gateway.get(f"/{realm}/clients?clientId=realm-management")
    role = gateway.get(f"/{realm}/clients/{management['id']}/roles/realm-admin")
    gateway.post(f"/{realm}/users/{user}/role-mappings/clients/{management['id']}", [role])
    return Login(gateway.login.url, realm, client_id="short-lived", client_secret="canary-short")


def test_of_two_applies_at_once_one_waits_for_the_other_and_says_for_whom(
    keycloak_server: Keycloak, realm: Provisioned, tmp_path: Path
) -> None:
    realm.apply()
    wanted = changed(keycloak_server, realm.name, tmp_path / "changed")
    first = Lock(Gateway(wanted.gateway.login), realm.name)
    first.take()
    told: list[str] = []
    waiting = threading.Event()

    def tell(text: str) -> None:
        told.append(text)
        waiting.set()

    second = threading.Thread(
        target=lambda: engine.apply(
            wanted.declared(), wanted.gateway, realm.name, tell, allow=[ALL], patience=Patience(poll=0.05)
        )
    )
    second.start()
    assert waiting.wait(30)
    assert "is being changed by" in told[0]
    assert f"process {os.getpid()}" in told[0]
    assert "displayName" in realm.gateway.get(f"/{realm.name}")
    assert realm.gateway.get(f"/{realm.name}")["displayName"] == "Sample"
    first.release()
    second.join(60)
    assert wanted.apply().done == ()


def test_an_apply_that_may_not_wait_refuses_and_writes_nothing(
    keycloak_server: Keycloak, realm: Provisioned, tmp_path: Path
) -> None:
    realm.apply()
    wanted = changed(keycloak_server, realm.name, tmp_path / "changed")
    first = Lock(Gateway(wanted.gateway.login), realm.name)
    first.take()
    before = realm.writes()
    with pytest.raises(LockedError, match=r"is being changed by .* nothing was written"):
        engine.apply(wanted.declared(), wanted.gateway, realm.name, allow=[ALL], patience=Patience(wait=0))
    assert realm.writes() == before
    first.release()


def test_nothing_to_do_needs_no_lock(realm: Provisioned) -> None:
    realm.apply()
    other = Lock(Gateway(realm.gateway.login), realm.name)
    other.take()
    assert realm.apply().done == ()
    assert realm.plan().endswith("nothing to do.")
    other.release()


def test_many_who_come_at_once_have_the_lock_one_after_the_other(realm: Provisioned) -> None:
    realm.apply()
    inside, most = 0, 0
    counting = threading.Lock()

    def enter() -> None:
        nonlocal inside, most
        lock = Lock(Gateway(realm.gateway.login), realm.name, Patience(poll=0.01))
        lock.take()
        with counting:
            inside += 1
            most = max(most, inside)
        realm.server.is_ready()  # time in which another could come in
        with counting:
            inside -= 1
        lock.release()

    threads = [threading.Thread(target=enter) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert (inside, most) == (0, 1)


def test_whoever_lost_the_lock_stops_before_the_next_change(realm: Provisioned) -> None:
    realm.apply()
    lock = Lock(Gateway(realm.gateway.login), realm.name, Patience(lease=0.3))
    lock.take()
    role = realm.gateway.get(f"/{realm.name}/roles/provisioning-lock")
    realm.gateway.delete(f"/{realm.name}/roles-by-id/{role['id']}")
    threading.Event().wait(0.5)
    with pytest.raises(LockedError, match="was not renewed"):
        lock.require()
    lock.release()


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


def test_a_keycloak_that_stays_away_ends_in_one_message_with_all_that_was_and_was_not_done(
    keycloak_server: Keycloak, realm: Provisioned, tmp_path: Path
) -> None:
    realm.apply()
    wanted = changed(keycloak_server, realm.name, tmp_path / "changed")

    def from_the_texts_on(asked: Asked) -> str | None:
        gone = any("/localization/" in earlier.path for earlier in flaky.asked)
        return "503 before" if gone else None

    with Flaky(keycloak_server.url, from_the_texts_on).open() as flaky:
        gateway = Gateway(replace(realm.gateway.login, url=flaky.url), sleep=lambda _: None)
        with pytest.raises(ApplyError) as caught:
            engine.apply(
                wanted.declared(), gateway, realm.name, allow=[ALL], patience=Patience(lease=3, poll=0.05)
            )
    assert caught.value.done == ["update authentication flow sample registration", "update realm"]
    assert caught.value.failed == "update localization it"
    assert "Keycloak answered 503: <html>the gateway is not well</html>" in caught.value.reason
    assert "create client more" in caught.value.left
    engine.apply(
        wanted.declared(), wanted.gateway, realm.name, allow=[ALL], patience=Patience(lease=3, poll=0.05)
    )
    assert wanted.apply().done == ()


def test_a_wrong_address_is_told_at_once(keycloak_server: Keycloak) -> None:
    login = Login("http://127.0.0.1:9", "master", username="admin", password="x")
    waited: list[float] = []
    with pytest.raises(GatewayError, match="cannot reach Keycloak"):
        Gateway(login, sleep=waited.append).get("/master")
    assert waited == []
