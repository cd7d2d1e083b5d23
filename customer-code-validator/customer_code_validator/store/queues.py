"""What reconciliation reads, and the lease that elects its one runner."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from customer_code_validator.store.codes import Record, record_of
from customer_code_validator.store.engine import reading
from customer_code_validator.store.tables import State, audit, codes, leases

RECONCILE = "reconcile"
HOUSEKEEPING = "housekeeping"
REFUSALS_ALARM = "refusals-alarm"
HELD = (State.CLAIMED, State.CONFIRMED)
"""The states in which a code has a user."""


@dataclass(frozen=True)
class Event:
    """One line of the audit, as the help desk reads it."""

    at: datetime
    from_state: str
    to_state: str
    reason: str
    user_id: str | None
    address_hash: str | None


def unconfirmed(connection: Connection, claimed_before: datetime, most: int) -> list[Record]:
    """Codes claimed at or before this time and still not confirmed, the oldest first."""
    query = select(codes).where(codes.c.state == State.CLAIMED, codes.c.claimed_at <= claimed_before)
    return [record_of(row) for row in connection.execute(query.order_by(codes.c.claimed_at).limit(most))]


def unconfirmed_count(connection: Connection) -> tuple[int, datetime | None]:
    """How many codes are claimed and not confirmed, and when the oldest of them was claimed."""
    query = select(func.count(), func.min(codes.c.claimed_at)).where(codes.c.state == State.CLAIMED)
    count, oldest = connection.execute(query).one()
    return count, oldest


def past_lease(connection: Connection, now: datetime, most: int) -> list[Record]:
    """Reservations whose lease is over, the oldest first."""
    query = select(codes).where(codes.c.state == State.RESERVED, codes.c.lease_until <= now)
    return [record_of(row) for row in connection.execute(query.order_by(codes.c.lease_until).limit(most))]


def confirmed_after(connection: Connection, cursor: str, most: int) -> list[Record]:
    """The next page of confirmed codes in the order of the codes."""
    query = select(codes).where(codes.c.state == State.CONFIRMED, codes.c.code > cursor)
    return [record_of(row) for row in connection.execute(query.order_by(codes.c.code).limit(most))]


def held_after(connection: Connection, cursor: str, most: int) -> list[Record]:
    """The next page, in the order of the codes, of those that have an account or are getting one."""
    query = select(codes).where(codes.c.state.in_(HELD), codes.c.code > cursor)
    return [record_of(row) for row in connection.execute(query.order_by(codes.c.code).limit(most))]


def every_held(engine: Engine, page: int) -> Iterator[Record]:
    """All codes that have an account or are getting one, in their order, so many at a time."""
    after = ""
    while True:
        with reading(engine) as connection:
            found = held_after(connection, after, page)
        yield from found
        if len(found) < page:
            return
        after = found[-1].code


def freed_at(connection: Connection, code: str) -> datetime | None:
    """When the code last lost an account that it had, None for never."""
    query = select(func.max(audit.c.at)).where(
        audit.c.code == code, audit.c.from_state.in_(HELD), audit.c.to_state == State.FREE
    )
    last: datetime | None = connection.execute(query).scalar_one()
    return last


def held_by(connection: Connection, users: Sequence[str]) -> dict[str, Record]:
    """The codes that these users hold, by user id."""
    query = select(codes).where(codes.c.user_id.in_(users), codes.c.state.in_(HELD))
    return {row.user_id: record_of(row) for row in connection.execute(query)}


def listed(connection: Connection, most: int, **wanted: str | None) -> list[Record]:
    """Codes for the help desk's list: those whose columns hold what is wanted of them, if anything is."""
    conditions = [codes.c[name] == value for name, value in wanted.items() if value]
    query = select(codes).where(*conditions)
    return [record_of(row) for row in connection.execute(query.order_by(codes.c.code).limit(most))]


def history(connection: Connection, code: str) -> list[Event]:
    """The audit of a code, the oldest first."""
    rows = connection.execute(select(audit).where(audit.c.code == code).order_by(audit.c.id))
    return [
        Event(row.at, row.from_state, row.to_state, row.reason, row.user_id, row.address_hash) for row in rows
    ]


def forget_addresses(connection: Connection, before: datetime) -> None:
    """Drop the address hashes of audit rows older than this."""
    old = [audit.c.at < before, audit.c.address_hash.is_not(None)]
    connection.execute(update(audit).where(*old).values(address_hash=None))


def answers(connection: Connection) -> None:
    """Raise whatever SQLAlchemy raises if the database or its tables are not there."""
    connection.execute(select(func.count()).select_from(select(codes.c.code).limit(1).subquery()))


def acquire(
    connection: Connection, holder: str, now: datetime, until: datetime, name: str = RECONCILE
) -> bool:
    """Become (or stay) the one who does `name` until `until`; False while another one is."""
    free = or_(leases.c.holder.is_(None), leases.c.until <= now, leases.c.holder == holder)
    statement = update(leases).where(leases.c.name == name, free).values(holder=holder, until=until)
    if connection.execute(statement).rowcount == 1:
        return True
    return _add_lease(connection, name, {"holder": holder, "until": until, "cursor": ""})


def resign(connection: Connection, holder: str) -> None:
    """Let another runner start at once."""
    mine = (leases.c.name == RECONCILE) & (leases.c.holder == holder)
    connection.execute(update(leases).where(mine).values(holder=None, until=None))


def cursor(connection: Connection) -> str:
    """Where the sweep of confirmed codes goes on; "" is the beginning."""
    query = select(leases.c.cursor).where(leases.c.name == RECONCILE)
    return connection.execute(query).scalar_one_or_none() or ""


def set_cursor(connection: Connection, position: str) -> None:
    """Remember where the sweep goes on."""
    statement = update(leases).where(leases.c.name == RECONCILE).values(cursor=position)
    if connection.execute(statement).rowcount == 0:
        _add_lease(connection, RECONCILE, {"cursor": position})


def _add_lease(connection: Connection, name: str, values: dict[str, object]) -> bool:
    """The row of a database on which nothing has run yet; False where it is there."""
    if connection.execute(select(leases.c.name).where(leases.c.name == name)).first():
        return False  # an insertion in vain would be an error in PostgreSQL's log, every few seconds
    try:
        with connection.begin_nested():
            connection.execute(insert(leases).values(name=name, **values))
    except IntegrityError:
        return False
    return True
