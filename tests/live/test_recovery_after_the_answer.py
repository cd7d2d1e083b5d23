"""Forgotten credentials: the answer waits for nothing that depends on whether there is an account."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from benchmarks.credentials.__main__ import parse, run
from benchmarks.credentials.accounts import username
from benchmarks.credentials.ways import ours
from benchmarks.separation import auc
from stack.customers import Customer
from stack.local import Stack
from stack.settings import HOST
from tests.support.realm import Realm

WAYS = {way.name: way for way in ours()}
#: Of Keycloak to connect to what never answers; the longest that the work after an answer is put off.
_SECONDS = 15.0


class BlackHole:
    """A server that takes connections and never says a word."""

    def __init__(self) -> None:
        self._socket = socket.create_server((HOST, 0))
        self._socket.settimeout(_SECONDS)
        self.port: int = self._socket.getsockname()[1]

    def wait_for_a_call(self) -> socket.socket:
        """The next connection, which nobody answers as long as it is kept. Raises TimeoutError."""
        return self._socket.accept()[0]

    def close(self) -> None:
        """End what is open."""
        self._socket.close()


@pytest.fixture
def black_hole() -> Iterator[BlackHole]:
    """One for a test."""
    hole = BlackHole()
    yield hole
    hole.close()


@contextmanager
def account(stack: Stack, customer: Customer) -> Iterator[None]:
    """Keycloak has an account of that customer’s name."""
    realm = Realm(stack)
    name = username(customer)
    user = {"username": name, "email": f"{name}@example.org", "enabled": True, "emailVerified": True}
    realm.call("POST", "/users", json={**user, "firstName": "Anna", "lastName": "Neri"})
    try:
        yield
    finally:
        [made] = realm.users(username=name)
        realm.delete(made["id"])


@contextmanager
def mail_server(stack: Stack, port: int) -> Iterator[None]:
    """The realm sends its mails to that port, and waits for longer than the client waits for Keycloak."""
    realm = Realm(stack)
    before = realm.call("GET", "").json()["smtpServer"]
    realm.call("PUT", "", json={"smtpServer": {**before, "port": str(port), "timeout": "60000"}})
    try:
        yield
    finally:
        realm.call("PUT", "", json={"smtpServer": before})


@contextmanager
def validator(stack: Stack, port: int) -> Iterator[None]:
    """The realm asks a validator at that port."""
    realm = Realm(stack)
    flow = realm.call("GET", "").json()["registrationFlow"].replace(" ", "%20")
    executions = realm.call("GET", f"/authentication/flows/{flow}/executions").json()
    [page] = [one for one in executions if one.get("providerId") == "customer-code-page"]
    path = f"/authentication/config/{page['authenticationConfig']}"
    before = realm.call("GET", path).json()
    elsewhere = {**before["config"], "validatorUrl": f"http://{HOST}:{port}"}
    realm.call("PUT", path, json={**before, "config": elsewhere})
    try:
        yield
    finally:
        realm.call("PUT", path, json=before)


@pytest.mark.parametrize("name", ["username by email", "password"])
def test_the_answer_does_not_wait_for_the_mail_server(
    stack: Stack, customer: Customer, black_hole: BlackHole, name: str
) -> None:
    with account(stack, customer), mail_server(stack, black_hole.port):
        WAYS[name].ask(stack.keycloak.url, WAYS[name].known(customer))
        # Only now is the mail server spoken to, and it does not let go: the answer was there before.
        with black_hole.wait_for_a_call():
            pass


def test_the_answer_does_not_wait_for_the_validator(
    stack: Stack, customer: Customer, black_hole: BlackHole
) -> None:
    way = WAYS["username by code"]
    with validator(stack, black_hole.port), ExitStack() as held:
        way.ask(stack.keycloak.url, way.known(customer))
        held.enter_context(black_hole.wait_for_a_call())
        # While it is held, who asks gets the answer as before.
        way.ask(stack.keycloak.url, way.unknown(1))


def test_the_auc_of_times_that_tell_nothing_is_a_half_and_of_those_that_tell_all_is_one() -> None:
    assert auc([1.0, 2.0], [1.0, 2.0]) == 0.5
    assert auc([3.0, 4.0], [1.0, 2.0]) == auc([1.0, 2.0], [3.0, 4.0]) == 1.0


def test_a_quick_run_of_the_benchmark_asks_in_every_way(stack: Stack) -> None:
    realm = Realm(stack)
    before = realm.call("GET", "").json()
    lines = list(run(stack, parse(["--requests", "4", "--warm-up", "1"])))
    for way in (*WAYS, "Keycloak’s own"):
        assert [line for line in lines if line.startswith(way)], lines
    assert realm.call("GET", "").json() == before
