"""`kill -9` of the validator, the database of both or Keycloak at each step of a claim, on PostgreSQL.

Nobody helps afterwards: the dead server is started again and the running service reconciles by itself.
FAULT_ROUNDS above 1 goes through every point, so many times (Keycloak's a third as often: it starts slowly).
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import requests

from tests.faults.claims import POINTS, SHORT, VICTIMS, Kill, Point, on_the_way, some_moment
from tests.faults.on_postgresql import GRACE_SECONDS, System
from tests.support import breakable
from tests.support.breakable import Gate
from tests.support.realm import eventually, state
from tests.support.registration import WELCOME, Registrant

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
#: So long a registration and its settlement may take to come to the step.
_REACHED_SECONDS = 20.0
#: Claims whose confirmation was lost, and how long their settlement takes from when the first is due to it.
_LEFT = 10
_SETTLED_WITHIN_SECONDS = 2.5


def _cases() -> list[tuple[Point, int]]:
    if ROUNDS == 1:
        return [(point, 0) for point in SHORT]
    often = {"keycloak": max(1, ROUNDS // 3)}
    return [(point, number) for point in POINTS for number in range(often.get(point.victim, ROUNDS))]


def _register(anna: Registrant, point: Point, system: System) -> bool:
    """As far as it goes; whether the customer was welcomed and may expect the account to be there."""
    with suppress(requests.RequestException, LookupError, AssertionError):
        anna.open_form()
        welcomed = anna.send_form().name in WELCOME
        if welcomed and point.step == "delete":
            user = system.realm.user(anna.username)
            system.realm.delete(str(user and user["id"]))
        return welcomed and point.step != "delete"
    return False


@pytest.mark.parametrize(
    ("point", "number"), [pytest.param(*case, id=f"{case[0]} {case[1]}") for case in _cases()]
)
def test_after_a_kill_at_any_point_accounts_and_codes_come_to_agree_by_themselves(
    system: System, point: Point, number: int
) -> None:
    anna = Registrant(system.stack, system.new_customer())
    kill = Kill(point, system.kill[point.victim])
    with ThreadPoolExecutor(1) as threads, on_the_way(system.gate, kill):
        registration = threads.submit(_register, anna, point, system)
        reached = kill.done.wait(_REACHED_SECONDS)
        welcomed = registration.result()
    assert reached, "the registration did not come to the point"
    system.revive[point.victim]()
    seconds = system.agreement.wait()
    system.figures.append(f"{seconds:.1f} {point}")
    users = system.realm.with_code(anna.customer.code)
    assert len(users) <= 1
    if welcomed:
        assert [user["username"] for user in users] == [anna.username]
    if not users:
        # The code is not lost: its owner begins again and registers.
        Registrant(system.stack, anna.customer).register()
        eventually(lambda: state(system.stack, anna.customer.code), "confirmed")
    assert len(system.realm.with_code(anna.customer.code)) == 1


@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_after_a_kill_while_what_was_left_unconfirmed_is_settled_all_of_it_is(
    system: System, victim: str, number: int
) -> None:
    everybody = [Registrant(system.stack, system.new_customer()) for _ in range(_LEFT)]
    with system.gate.broken(breakable.hangs_up, "confirm"):
        for somebody in everybody:
            somebody.open_form()
        due = time.monotonic() + GRACE_SECONDS
        for somebody in everybody:
            somebody.register()
    time.sleep(max(0.0, due - time.monotonic()) + some_moment(_SETTLED_WITHIN_SECONDS))
    system.kill[victim]()
    system.revive[victim]()
    system.figures.append(f"{system.agreement.wait():.1f} {victim} during the reconciliation")
    for somebody in everybody:
        users = system.realm.with_code(somebody.customer.code)
        assert [user["username"] for user in users] == [somebody.username]
        assert state(system.stack, somebody.customer.code) == "confirmed"


def test_a_claim_that_times_out_while_it_succeeds_leaves_a_free_code_and_no_account(system: System) -> None:
    gate: Gate = system.gate
    anna = Registrant(system.stack, system.new_customer())
    anna.open_form()
    with gate.broken(breakable.answers_late, "claim"), gate.broken(breakable.hangs_up, "release"):
        page = anna.send_form()
    assert page.name not in WELCOME, page.described()
    system.agreement.wait()
    assert system.realm.with_code(anna.customer.code) == []
    assert state(system.stack, anna.customer.code) == "free"
    Registrant(system.stack, anna.customer).register()
