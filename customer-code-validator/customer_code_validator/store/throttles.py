"""Where the throttles' times are kept, so that they hold across workers, replicas and restarts.

Only wrong tries are written. That parallel tries cannot all pass before the first is counted is the work of
`enter`: whoever asks about a key has it for itself until its transaction ends.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    String,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from customer_code_validator import limits
from customer_code_validator.limits import Denied, Limit
from customer_code_validator.store.engine import take_turn
from customer_code_validator.store.tables import throttles
from customer_code_validator.store.untried import Untried

_here = (throttles.c.kind == bindparam("given_kind")) & (throttles.c.key_hash == bindparam("given_key"))
_CHANGE = update(throttles).where(_here)
_ADD = insert(throttles)


@dataclass(frozen=True)
class Try:
    """One try of one key, to be counted against a limit if it is wrong."""

    limit: Limit
    key_hash: str

    @property
    def key(self) -> tuple[str, str]:
        """What its row is found by."""
        return self.limit.kind, self.key_hash

    @property
    def given(self) -> dict[str, str]:
        """The key as the statements' parameters."""
        return {"given_kind": self.limit.kind, "given_key": self.key_hash}


def enter(connection: Connection, tries: list[Try], now: datetime) -> Denied | None:
    """Whether one of the tries has no place left, and when it will. Must come before whatever it guards.

    Callers pass the tries in one fixed order, so that two of them cannot wait for each other.
    """
    take_turn(connection, [" ".join(one.key) for one in tries])
    return full(connection, tries, now)


def full(connection: Connection, tries: list[Try], now: datetime) -> Denied | None:
    """The same for who only looks: the first of the tries that has no place left."""
    held = _held(connection, tries)
    for one in tries:
        answer = limits.spend(_parse(held.get(one.key)), one.limit, now)
        if isinstance(answer, Denied):
            return answer
    return None


def count(connection: Connection, tries: list[Try], now: datetime) -> None:
    """Write the tries down as wrong, in the transaction that `enter` let in."""
    known = _held(connection, tries)
    for one in tries:
        held = known.get(one.key)
        answer = limits.spend(_parse(held), one.limit, now)
        if isinstance(answer, Denied):
            continue
        values = {"times": _format(answer.times), "expires_at": answer.times[-1] + one.limit.window}
        if held is None:
            connection.execute(_ADD, {"kind": one.limit.kind, "key_hash": one.key_hash, **values})
        else:
            connection.execute(_CHANGE, {**one.given, **values})


def clear(connection: Connection, kind: str, key_hash: str) -> bool:
    """Forget a key's wrong tries (help desk); False if there were none."""
    here = delete(throttles).where(throttles.c.kind == kind, throttles.c.key_hash == key_hash)
    return connection.execute(here).rowcount > 0


def purge(connection: Connection, now: datetime) -> None:
    """Forget keys whose windows are over."""
    connection.execute(delete(throttles).where(throttles.c.expires_at <= now))


def have_not_erred(connection: Connection, tries: list[Try]) -> bool:
    """Whether none of the tries has a wrong one before it, as if they had been entered."""
    return bool(connection.scalar(_untried_of(len(tries)), _given(tries)))


def parameters(tries: list[Try]) -> dict[str, str]:
    """What `untried` is asked with, the names without their prefix `given_`."""
    kinds = {f"kind_{place}": one.limit.kind for place, one in enumerate(tries)}
    return kinds | {f"key_{place}": one.key_hash for place, one in enumerate(tries)}


def untried(number: int) -> Untried:
    """That so many tries have no wrong one before them: the condition of a statement, which enters them."""
    return Untried(*_parameters_of(number))


def _held(connection: Connection, tries: list[Try]) -> dict[tuple[str, str], str]:
    rows = connection.execute(_times_of(len(tries)), _given(tries))
    return {(row.kind, row.key_hash): row.times for row in rows}


def _given(tries: list[Try]) -> dict[str, str]:
    return {f"given_{name}": value for name, value in parameters(tries).items()}


@cache
def _untried_of(number: int) -> Select[tuple[bool]]:
    return select(untried(number))


@cache
def _times_of(number: int) -> Select[tuple[str, str, str]]:
    """The times of so many tries in one question."""
    theirs = [
        (throttles.c.kind == kind) & (throttles.c.key_hash == key) for kind, key in _parameters_of(number)
    ]
    return select(throttles.c.kind, throttles.c.key_hash, throttles.c.times).where(or_(*theirs))


def _parameters_of(number: int) -> list[tuple[BindParameter[str], BindParameter[str]]]:
    return [
        (bindparam(f"given_kind_{place}", type_=String()), bindparam(f"given_key_{place}", type_=String()))
        for place in range(number)
    ]


def _parse(text: str | None) -> tuple[datetime, ...]:
    epoch = datetime.fromtimestamp(0, UTC)
    return tuple(epoch + timedelta(microseconds=int(part)) for part in (text or "").split(",") if part)


def _format(times: tuple[datetime, ...]) -> str:
    epoch = datetime.fromtimestamp(0, UTC)
    return ",".join(str((time - epoch) // timedelta(microseconds=1)) for time in times)
