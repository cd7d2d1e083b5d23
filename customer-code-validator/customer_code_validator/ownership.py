"""After a restore: which account a code belongs to, where the two systems say different things.

Two backups are never of one moment. What the one saw later than the other can be told by times: an account
that is younger than all that the code went through is new to the code. All else is a person's decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from customer_code_validator.directory import Holding
from customer_code_validator.store.codes import Record
from customer_code_validator.store.tables import State


@dataclass(frozen=True)
class GiveBack:
    """The code is this account's."""

    account: Holding


@dataclass(frozen=True)
class Unknown:
    """The registry has no such code."""


@dataclass(frozen=True)
class Undecided:
    """Nothing is done until a person has decided; `why` names codes and user ids only."""

    why: str


Verdict = GiveBack | Unknown | Undecided


@dataclass(frozen=True)
class Facts:
    """What both systems say of one code.

    record     the code as the validator has it, None where the registry has no such code
    claimants  the accounts in Keycloak that say they have it and, here, do not
    holder     whether the account that has it here is in Keycloak
    freed_at   when it last lost an account, by the audit
    """

    record: Record | None
    claimants: Sequence[Holding]
    holder: bool
    freed_at: datetime | None


def judge(facts: Facts) -> Verdict:
    """Whose the code is."""
    record = facts.record
    if record is None:
        return Unknown()
    if facts.holder:
        return Undecided(f"{_of(facts.claimants)} in Keycloak, of user {record.user_id} here")
    if len(facts.claimants) > 1:
        return Undecided(f"{_of(facts.claimants)} in Keycloak, of nobody here")
    account = facts.claimants[0]
    last_lost = max((time for time in (facts.freed_at, _taken_at(record)) if time), default=None)
    if last_lost is not None and account.created <= last_lost:
        then = f"went to user {record.user_id}" if record.user_id else "was freed"
        return Undecided(
            f"of user {account.user_id} in Keycloak, but {then} on {last_lost:%Y-%m-%d %H:%M} UTC"
        )
    return GiveBack(account)


def decided(facts: Facts, user_id: str) -> Verdict:
    """The same once a person has named the account."""
    if facts.record is None:
        return Unknown()
    chosen = [account for account in facts.claimants if account.user_id == user_id]
    return GiveBack(chosen[0]) if chosen else Undecided(f"user {user_id} does not have it in Keycloak")


def left(facts: Facts, given_to: Holding) -> list[str]:
    """Of the accounts that go without the code once one of them has it: what a person has to do."""
    others = [one.user_id for one in facts.claimants if one.user_id != given_to.user_id]
    if facts.holder and facts.record and facts.record.user_id:
        others.append(facts.record.user_id)
    return [f"user {other} is without it from now on; delete that account" for other in others]


def _taken_at(record: Record) -> datetime | None:
    """When the account that has it here took it."""
    return record.claimed_at if record.state in (State.CLAIMED, State.CONFIRMED) else None


def _of(accounts: Sequence[Holding]) -> str:
    users = ", ".join(account.user_id for account in accounts)
    return f"of user {users}" if len(accounts) == 1 else f"of users {users}"
