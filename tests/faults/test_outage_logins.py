"""Logins while the validator hangs and customers go on trying to register: how many are lost."""

from __future__ import annotations

import os
import time

import pytest

from stack.local import Stack
from tests.support import breakable
from tests.support.breakable import Gate
from tests.support.login_load import Load
from tests.support.newcomers import NewCustomer
from tests.support.registration import RECOVERY_SECONDS, Registrant

SHARE = 0.95
_LONG = int(os.environ.get("FAULT_ROUNDS", "1")) > 1
#: The long run takes twelve rounds, and that is the proof. Single rounds differ by a tenth on a busy machine:
#: a short run takes more of them until the share shows, up to so many.
_LEAST, _MOST = (12, 12) if _LONG else (2, 8)
_LOGINS_AT_ONCE = 4
_ACCOUNTS_EACH = 5
_SECONDS = 6.0 if _LONG else 3.0


@pytest.mark.usefixtures("answering")
def test_logins_keep_their_throughput_while_the_validator_hangs(
    stack: Stack, gate: Gate, new_customer: NewCustomer
) -> None:
    """Healthy and hung in turns; the whole of each is compared."""
    healthy: list[float] = []
    hung: list[float] = []
    groups = [
        [Registrant(stack, new_customer()) for _ in range(_ACCOUNTS_EACH)] for _ in range(_LOGINS_AT_ONCE)
    ]
    load = Load.of(stack, groups)
    load.logins(_SECONDS)
    while len(hung) < _LEAST or (sum(hung) < SHARE * sum(healthy) and len(hung) < _MOST):
        healthy.append(load.logins(_SECONDS))
        with gate.broken(breakable.says_nothing):
            hung.append(load.logins(_SECONDS))
        Registrant(stack, new_customer()).come_through(time.monotonic() + RECOVERY_SECONDS)
    told = f"logins a second, healthy: {_rounded(healthy)}; hung: {_rounded(hung)}"
    print(f"{told}; share {sum(hung) / sum(healthy):.2f}")
    assert sum(hung) >= SHARE * sum(healthy), told


def _rounded(rates: list[float]) -> str:
    return ", ".join(f"{rate:.1f}" for rate in rates)
