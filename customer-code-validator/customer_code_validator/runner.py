"""Reconciliation every minute inside the service, by exactly one runner.

Every gunicorn worker has this thread, and a lease in the database elects the one that works: the same rule
holds for the workers of one machine and for several replicas, and if the runner dies another takes its place
when the lease ends. A thread in gunicorn's arbiter would know only its own machine, and forking from a
process with threads is asking for trouble.

The lease only saves work. Two runs at the same time would be harmless: each transition names the state it
expects.
"""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine

from customer_code_validator.periodic import Periodic
from customer_code_validator.reconcile import Reconciler, Report
from customer_code_validator.store import queues

log = logging.getLogger("customer_codes.reconcile")


class Runner:
    """The thread of one worker. `start` after the fork, `stop` before the worker ends."""

    def __init__(
        self, engine: Engine, reconciler: Reconciler, every: timedelta, clock: Callable[[], datetime]
    ) -> None:
        self._engine = engine
        self._reconciler = reconciler
        self._every = every
        self._clock = clock
        self._holder = secrets.token_hex(16)
        self._periodic = Periodic("reconciliation", every, self._round)

    def start(self) -> None:
        """Begin; the first run comes after one period."""
        self._periodic.start()

    def stop(self) -> None:
        """Ask the thread to end and let another worker take over at once. Does not wait long."""
        self._periodic.stop()
        try:
            with self._engine.begin() as connection:
                queues.resign(connection, self._holder)
        except Exception as error:  # the database may be gone already; the lease ends by itself
            log.warning("the lease could not be given back", extra={"error": type(error).__name__})

    def run_once(self) -> Report | None:
        """One run if this worker is the elected one, else None."""
        now = self._clock()
        with self._engine.begin() as connection:
            # Two periods: what a dead runner has left must be settled within minutes by the next one.
            if not queues.acquire(connection, self._holder, now, now + 2 * self._every):
                return None
        return self._reconciler.run(now)

    def _round(self) -> None:
        report = self.run_once()
        if report:
            _log(report)


def _log(report: Report) -> None:
    counts = {name: value for name, value in vars(report).items() if isinstance(value, int) and value}
    quiet = logging.INFO if counts.keys() - {"users_checked"} else logging.DEBUG
    level = quiet if report.settled else logging.WARNING
    log.log(level, "reconciled", extra={**counts, "reasons": "; ".join(sorted(report.reasons))})
