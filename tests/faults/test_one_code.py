"""Two hundred submissions of one code at the same moment: one account, one claim.

FAULT_ROUNDS above 1 asks for ten times as many rounds.
"""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import requests

from tests.faults.on_postgresql import System
from tests.support.realm import eventually, holder, moves, state
from tests.support.registration import WELCOME, Registrant

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
SUBMISSIONS = 200


def _at_once(browsers: list[Registrant]) -> Counter[str]:
    """The names of the pages that all the submissions came to; each asks for a username of its own."""
    barrier = Barrier(SUBMISSIONS)

    def submit(number: int) -> str:
        registrant = browsers[number % len(browsers)]
        barrier.wait()
        try:
            page = registrant.send_form(username=f"{registrant.username}-{number}")
        except requests.RequestException as error:
            return type(error).__name__
        return "welcome" if page.name in WELCOME else page.name or f"status {page.status}"

    with ThreadPoolExecutor(SUBMISSIONS) as threads:
        return Counter(threads.map(submit, range(SUBMISSIONS)))


@pytest.mark.parametrize("browsers", [1, 4])
@pytest.mark.parametrize("number", range(ROUNDS if ROUNDS == 1 else ROUNDS * 5))
def test_of_two_hundred_submissions_of_one_code_one_makes_an_account(
    system: System, number: int, browsers: int
) -> None:
    """Of several browsers the last one that asked has the code; the others' submissions are in its way."""
    customer = system.new_customer()
    rivals = [Registrant(system.stack, customer) for _ in range(browsers)]
    for rival in rivals:
        rival.open_form()
    answers = _at_once(rivals)
    system.figures.append(f"{browsers} browsers {dict(answers)}")
    eventually(lambda: state(system.stack, customer.code), "confirmed", 30)
    users = system.realm.with_code(customer.code)
    assert len(users) == 1, answers
    assert holder(system.stack, customer.code) == users[0]["id"]
    claimed = moves(system.stack, customer.code, "reserved -> claimed")
    assert claimed - moves(system.stack, customer.code, "claimed -> free") == 1, answers
