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
        report, questions = Report(), Questions(seconds, self._monotonic)
        self._settle_claims(now, report, questions)
        self._settle_reservations(now, report, questions)
        self._sweep(now, report, questions, allow_many)
        report.untouched, report.reasons = questions.untouched, questions.reasons
        housekeeping.forget(self._engine, now, self._times.address_retention)
        return report

    def _settle_claims(self, now: datetime, report: Report, questions: Questions) -> None:
        with reading(self._engine) as connection:
            waiting = queues.unconfirmed(connection, now - self._times.claim_grace, PAGE)
        for record in waiting:
            reservation, user_id = record.reservation or "", record.user_id or ""
            answer = questions.ask(self._directory.user, user_id)
            if isinstance(answer, Present):
                with self._engine.begin() as connection:
                    done = settling.confirm(connection, reservation, user_id, "reconciled_present", now)
                    report.claims_confirmed += done
            elif isinstance(answer, Absent):
                with self._engine.begin() as connection:
                    done = settling.free_claim(connection, reservation, user_id, "reconciled_absent", now)
                    report.claims_freed += done

    def _settle_reservations(self, now: datetime, report: Report, questions: Questions) -> None:
        with reading(self._engine) as connection:
            stale = queues.past_lease(connection, now, PAGE)
        for record in stale:
            answer = questions.ask(self._directory.user_with_code, record.code)
            if isinstance(answer, Present):
                with self._engine.begin() as connection:
                    # False where that user holds another code: the next run looks again.
                    done = settling.assign(connection, record, answer.user_id, "reconciled_present", now)
                    report.reservations_confirmed += done
            elif isinstance(answer, Absent):
                with self._engine.begin() as connection:
                    report.reservations_freed += settling.free_stale(connection, record, "lease_over", now)

    def _sweep(self, now: datetime, report: Report, questions: Questions, allow_many: bool) -> None:
        """Confirmed codes from where the last run stopped. A user that Keycloak does not list is asked about
        alone; the position moves on only if it answered to that."""
        with reading(self._engine) as connection:
            begun = queues.cursor(connection)
        unlisted, reached = self._unlisted_users(begun, report, questions)
        if are_too_many(len(unlisted), report.users_checked) and not allow_many:
            report.held_back = len(unlisted)
            return
        answers = {user_id: questions.ask(self._directory.user, user_id) for user_id in unlisted}
        for user_id, answer in answers.items():
            if isinstance(answer, Absent):
                with self._engine.begin() as connection:
                    freed = settling.free_user(connection, user_id, "user_deleted", now)
                report.deleted_users_freed += freed
        if reached != begun and not any(isinstance(answer, NoAnswer) for answer in answers.values()):
            with self._engine.begin() as connection:
                queues.set_cursor(connection, reached)

    def _unlisted_users(self, begun: str, report: Report, questions: Questions) -> tuple[list[str], str]:
        """The users of the next confirmed codes whom Keycloak does not list, and how far it was asked: "" is
        the beginning again."""
        unlisted, reached = list[str](), begun
        while report.users_checked < self._sweep_most and not questions.over:
            most = min(AT_ONCE, self._sweep_most - report.users_checked)
            with reading(self._engine) as connection:
                page = queues.confirmed_after(connection, reached, most)
            users = [record.user_id or "" for record in page]
            listed = questions.ask(self._directory.present, users, len(users)) if users else frozenset[str]()
            if isinstance(listed, NoAnswer):
                break
            report.users_checked += len(users)
            unlisted += [user_id for user_id in users if user_id not in listed]
            if len(page) < most:
                return unlisted, ""
            reached = page[-1].code
        return unlisted, reached
