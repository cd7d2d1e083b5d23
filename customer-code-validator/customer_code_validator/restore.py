"""After a restore, of one database or of both: accounts and codes agree again, and what was done is told.

A backup knows nothing of what came after it, and the two are of different moments. Accounts that are newer
than the codes' backup get their codes back; codes whose accounts are newer than Keycloak's backup are freed,
for their owners have to register anew. What cannot be told by times is listed for a person and left. Running
it at any other time changes nothing that reconciliation would not.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from customer_code_validator import ownership
from customer_code_validator.directory import Census, Holding
from customer_code_validator.ownership import Facts, GiveBack, Undecided, Unknown
from customer_code_validator.reconcile import are_too_many
from customer_code_validator.store import codes, queues, settling
from customer_code_validator.store.codes import Record
from customer_code_validator.store.engine import reading

PAGE = 500
_GIVEN_BACK = "restored"
_ABSENT = "restored_absent"


@dataclass
class Report:
    """What was done and what was left: counts, and codes with user ids, nothing else of anybody."""

    accounts: int = 0
    given_back: list[str] = field(default_factory=list)
    freed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    held_back: int = 0

    @property
    def settled(self) -> bool:
        """Whether nothing is left to a person."""
        return not self.unknown and not self.undecided and not self.held_back

    def lines(self) -> list[str]:
        """The report for a terminal."""
        told = [*self.given_back, *self.freed, *self.unknown, *self.undecided]
        told += [
            f"accounts with a customer code: {self.accounts}",
            f"codes given back to their accounts: {len(self.given_back)}",
            f"codes freed, their accounts are not in Keycloak: {len(self.freed)}",
        ]
        if self.held_back:
            told.append(
                f"held back: {self.held_back} codes have no account in Keycloak; if this is the right "
                "Keycloak, and its backup that much older, run: "
                "customer-codes reconcile --restored --allow-many"
            )
        if self.undecided:
            told.append(f"codes that a person has to decide: {len(self.undecided)}")
        if self.unknown:
            told.append(
                f"codes that the registry lacks: {len(self.unknown)}; import the newest export and run again"
            )
        return told


class Restorer:
    """One run. Where Keycloak gives no answer, `census` raises before anything is given to anybody.

    `in_flight_since`: claims younger than that are left to their registrations.
    """

    def __init__(
        self,
        engine: Engine,
        census: Census,
        clock: Callable[[], datetime],
        in_flight_since: Callable[[], datetime],
        page: int = PAGE,
    ) -> None:
        self._engine = engine
        self._census = census
        self._clock = clock
        self._in_flight_since = in_flight_since
        self._page = page

    def run(self, allow_many: bool = False, decided: Mapping[str, str] | None = None) -> Report:
        """Compare all accounts with all codes. `decided`: by code, the user that a person has named."""
        report, seen, named = Report(), set[str](), decided or {}
        claimants = self._claimants(report, seen)
        for code in sorted(named.keys() - claimants.keys()):
            report.undecided.append(f"code {code}: no account in Keycloak is without it; nothing to decide")
        for code, accounts in sorted(claimants.items()):
            self._settle(code, accounts, named.get(code), report)
        self._free_orphans(seen, claimants.keys(), allow_many, report)
        return report

    def _claimants(self, report: Report, seen: set[str]) -> dict[str, list[Holding]]:
        """By code, the accounts that say they have it and, here, do not."""
        found = defaultdict[str, list[Holding]](list)
        for holders in self._census.pages(self._page):
            report.accounts += len(holders)
            seen.update(one.user_id for one in holders)
            with reading(self._engine) as connection:
                held = queues.held_by(connection, [one.user_id for one in holders])
            for one in holders:
                record = held.get(one.user_id)
                if record is None or record.code != one.code:
                    found[one.code].append(one)
        return found

    def _settle(self, code: str, accounts: list[Holding], named: str | None, report: Report) -> None:
        with reading(self._engine) as connection:
            record = codes.by_code(connection, code)
            freed_at = queues.freed_at(connection, code)
        user_id = record.user_id if record else None
        facts = Facts(record, accounts, bool(user_id and self._census.holding(user_id)), freed_at)
        match ownership.decided(facts, named) if named else ownership.judge(facts):
            case Unknown():
                report.unknown.append(f"code {code}: not in the registry")
            case Undecided(why):
                report.undecided.append(f"code {code}: {why}")
            case GiveBack(account):
                if self._give(facts, account):
                    report.given_back.append(f"code {code}: given back to user {account.user_id}")
                    report.undecided += [f"code {code}: {why}" for why in ownership.left(facts, account)]
                else:
                    report.undecided.append(f"code {code}: user {account.user_id} has another one here")

    def _give(self, facts: Facts, account: Holding) -> bool:
        """In one transaction, so that nobody else gets it in between."""
        now, seen = self._clock(), facts.record
        if seen is None:
            return False
        with self._engine.connect() as connection, connection.begin() as giving:
            if facts.holder:
                settling.free_by_hand(connection, seen, _GIVEN_BACK, now)
            elif seen.user_id:
                settling.free_user(connection, seen.user_id, _ABSENT, now)
            record = codes.by_code(connection, seen.code)
            given = record is not None and settling.assign(
                connection, record, account.user_id, _GIVEN_BACK, now
            )
            if not given:
                giving.rollback()
        return given

    def _free_orphans(self, seen: set[str], disputed: Set[str], allow_many: bool, report: Report) -> None:
        """Codes of accounts that Keycloak does not have: their owners have to register anew."""
        since, held, orphans = self._in_flight_since(), 0, list[Record]()
        for record in queues.every_held(self._engine, self._page):
            held += 1
            if record.user_id in seen or record.code in disputed or record.is_under_way(since):
                continue
            account = self._census.holding(record.user_id or "")
            if account is None:
                orphans.append(record)
            elif account.code != record.code:
                report.undecided.append(
                    f"code {record.code}: of user {account.user_id} here, who has no code in Keycloak"
                )
        if are_too_many(len(orphans), held) and not allow_many:
            report.held_back = len(orphans)
            return
        for record in orphans:
            with self._engine.begin() as connection:
                freed = settling.free_user(connection, record.user_id or "", _ABSENT, self._clock())
            if freed:
                report.freed.append(f"code {record.code}: freed, Keycloak lacks user {record.user_id}")
