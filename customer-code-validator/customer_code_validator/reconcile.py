"""Settling what was left between the two systems, by asking Keycloak and by nothing else.

Three queues, each read in bounded pages: claims that were never confirmed, reservations past their lease,
and (going round in the order of the codes) confirmed codes whose user may have been deleted unnoticed.
User present → confirmed, absent → free, no answer → untouched. Keycloak is asked outside transactions and
each transition names the state that was read, so a customer who is faster simply wins.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from customer_code_validator import housekeeping
from customer_code_validator.directory import Absent, Directory, NoAnswer, Present
from customer_code_validator.questions import Questions
from customer_code_validator.settings import Times
from customer_code_validator.store import queues, settling
from customer_code_validator.store.engine import reading

PAGE = 1000
"""Claims, and reservations, that one run looks at."""

AT_ONCE = 500
"""Users that one question of the sweep is about."""

SHARE_OF_PERIOD = 0.5
"""Of the time between two runs one may last this part; the next one goes on where it stopped."""

ABSENT_FLOOR = 10
ABSENT_SHARE = 0.2


def are_too_many(missing: int, of: int) -> bool:
    """More missing users than these look like a restored or wrong Keycloak, not like deletions.

    Nothing is freed then until a person says so.
    """
    return missing > max(ABSENT_FLOOR, ABSENT_SHARE * of)


@dataclass
class Report:
    """What one run did: counts and reasons, no personal data."""

    claims_confirmed: int = 0
    claims_freed: int = 0
    reservations_confirmed: int = 0
    reservations_freed: int = 0
    users_checked: int = 0
    deleted_users_freed: int = 0
    untouched: int = 0
    held_back: int = 0
    reasons: set[str] = field(default_factory=set)

    @property
    def settled(self) -> bool:
        """Whether everything that the run looked at could be decided."""
        return not self.untouched and not self.held_back

    def lines(self) -> list[str]:
        """The report for a terminal."""
        counts = [
            f"claims: {self.claims_confirmed} confirmed, {self.claims_freed} freed",
            f"reservations past their lease: {self.reservations_confirmed} confirmed, "
            f"{self.reservations_freed} freed",
            f"confirmed codes: {self.users_checked} checked, "
            f"{self.deleted_users_freed} of deleted users freed",
        ]
        if self.untouched:
            counts.append(f"left untouched: {self.untouched} ({'; '.join(sorted(self.reasons))})")
        if self.held_back:
            counts.append(
                f"held back: {self.held_back} confirmed codes have no user in Keycloak, too many to be "
                "deletions; check that this is the right Keycloak, then run: "
                "customer-codes reconcile --allow-many"
            )
        return counts


@dataclass
class _Run:
    """What one run is about."""

    now: datetime
    allow_many: bool
    questions: Questions
    report: Report = field(default_factory=Report)


class Reconciler:
    """One run after another; keeps no state of its own (the sweep's position is in the database)."""

    def __init__(
        self,
        engine: Engine,
        directory: Directory,
        times: Times,
        sweep_most: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._directory = directory
        self._times = times
        self._sweep_most = sweep_most
        self._monotonic = monotonic

    def run(self, now: datetime, allow_many: bool = False) -> Report:
        """Look at as much of each queue as one run may."""
        seconds = self._times.reconcile_every.total_seconds() * SHARE_OF_PERIOD
        run = _Run(now, allow_many, Questions(seconds, self._monotonic))
        self._settle_claims(run)
        self._settle_reservations(run)
        self._sweep(run)
        run.report.untouched, run.report.reasons = run.questions.untouched, run.questions.reasons
        housekeeping.forget(self._engine, now, self._times.address_retention)
        return run.report

    def _settle_claims(self, run: _Run) -> None:
        with reading(self._engine) as connection:
            waiting = queues.unconfirmed(connection, run.now - self._times.claim_grace, PAGE)
        for record in waiting:
            reservation, user_id = record.reservation or "", record.user_id or ""
            answer = run.questions.ask(self._directory.user, user_id)
            if isinstance(answer, Present):
                with self._engine.begin() as connection:
                    done = settling.confirm(connection, reservation, user_id, "reconciled_present", run.now)
                    run.report.claims_confirmed += done
            elif isinstance(answer, Absent):
                with self._engine.begin() as connection:
                    done = settling.free_claim(connection, reservation, user_id, "reconciled_absent", run.now)
                    run.report.claims_freed += done

    def _settle_reservations(self, run: _Run) -> None:
        with reading(self._engine) as connection:
            stale = queues.past_lease(connection, run.now, PAGE)
        for record in stale:
            answer = run.questions.ask(self._directory.user_with_code, record.code)
            if isinstance(answer, Present):
                with self._engine.begin() as connection:
                    # False where that user holds another code: the next run looks again.
                    done = settling.assign(connection, record, answer.user_id, "reconciled_present", run.now)
                    run.report.reservations_confirmed += done
            elif isinstance(answer, Absent):
                with self._engine.begin() as connection:
                    done = settling.free_stale(connection, record, "lease_over", run.now)
                    run.report.reservations_freed += done

    def _sweep(self, run: _Run) -> None:
        """Confirmed codes from where the last run stopped, page after page, as far as Keycloak answers."""
        with reading(self._engine) as connection:
            begun = position = queues.cursor(connection)
        while run.report.users_checked < self._sweep_most and not run.questions.over:
            most = min(AT_ONCE, self._sweep_most - run.report.users_checked)
            with reading(self._engine) as connection:
                page = queues.confirmed_after(connection, position, most)
            if not self._free_deleted([record.user_id or "" for record in page], run):
                break
            position = page[-1].code if len(page) == most else ""
            if not position:
                break  # that was the last page: the next run begins again
        if position != begun:
            with self._engine.begin() as connection:
                queues.set_cursor(connection, position)

    def _free_deleted(self, users: list[str], run: _Run) -> bool:
        """The codes of those users that Keycloak has no more; whether all of them are dealt with.

        Whom it does not list it is asked about alone.
        """
        listed = run.questions.ask(self._directory.present, users, len(users)) if users else frozenset[str]()
        if isinstance(listed, NoAnswer):
            return False
        run.report.users_checked += len(users)
        unlisted = [user_id for user_id in users if user_id not in listed]
        if are_too_many(len(unlisted), len(users)) and not run.allow_many:
            run.report.held_back = len(unlisted)
            return False
        all_answered = True
        for user_id in unlisted:
            answer = run.questions.ask(self._directory.user, user_id)
            if isinstance(answer, Absent):
                with self._engine.begin() as connection:
                    freed = settling.free_user(connection, user_id, "user_deleted", run.now)
                run.report.deleted_users_freed += freed
            elif isinstance(answer, NoAnswer):
                all_answered = False
        return all_answered
