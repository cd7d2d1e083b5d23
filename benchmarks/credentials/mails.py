"""Whether each account asked for got its mail: an answer that sends nothing is easily given in equal time."""

from __future__ import annotations

import time

from benchmarks.running import BenchmarkError
from stack.mailbox.part import Mailbox

_PATIENCE = 300.0


def count(mailbox: Mailbox) -> int:
    """All mails so far."""
    return sum(1 for _ in mailbox.folder.glob("*.eml"))


def require(mailbox: Mailbox, way: str, before: int, accounts: int) -> None:
    """Return once each account has its mail of this way, and nobody else one. Raises BenchmarkError."""
    deadline = time.monotonic() + _PATIENCE
    while (sent := count(mailbox) - before) < accounts and time.monotonic() < deadline:
        time.sleep(0.2)
    if sent != accounts:
        raise BenchmarkError(f"{way}: {accounts} accounts were asked for, but {sent} mails were sent")
