"""Bots from many addresses never get past the bounds, and honest customers register in the meantime.

`make faults` tries 10⁵ times, every test run a few thousand.
"""

from __future__ import annotations

import os
from functools import partial

from stack.local import Stack
from tests.support.bots import Bots
from tests.support.newcomers import NewCustomer
from tests.support.realm import eventually, state
from tests.support.registration import Registrant

TRIES = 100_000 if int(os.environ.get("FAULT_ROUNDS", "1")) >= 10 else 3_000
#: Honest customers, one after the other as long as the bots try.
AT_LEAST, AT_MOST = 3, 1500


def test_bots_never_get_past_the_bounds_while_honest_customers_register(
    stack: Stack, new_customer: NewCustomer
) -> None:
    victim = new_customer()
    bots = Bots(stack.validator, TRIES, victim.code)
    bots.start()
    honest: list[Registrant] = []
    while len(honest) < AT_LEAST or (not bots.tried and len(honest) < AT_MOST):
        honest.append(Registrant(stack, new_customer()))
        honest[-1].register()
    bots.stop()
    # Each bound is reached (else nothing is shown) and not passed.
    assert (bots.most("session"), bots.most("address"), bots.most("code")) == (5, 10, 5)
    assert bots.refused > TRIES / 3
    assert set(bots.others) <= {"reservation_lost"}, bots.others
    for one in honest:
        eventually(partial(state, stack, one.customer.code), "confirmed")
    assert "refusals alarm" in stack.validator.log.read_text()
    # The victim's own way, through the help desk.
    owner = Registrant(stack, victim)
    refused = owner.send_form()
    assert refused.says("Troppi tentativi"), refused.described()
    assert stack.validator.command("unblock", victim.code) == "wrong tries forgotten\n"
    owner.form = refused.form
    owner.register()
