"""Settling what was left between the two systems, by asking Keycloak and by nothing else.

Three queues, each read in a bounded page: claims that were never confirmed, reservations past their lease,
and (going round in the order of the codes) confirmed codes whose user may have been deleted unnoticed.
User present → confirmed, absent → free, no answer → untouched. Keycloak is asked outside transactions and
each transition names the state that was read, so a customer who is faster simply wins.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from customer_code_validator import housekeeping
from customer_code_validator.directory import Absent, Answer, Directory, NoAnswer, Present
from customer_code_validator.settings import Times
from customer_code_validator.store import queues, settling
from customer_code_validator.store.codes import Record
from customer_code_validator.store.engine import reading

PAGE = 200
"""Claims, and reservations, that one run looks at."""

SILENCE = 3
"""After so many questions in a row without an answer, the run asks no more."""

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
    silent: int = 0
    """Questions without an answer since the last one answered."""

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

    def __init__(self, engine: Engine, directory: Directory, times: Times, sweep_page: int) -> None:
        self._engine = engine
        self._directory = directory
        self._times = times
        self._sweep_page = sweep_page

    def run(self, now: datetime, allow_many: bool = False) -> Report:
        """Look at one page of each queue."""
        report = Report()
        self._settle_claims(now, report)
        self._settle_reservations(now, report)
        self._sweep(now, report, allow_many)
        housekeeping.forget(self._engine, now, self._times.address_retention)
        return report

    def _settle_claims(self, now: datetime, report: Report) -> None:
        with reading(self._engine) as connection:
            waiting = queues.unconfirmed(connection, now - self._times.claim_grace, PAGE)
        for record, answer in self._ask_by_user(waiting, report):
            reservation, user_id = record.reservation or "", record.user_id or ""
            with self._engine.begin() as connection:
                if isinstance(answer, Present):
                    done = settling.confirm(connection, reservation, user_id, "reconciled_present", now)
                    report.claims_confirmed += done
                else:
                    done = settling.free_claim(connection, reservation, user_id, "reconciled_absent", now)
                    report.claims_freed += done

    def _settle_reservations(self, now: datetime, report: Report) -> None:
        with reading(self._engine) as connection:
            stale = queues.past_lease(connection, now, PAGE)
        for record in stale:
            answer = self._ask(report, self._directory.user_with_code, record.code)
            if isinstance(answer, Present):
                with self._engine.begin() as connection:
                    # False where that user holds another code: the next run looks again.
                    done = settling.assign(connection, record, answer.user_id, "reconciled_present", now)
                    report.reservations_confirmed += done
            elif isinstance(answer, Absent):
                with self._engine.begin() as connection:
                    report.reservations_freed += settling.free_stale(connection, record, "lease_over", now)

    def _sweep(self, now: datetime, report: Report, allow_many: bool) -> None:
        """One page of confirmed codes. The position moves on only if Keycloak answered throughout."""
        with reading(self._engine) as connection:
            page = queues.confirmed_after(connection, queues.cursor(connection), self._sweep_page)
        answers = [(record, self._ask(report, self._directory.user, record.user_id or "")) for record in page]
        report.users_checked = sum(not isinstance(answer, NoAnswer) for _, answer in answers)
        missing = [record for record, answer in answers if isinstance(answer, Absent)]
        if are_too_many(len(missing), len(page)) and not allow_many:
            report.held_back = len(missing)
            return
        with self._engine.begin() as connection:
            for record in missing:
                freed = settling.free_user(connection, record.user_id or "", "user_deleted", now)
                report.deleted_users_freed += freed
            if report.users_checked == len(page):
                # A page that is not full was the last one: begin again.
                queues.set_cursor(connection, page[-1].code if len(page) == self._sweep_page else "")

    def _ask_by_user(self, records: list[Record], report: Report) -> Iterator[tuple[Record, Answer]]:
        for record in records:
            answer = self._ask(report, self._directory.user, record.user_id or "")
            if not isinstance(answer, NoAnswer):
                yield record, answer

    def _ask(self, report: Report, question: Callable[[str], Answer], about: str) -> Answer:
        """One question, counted; after some silence none is put any more in this run."""
        silent = report.silent >= SILENCE
        answer = NoAnswer("Keycloak was not asked any more") if silent else question(about)
        if isinstance(answer, NoAnswer):
            report.silent += 1
            report.untouched += 1
            report.reasons.add(answer.why)
        else:
            report.silent = 0
        return answer
