"""`kill -9` of a server, at rest and under traffic: no user and no code is lost, both sides agree.

FAULT_ROUNDS repeats the kills (1 unless set); a long run says more than a short one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
import requests

from stack.errors import StackError
from stack.local import Stack
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm, eventually, state
from tests.support.registration import RECOVERY_SECONDS, UNAVAILABLE, WELCOME, Registrant

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
AT_ONCE = 3
#: Who was welcomed before a server is killed; the first ones after a start are slow.
_WELCOMED = 5
_PATIENCE_SECONDS = 60.0
#: Of an unconfirmed claim, see conftest.py.
_GRACE_SECONDS = 1.1


def _reconcile(stack: Stack) -> None:
    """Until everything is settled: a Keycloak that has just started may answer too late at first."""
    time.sleep(_GRACE_SECONDS)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            stack.validator.command("reconcile")
        except StackError:
            if time.monotonic() > deadline:
                raise
        else:
            return


def _try(registrant: Registrant) -> bool:
    """Whether the customer was told that the registration is done."""
    with suppress(requests.RequestException, LookupError, AssertionError):
        return registrant.send_form().name in WELCOME
    return False


class Traffic:
    """Customers who keep coming, some at once, until told to stop; who was welcomed is remembered."""

    def __init__(self, stack: Stack, new_customer: NewCustomer) -> None:
        self._stack = stack
        self._new_customer = new_customer
        self._stopping = False
        self.everybody: list[Registrant] = []
        self.welcomed: list[Registrant] = []

    def run(self) -> None:
        while not self._stopping:
            registrant = Registrant(self._stack, self._new_customer())
            self.everybody.append(registrant)
            if _try(registrant):
                self.welcomed.append(registrant)

    def wait_for(self, welcomed: int) -> None:
        """Until so many are registered. Fails the test where that takes too long."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while len(self.welcomed) < welcomed:
            assert time.monotonic() < deadline, f"only {len(self.welcomed)} registered"
            time.sleep(0.05)

    def stop(self) -> None:
        self._stopping = True


@contextmanager
def _traffic(stack: Stack, new_customer: NewCustomer) -> Iterator[Traffic]:
    traffic = Traffic(stack, new_customer)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        running: list[Future[None]] = [threads.submit(traffic.run) for _ in range(AT_ONCE)]
        try:
            traffic.wait_for(_WELCOMED)
            yield traffic
        finally:
            traffic.stop()
    for done in running:
        done.result()


def _assert_agreement(stack: Stack, realm: Realm, traffic: Traffic) -> None:
    """Who was welcomed is there; each code is confirmed exactly where it has a user, and never has two."""
    for registrant in traffic.welcomed:
        assert realm.user(registrant.username) is not None, f"{registrant.username} was welcomed and is gone"
    for registrant in traffic.everybody:
        code = registrant.customer.code
        users = [user["username"] for user in realm.with_code(code)]
        assert len(users) == (state(stack, code) == "confirmed"), (code, users, state(stack, code))
        assert users in ([], [registrant.username])


@pytest.mark.parametrize("round_number", range(ROUNDS))
def test_a_customer_registered_just_before_keycloak_is_killed_is_still_there(
    stack: Stack, realm: Realm, new_customer: NewCustomer, round_number: int
) -> None:
    anna = Registrant(stack, new_customer())
    anna.open_form()
    anna.register()
    stack.keycloak.kill()
    stack.keycloak.start()
    assert realm.user(anna.username) is not None
    _reconcile(stack)
    assert state(stack, anna.customer.code) == "confirmed"
    assert anna.log_in().returned


@pytest.mark.parametrize("killed", ["keycloak", "validator"])
@pytest.mark.parametrize("round_number", range(ROUNDS))
def test_a_part_killed_under_traffic_leaves_no_code_without_its_user_and_no_user_without_code(
    stack: Stack, realm: Realm, new_customer: NewCustomer, killed: str, round_number: int
) -> None:
    parts = {
        "keycloak": (stack.keycloak.kill, stack.keycloak.start),
        "validator": (stack.validator.kill, stack.validator.start),
    }
    kill, start = parts[killed]
    with _traffic(stack, new_customer) as traffic:
        kill()
    start()
    _reconcile(stack)
    _assert_agreement(stack, realm, traffic)
    _asked_again(stack, new_customer).register()


def test_a_registration_begun_before_the_validator_was_killed_is_completed_after_its_restart(
    stack: Stack, new_customer: NewCustomer
) -> None:
    anna = Registrant(stack, new_customer())
    anna.open_form()
    stack.validator.kill()
    page = anna.send_form()
    assert page.says(UNAVAILABLE), page.described()
    stack.validator.start()
    _asked_again(stack, new_customer)
    anna.form = page.form
    anna.register()
    eventually(_state_of(stack, anna), "confirmed")


def _asked_again(stack: Stack, new_customer: NewCustomer) -> Registrant:
    """A customer with the form open: Keycloak asks a validator that was away."""
    somebody = Registrant(stack, new_customer())
    somebody.come_through(time.monotonic() + RECOVERY_SECONDS)
    return somebody


def _state_of(stack: Stack, registrant: Registrant) -> Callable[[], str]:
    return lambda: state(stack, registrant.customer.code)
