"""The transitions of a code: each is one statement whose WHERE names the state it expects.

The database lets exactly one caller win; every transition writes its audit row in the same transaction.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import exists

from customer_code_validator.store.tables import State, audit, codes

ACTIVE = "active"

_EMPTY = {"owner": None, "reservation": None, "lease_until": None, "user_id": None, "claimed_at": None}


@dataclass(frozen=True)
class Record:
    """One code: the registry's data about the customer and where the code is in its life."""

    code: str
    codice_fiscale: str
    first_name: str
    last_name: str
    status: str
    state: State
    reservation: str | None
    lease_until: datetime | None
    user_id: str | None
    claimed_at: datetime | None
    changed_at: datetime | None


@dataclass(frozen=True)
class Note:
    """Why a transition happens and by whom: what the audit row says beside the states."""

    reason: str
    at: datetime
    user_id: str | None = None
    reservation: str | None = None
    address_hash: str | None = None


def record_of(row: Row[Any]) -> Record:
    """A row of `codes` as a value."""
    return Record(
        code=row.code,
        codice_fiscale=row.codice_fiscale,
        first_name=row.first_name,
        last_name=row.last_name,
        status=row.status,
        state=State(row.state),
        reservation=row.reservation,
        lease_until=row.lease_until,
        user_id=row.user_id,
        claimed_at=row.claimed_at,
        changed_at=row.changed_at,
    )


def by_code(connection: Connection, code: str) -> Record | None:
    """The record of a code."""
    row = connection.execute(select(codes).where(codes.c.code == code)).one_or_none()
    return record_of(row) if row else None


def by_reservation(connection: Connection, reservation: str) -> Record | None:
    """The record that a reservation holds, in whatever state."""
    row = connection.execute(select(codes).where(codes.c.reservation == reservation)).one_or_none()
    return record_of(row) if row else None


def renew(connection: Connection, code: str, owner: str, until: datetime) -> str | None:
    """The reservation that this owner holds already, its lease prolonged. No transition: no audit row."""
    mine = [codes.c.code == code, codes.c.owner == owner, codes.c.status == ACTIVE]
    statement = update(codes).where(codes.c.state == State.RESERVED, *mine).values(lease_until=until)
    return connection.execute(statement.returning(codes.c.reservation)).scalar_one_or_none()


def reserve(
    connection: Connection, code: str, owner: str, until: datetime, at: datetime, address_hash: str
) -> str | None:
    """free → reserved; the new reservation, or None if the code is not to be had."""
    reservation = secrets.token_urlsafe(24)
    won = _move(
        connection,
        (State.FREE, State.RESERVED),
        [codes.c.code == code, codes.c.status == ACTIVE],
        {**_EMPTY, "owner": owner, "reservation": reservation, "lease_until": until},
        Note("reserved", at, reservation=reservation, address_hash=address_hash),
    )
    return reservation if won else None


def take_over(
    connection: Connection, stale: Record, owner: str, until: datetime, at: datetime, address_hash: str
) -> str | None:
    """reserved past its lease → reserved for another owner; None if something happened to it meanwhile."""
    reservation = secrets.token_urlsafe(24)
    won = _move(
        connection,
        (State.RESERVED, State.RESERVED),
        [*_still_stale(stale, at), codes.c.status == ACTIVE],
        {"owner": owner, "reservation": reservation, "lease_until": until},
        Note("taken_over", at, reservation=reservation, address_hash=address_hash),
    )
    return reservation if won else None


def claim(connection: Connection, record: Record, user_id: str, at: datetime) -> bool:
    """reserved → claimed by this user, provided the record compared is still the one in force."""
    other = codes.alias("other")
    where = [
        codes.c.reservation == record.reservation,
        codes.c.codice_fiscale == record.codice_fiscale,
        codes.c.status == ACTIVE,
        ~exists().where(other.c.user_id == user_id),
    ]
    note = Note("claimed", at, user_id, record.reservation)
    return _move(
        connection,
        (State.RESERVED, State.CLAIMED),
        where,
        {"user_id": user_id, "claimed_at": at, "lease_until": None},
        note,
    )


def confirm(connection: Connection, reservation: str, user_id: str, reason: str, at: datetime) -> bool:
    """claimed → confirmed, for this user's claim only."""
    where = [codes.c.reservation == reservation, codes.c.user_id == user_id]
    note = Note(reason, at, user_id, reservation)
    return _move(connection, (State.CLAIMED, State.CONFIRMED), where, {}, note)


def free_claim(connection: Connection, reservation: str, user_id: str, reason: str, at: datetime) -> bool:
    """claimed → free, for this user's claim only."""
    where = [codes.c.reservation == reservation, codes.c.user_id == user_id]
    note = Note(reason, at, user_id, reservation)
    return _move(connection, (State.CLAIMED, State.FREE), where, _EMPTY, note)


def free_stale(connection: Connection, stale: Record, reason: str, at: datetime) -> bool:
    """reserved past its lease → free, unless it was renewed, claimed or taken over meanwhile."""
    note = Note(reason, at, reservation=stale.reservation)
    return _move(connection, (State.RESERVED, State.FREE), _still_stale(stale, at), _EMPTY, note)


def free_user(connection: Connection, user_id: str, reason: str, at: datetime) -> bool:
    """confirmed (or claimed) → free: the user is no more."""
    note = Note(reason, at, user_id)
    where = [codes.c.user_id == user_id]
    held = (State.CONFIRMED, State.CLAIMED)
    return any(_move(connection, (state, State.FREE), where, _EMPTY, note) for state in held)


def free_by_hand(connection: Connection, record: Record, reason: str, at: datetime) -> bool:
    """Any state → free, as the help desk saw the record; False if it has moved since."""
    seen = [codes.c.code == record.code, codes.c.reservation.is_not_distinct_from(record.reservation)]
    note = Note(reason, at, record.user_id, record.reservation)
    return _move(connection, (record.state, State.FREE), seen, _EMPTY, note)


def assign(
    connection: Connection,
    seen: Record,
    user_id: str,
    reason: str,
    at: datetime,
    reservation: str | None = None,
) -> bool:
    """free or reserved → confirmed, because Keycloak has a user with this code: the account comes first.

    False also where that user has another code by now, claimed at the same moment.
    """
    other = codes.alias("other")
    where = [
        codes.c.code == seen.code,
        codes.c.reservation.is_not_distinct_from(seen.reservation),
        ~exists().where(other.c.user_id == user_id),
    ]
    changes = {**_EMPTY, "user_id": user_id, "claimed_at": at, "reservation": reservation or seen.reservation}
    note = Note(reason, at, user_id, reservation or seen.reservation)
    try:
        with connection.begin_nested():
            return _move(connection, (seen.state, State.CONFIRMED), where, changes, note)
    except IntegrityError:
        return False


def claimed_once(connection: Connection, reservation: str, user_id: str) -> Record | None:
    """The code that this user claimed under this reservation some time ago, by the audit."""
    claimed = [audit.c.user_id == user_id, audit.c.to_state == State.CLAIMED]
    query = select(audit.c.code).where(audit.c.reservation == reservation, *claimed).limit(1)
    code = connection.execute(query).scalar_one_or_none()
    return by_code(connection, code) if code else None


def _still_stale(stale: Record, at: datetime) -> list[ColumnElement[bool]]:
    return [codes.c.code == stale.code, codes.c.reservation == stale.reservation, codes.c.lease_until <= at]


def _move(
    connection: Connection,
    states: tuple[State, State],
    where: list[ColumnElement[bool]],
    changes: dict[str, Any],
    note: Note,
) -> bool:
    expected, reached = states
    statement = update(codes).where(codes.c.state == expected, *where)
    values = {**changes, "state": reached, "changed_at": note.at}
    code = connection.execute(statement.values(values).returning(codes.c.code)).scalar_one_or_none()
    if code is None:
        return False
    row = {"at": note.at, "code": code, "from_state": expected, "to_state": reached, "reason": note.reason}
    who = {"user_id": note.user_id, "reservation": note.reservation, "address_hash": note.address_hash}
    connection.execute(insert(audit).values(**row, **who))
    return True
