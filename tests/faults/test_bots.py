"""Bots from many addresses, at two replicas, never get past the bounds, and honest customers register.

`make faults` tries 10⁵ times, every test run a few thousand.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

import pytest

from stack.validator import Validator
from tests.faults.on_postgresql import System
from tests.support.bots import Bots
from tests.support.realm import eventually, state
from tests.support.registration import Registrant
from tests.support.replicas import beside

TRIES = 100_000 if int(os.environ.get("FAULT_ROUNDS", "1")) >= 10 else 3_000
#: Honest customers, one after the other as long as the bots try.
AT_LEAST, AT_MOST = 3, 1500


@pytest.fixture
def replicas(system: System) -> Iterator[list[Validator]]:
    """The one that Keycloak asks, and another one on the same database."""
    other = beside(system.stack)
    other.start()
    yield [system.stack.validator, other]
    other.stop()


def test_bots_never_get_past_the_bounds_while_honest_customers_register(
    system: System, replicas: list[Validator]
) -> None:
    stack, victim = system.stack, system.new_customer()
    bots = Bots(replicas, TRIES, victim.code)
    bots.start()
    honest: list[Registrant] = []
    while len(honest) < AT_LEAST or (not bots.tried and len(honest) < AT_MOST):
        honest.append(Registrant(stack, system.new_customer()))
        honest[-1].register()
    bots.stop()
    # Each bound is reached (else nothing is shown) and not passed.
    assert (bots.most("session"), bots.most("address"), bots.most("code")) == (5, 10, 5)
    assert bots.refused > TRIES / 3
    assert set(bots.others) <= {"reservation_lost"}, bots.others
    for one in honest:
        eventually(partial(state, stack, one.customer.code), "confirmed")
    assert "refusals alarm" in "".join(each.log.read_text() for each in replicas)
    # The victim's own way, through the help desk.
    owner = Registrant(stack, victim)
    refused = owner.send_form()
    assert refused.says("Troppi tentativi"), refused.described()
    assert stack.validator.command("unblock", victim.code) == "wrong tries forgotten\n"
    owner.form = refused.form
    owner.register()
