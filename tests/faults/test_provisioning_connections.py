"""Lost connections, time-outs of gateways, tokens that end: an apply survives them, or tells all at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provisioning import engine
from provisioning.applying import ApplyError
from provisioning.dangers import ALL
from provisioning.gateway import Gateway
from provisioning.lock import Patience
from provisioning.login import GatewayError, Login
from stack.keycloak import Keycloak
from tests.support.disturbed import apply_with, changed
from tests.support.flaky import FAULTS, Asked, Flaky
from tests.support.provisioned import Provisioned, realm_of
from tests.support.shortlived import short_lived


@pytest.fixture
def realm(keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Provisioned]:
    with realm_of(request.node.name, keycloak_server, tmp_path) as made:
        yield made


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
    login = short_lived(realm.gateway, realm.name, seconds)
    wanted = changed(keycloak_server, realm.name, tmp_path / "changed")

    class Slow(Gateway):
        """Lets the token in hand expire now and then."""

        def _send(self, method: str, path: str, body: Any = None) -> Any:
            if len(self.calls) % 10 == 5:
                threading.Event().wait(seconds + 0.1)
            return super()._send(method, path, body)

    apply_with(Slow(login), wanted)
    assert wanted.apply().done == ()


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
