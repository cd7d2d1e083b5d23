"""An apply that meets another apply: one of them has the realm, and the other waits or refuses."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning import engine
from provisioning.dangers import ALL
from provisioning.gateway import Gateway
from provisioning.lock import Lock, LockedError, Patience
from stack.keycloak import Keycloak
from tests.support.disturbed import changed
from tests.support.provisioned import Provisioned, realm_of


@pytest.fixture
def realm(keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Provisioned]:
    with realm_of(request.node.name, keycloak_server, tmp_path) as made:
        yield made


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
