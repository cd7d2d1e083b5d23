"""Where the throttles' times are kept, so that they hold across workers, replicas and restarts.

A key's row is changed by compare-and-swap on the list it held: two parallel tries cannot both take the
last place, on any database and at any isolation level.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from customer_code_validator import limits
from customer_code_validator.limits import Denied, Limit
from customer_code_validator.store.tables import throttles

_ROUNDS = 50
"""Far more than the callers that can meet on one key; then the database is at fault, not the race."""


@dataclass(frozen=True)
class Try:
    """One try of one key, to be counted against a limit."""

    limit: Limit
    key_hash: str


def spend(connection: Connection, tries: list[Try], now: datetime) -> Denied | None:
    """Take one place for each of the tries, or none at all and say when there will be one.

    Callers pass them in one fixed order, so that two of them cannot wait for each other.
    """
    for done, one in enumerate(tries):
        denied = _spend_one(connection, one, now)
        if denied:
            refund(connection, tries[:done], now)
            return denied
    return None


def refund(connection: Connection, tries: list[Try], taken: datetime) -> None:
    """Give the places taken at `taken` back: the try was right."""
    for one in tries:
        _swap(connection, one, lambda times: limits.refund(times, taken))


def clear(connection: Connection, kind: str, key_hash: str) -> None:
    """Forget a key's wrong tries (help desk)."""
    connection.execute(delete(throttles).where(throttles.c.kind == kind, throttles.c.key_hash == key_hash))


def purge(connection: Connection, now: datetime) -> None:
    """Forget keys whose windows are over."""
    connection.execute(delete(throttles).where(throttles.c.expires_at <= now))


def _spend_one(connection: Connection, one: Try, now: datetime) -> Denied | None:
    verdict: list[Denied] = []

    def decide(times: tuple[datetime, ...]) -> tuple[datetime, ...]:
        answer = limits.spend(times, one.limit, now)
        if isinstance(answer, Denied):
            verdict[:] = [answer]
            return times
        verdict.clear()
        return answer.times

    _swap(connection, one, decide)
    return verdict[0] if verdict else None


def _swap(
    connection: Connection, one: Try, decide: Callable[[tuple[datetime, ...]], tuple[datetime, ...]]
) -> None:
    for _ in range(_ROUNDS):
        if _try_swap(connection, one, decide):
            return
    raise RuntimeError("a throttle could not be counted")


def _try_swap(
    connection: Connection, one: Try, decide: Callable[[tuple[datetime, ...]], tuple[datetime, ...]]
) -> bool:
    here = (throttles.c.kind == one.limit.kind) & (throttles.c.key_hash == one.key_hash)
    held = connection.execute(select(throttles.c.times).where(here)).scalar_one_or_none()
    old = _parse(held or "")
    new = decide(old)
    if new == old:
        return True
    values = {"times": _format(new), "expires_at": max((*old, *new)) + one.limit.window}
    if held is not None:
        statement = update(throttles).where(here, throttles.c.times == held)
        return connection.execute(statement.values(values)).rowcount == 1
    try:
        with connection.begin_nested():
            connection.execute(insert(throttles).values(kind=one.limit.kind, key_hash=one.key_hash, **values))
    except IntegrityError:
        return False
    return True


def _parse(text: str) -> tuple[datetime, ...]:
    epoch = datetime.fromtimestamp(0, UTC)
    return tuple(epoch + timedelta(microseconds=int(part)) for part in text.split(",") if part)


def _format(times: tuple[datetime, ...]) -> str:
    epoch = datetime.fromtimestamp(0, UTC)
    return ",".join(str((time - epoch) // timedelta(microseconds=1)) for time in times)
