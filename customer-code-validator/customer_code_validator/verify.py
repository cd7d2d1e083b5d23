"""Proving that accounts and codes agree, over the whole base and while both keep moving. Changes nothing.

Every account that says it has a code is read, page by page, and compared with that code, its codice fiscale
with the registry's; then of every held code whose account was not among them the account is asked for by its
id. Neither side stands still meanwhile: what does not agree is looked at once more, alone and after a pause,
and is a disagreement only then.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from customer_code_validator import rules
from customer_code_validator.directory import Census, Holding
from customer_code_validator.identities import Identities
from customer_code_validator.store import codes, queues
from customer_code_validator.store.codes import Record
from customer_code_validator.store.engine import reading

PAGE = 500
"""Accounts, and codes, that are read at once."""

PAUSE_SECONDS = 5.0
"""Longer than Keycloak takes to tell of a deletion or to end a registration."""


@dataclass
class Agreement:
    """What was compared and found: counts, and each disagreement by code and user id."""

    accounts: int = 0
    held: int = 0
    in_flight: int = 0
    """Claims so young that their registration may still be running."""
    disagreements: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The report for a terminal."""
        found = len(self.disagreements)
        return [
            *self.disagreements,
            f"accounts with a customer code: {self.accounts}",
            f"codes: {self.held} with an account, {self.in_flight} in a registration under way",
            f"disagreements: {found}" if found else "accounts and codes agree one to one",
        ]


class Verifier:
    """One proof. Where Keycloak gives no answer, `directory` raises, and nothing is proved; so does
    `identities`, where the registry was hashed under another key.
    """

    def __init__(
        self,
        engine: Engine,
        directory: Census,
        identities: Identities,
        in_flight_since: Callable[[], datetime],
        page: int = PAGE,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._engine = engine
        self._directory = directory
        self._identities = identities
        self._in_flight_since = in_flight_since
        self._page = page
        self._pause = pause_seconds

    def run(self) -> Agreement:
        """Compare everything; pauses before doubts are looked at again, if there are any."""
        report = Agreement()
        seen: set[str] = set()
        doubts = list(self._doubtful_accounts(report, seen))
        doubts += self._doubtful_codes(report, seen)
        if doubts:
            time.sleep(self._pause)
        report.disagreements = sorted({one for code, user in doubts for one in self._judge(code, user)})
        return report

    def _doubtful_accounts(self, report: Agreement, seen: set[str]) -> Iterator[tuple[str, str]]:
        """(code, user id) of accounts whose code is not theirs, or is of somebody else in the registry."""
        for page in self._directory.pages(self._page):
            report.accounts += len(page)
            users = [one.user_id for one in page]
            seen.update(users)
            with reading(self._engine) as connection:
                held = queues.held_by(connection, users)
            yield from (
                (one.code, one.user_id) for one in page if not self._agree(one, held.get(one.user_id))
            )

    def _doubtful_codes(self, report: Agreement, seen: set[str]) -> Iterator[tuple[str, str]]:
        """(code, user id) of held codes whose account did not come by."""
        since = self._in_flight_since()
        for record in queues.every_held(self._engine, self._page):
            young = record.is_under_way(since)
            report.in_flight += young
            report.held += not young
            if not young and record.user_id not in seen:
                yield record.code, record.user_id or ""

    def _agree(self, account: Holding, record: Record | None) -> bool:
        return record is not None and record.code == account.code and self._is_same_person(record, account)

    def _is_same_person(self, record: Record, account: Holding) -> bool:
        known = rules.read_codice_fiscale(account.codice_fiscale)
        return isinstance(known, rules.CodiceFiscale) and self._identities.same(
            record.code, record.codice_fiscale, known
        )

    def _judge(self, code: str, user: str) -> Iterator[str]:
        """What is wrong between this code and this user, as both sides are now."""
        with reading(self._engine) as connection:
            record = codes.by_code(connection, code)
        account = self._directory.holding(user)
        if account and account.code == code and (record is None or record.user_id != user):
            yield f"user {user} has code {code}, which is {_described(record)}"
        if record is None or record.user_id != user or record.is_under_way(self._in_flight_since()):
            return
        if account is None:
            yield f"code {code} is {_described(record)}, whom Keycloak does not have"
        elif account.code != code:
            yield f"code {code} is {_described(record)}, who has {account.code or 'no code'} in Keycloak"
        elif not self._is_same_person(record, account):
            yield (
                f"code {code} is {_described(record)}, whose codice fiscale in Keycloak is not "
                f"the registry's: customer-codes correct {code}"
            )


def _described(record: Record | None) -> str:
    if record is None:
        return "not in the registry"
    return f"{record.state} by user {record.user_id}" if record.user_id else str(record.state)
