"""Each worker's watch: counts of refusals into the database, an alarm beyond a figure, forgetting in time.

A worker counts in memory and writes every few seconds: a row for each refusal would be one more write that
an attacker can cause. A worker that is killed loses the counts of those seconds, nothing else.
"""

import logging
import secrets
import threading
from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from customer_code_validator import housekeeping
from customer_code_validator.claims import Clock
from customer_code_validator.limits import Alarm
from customer_code_validator.periodic import Periodic
from customer_code_validator.store import queues, refusals
from customer_code_validator.store.engine import unflushed

log = logging.getLogger("customer_codes.alarm")

EVERY = timedelta(seconds=5)
HOUSEKEEPING_EVERY = timedelta(hours=1)

REFUSED = frozenset({"code_refused", "too_many_tries", "identity_mismatch", "claim_refused", "no_holder"})
"""Reasons by which somebody who guesses is refused; slips of the pen are none."""


class Watch:
    """`note` from any thread; `round` is what the thread does every few seconds."""

    def __init__(self, engine: Engine, alarm: Alarm, address_retention: timedelta, clock: Clock) -> None:
        self._engine = engine
        self._alarm = alarm
        self._address_retention = address_retention
        self._clock = clock
        self._counts = Counter[str]()
        self._lock = threading.Lock()
        self._periodic = Periodic("watch", EVERY, self.round)

    def start(self) -> None:
        """Begin, after the fork."""
        self._periodic.start()

    def stop(self) -> None:
        """End, and write down what is counted so far."""
        self._periodic.stop()
        try:
            self.round()
        except Exception as error:  # the database may be gone already
            log.warning("refusals were not written down", extra={"error": type(error).__name__})

    def note(self, reason: str | None) -> None:
        """Count an answer if it refused somebody."""
        if reason in REFUSED:
            with self._lock:
                self._counts[reason] += 1

    def round(self) -> None:
        """Write the counts, look at the whole, and once an hour (one worker of all) forget."""
        now, counts = self._clock(), self._taken()
        try:
            with unflushed(self._engine) as connection:
                refusals.add(connection, counts, now)
                total = sum(refusals.since(connection, now - self._alarm.window).values())
                sounds = total >= self._alarm.most and _first(
                    connection, queues.REFUSALS_ALARM, now, self._alarm.window
                )
                forgets = _first(connection, queues.HOUSEKEEPING, now, HOUSEKEEPING_EVERY)
        except Exception:
            with self._lock:
                self._counts.update(counts)
            raise
        if sounds:
            seconds = int(self._alarm.window.total_seconds())
            log.critical("refusals alarm", extra={"refusals": total, "within_seconds": seconds})
        if forgets:
            housekeeping.forget(self._engine, now, self._address_retention)

    def _taken(self) -> Counter[str]:
        with self._lock:
            counts, self._counts = self._counts, Counter[str]()
        return counts


def _first(connection: Connection, name: str, now: datetime, period: timedelta) -> bool:
    """Whether this worker is the one of all that does it in this period."""
    return queues.acquire(connection, secrets.token_hex(16), now, now + period, name)
