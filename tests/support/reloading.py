"""The validator reads its files anew, as an operator has it do after changing them."""

from __future__ import annotations

import os
import signal

from stack.children import children
from stack.validator import Validator
from tests.support.realm import eventually


def reload(validator: Validator) -> None:
    """SIGHUP, and wait until its new workers have taken the place of those before."""
    pid = validator.process.pid
    assert pid, "the validator does not run"
    before = set(children(pid))
    os.kill(pid, signal.SIGHUP)

    def are_new() -> bool:
        now = children(pid)
        return bool(now) and before.isdisjoint(now)

    eventually(are_new, True, 30)
