"""After a restore: every account of Keycloak has its code again.

A backup knows nothing of who registered after it was made: their codes are free in it, and would be given a
second time. Keycloak's accounts say whose they are. Only codes that nobody holds are given, so running it at
any other time changes nothing; who was deleted since the backup is the business of reconciliation.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine

from customer_code_validator.directory import Census, Holding
from customer_code_validator.store import codes, queues
from customer_code_validator.store.engine import reading
from customer_code_validator.store.tables import State

PAGE = 500


@dataclass
class Report:
    """Counts, and what a person must look at: codes and user ids, nothing else of anybody."""

    accounts: int = 0
    given_back: int = 0
    unknown: int = 0
    contested: list[str] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        """Whether every account has its code."""
        return not self.unknown and not self.contested

    def lines(self) -> list[str]:
        """The report for a terminal."""
        told = [*self.contested, f"accounts with a customer code: {self.accounts}"]
        told.append(f"codes given back to their accounts: {self.given_back}")
        if self.unknown:
            told.append(
                f"codes that the registry lacks: {self.unknown}; import the newest export and run again"
            )
        return told


class Restorer:
    """One run. Where Keycloak gives no answer, `census` raises; what was given back until then stays so."""

    def __init__(
        self, engine: Engine, census: Census, clock: Callable[[], datetime], page: int = PAGE
    ) -> None:
        self._engine = engine
        self._census = census
        self._clock = clock
        self._page = page

    def run(self) -> Report:
        """Go through all accounts."""
        report = Report()
        for page in self._census.pages(self._page):
            holders = [one for one in page if one.code]
            report.accounts += len(holders)
            with reading(self._engine) as connection:
                held = queues.held_by(connection, [one.user_id for one in holders])
            for one in holders:
                if held.get(one.user_id) != one.code:
                    with self._engine.begin() as connection:
                        self._give_back(connection, one, report)
        return report

    def _give_back(self, connection: Connection, account: Holding, report: Report) -> None:
        record = codes.by_code(connection, account.code)
        if record is None:
            report.unknown += 1
        elif record.state in (State.FREE, State.RESERVED) and codes.assign(
            connection, record, account.user_id, "restored", self._clock()
        ):
            report.given_back += 1
        else:
            holder = record.user_id or "nobody"
            report.contested.append(
                f"code {record.code}: of user {account.user_id} in Keycloak, of {holder} here"
            )
