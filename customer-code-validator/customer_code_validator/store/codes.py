"""The transitions of a code: each is one statement whose WHERE names the state it expects.

The database lets exactly one caller win; every transition writes its audit row in the same transaction.
The statements are made once: making one costs six times what running it does.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Connection,
    Executable,
    Row,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import exists

from customer_code_validator.store import forgetting, throttles
from customer_code_validator.store.engine import writes_in_one
from customer_code_validator.store.tables import State, audit, codes
from customer_code_validator.store.throttles import Try

ACTIVE = "active"

_EMPTY = {"owner": None, "reservation": None, "lease_until": None, "user_id": None, "claimed_at": None}


def _given(name: str) -> BindParameter[Any]:
    """A value that comes with the call. The prefix keeps it apart from the columns' own parameters."""
    return bindparam(f"given_{name}")


@dataclass(frozen=True)
class _Transition:
    """A move of a code, and the same with its audit row in one statement, where the database knows such."""

    move: Executable
    whole: Executable


def _moving(*where: ColumnElement[bool], **changes: Any) -> _Transition:
    """A transition from the state expected to the state reached, which `_move` names."""
    values = {**changes, "state": _given("reached"), "changed_at": _given("at")}
    expected = codes.c.state == _given("expected")
    move = update(codes).where(expected, *where).values(values).returning(codes.c.code)
    moved = move.cte("moved")
    noted = [column for column in audit.c if column.name not in {"id", "code"}]
    row = select(moved.c.code, *(bindparam(f"noted_{column.name}", type_=column.type) for column in noted))
    columns = ["code", *(column.name for column in noted)]
    return _Transition(move, insert(audit).from_select(columns, row).returning(audit.c.code))


_active = codes.c.status == ACTIVE
_this_code = codes.c.code == _given("code")
_this_reservation = codes.c.reservation == _given("reservation")
_this_user = codes.c.user_id == _given("user_id")
_as_seen = codes.c.reservation.is_not_distinct_from(_given("reservation"))
_still_stale = (_this_code, _this_reservation, codes.c.lease_until <= _given("at"))
_other = codes.alias("other")
_has_no_other = ~exists().where(_other.c.user_id == _given("user_id"))
_held = {
    "owner": _given("owner"),
    "reservation": _given("new_reservation"),
    "lease_until": _given("until"),
}
_owned = {"user_id": _given("user_id"), "claimed_at": _given("at")}

_BY_CODE = select(codes).where(_this_code)
_BY_RESERVATION = select(codes).where(_this_reservation)
_HAVE_RESERVED = _BY_RESERVATION.with_for_update()
_RENEW = (
    update(codes)
    .where(_this_code, codes.c.owner == _given("owner"), _active, codes.c.state == State.RESERVED)
    .values(lease_until=_given("until"))
    .returning(codes.c.reservation)
)
_RESERVE = _moving(_this_code, _active, **{**_EMPTY, **_held})
_RESERVE_UNTRIED = _moving(_this_code, _active, ~exists().where(throttles.any_of(2)), **{**_EMPTY, **_held})
_TAKE_OVER = _moving(_this_code, _this_reservation, _active, **_held)
_to_claim = (
    _this_reservation,
    codes.c.imported_at == _given("imported_at"),
    _active,
    _has_no_other,
    bindparam("given_same", type_=Boolean),
)
_claimed = {**_owned, "lease_until": None}
_CLAIM = _moving(*_to_claim, **_claimed)
_CLAIM_UNTRIED = _moving(*_to_claim, ~exists().where(throttles.any_of(1)), **_claimed)
_CONFIRM = _moving(_this_reservation, _this_user)
_FREE_CLAIM = _moving(_this_reservation, _this_user, **_EMPTY)
_FREE_STALE = _moving(*_still_stale, **_EMPTY)
_FREE_USER = _moving(_this_user, **_EMPTY)
_FREE_BY_HAND = _moving(_this_code, _as_seen, **_EMPTY)
_ASSIGN = _moving(
    _this_code,
    _as_seen,
    _has_no_other,
    **{**_EMPTY, **_owned, "reservation": _given("new_reservation")},
)
_CLAIMED_ONCE = (
    select(audit.c.code)
    .where(
        audit.c.reservation == _given("reservation"),
        audit.c.user_id == _given("user_id"),
        audit.c.to_state == State.CLAIMED,
    )
    .limit(1)
)
_WRITE_DOWN = insert(audit)


@dataclass(frozen=True)
class Record:
    """One code: the registry's data about the customer and where the code is in its life."""

    code: str
    codice_fiscale: str
    first_name: str
    last_name: str
    email: str
    status: str
    imported_at: datetime
    """When the registry's data last changed."""
    state: State
    reservation: str | None
    lease_until: datetime | None
    user_id: str | None
    claimed_at: datetime | None
    changed_at: datetime | None

    def is_under_way(self, since: datetime) -> bool:
        """Claimed since then, so that its registration may still be running."""
        claimed = self.state is State.CLAIMED
        return claimed and self.claimed_at is not None and self.claimed_at > since


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
        email=row.email,
        status=row.status,
        imported_at=row.imported_at,
        state=State(row.state),
        reservation=row.reservation,
        lease_until=row.lease_until,
        user_id=row.user_id,
        claimed_at=row.claimed_at,
        changed_at=row.changed_at,
    )


def by_code(connection: Connection, code: str) -> Record | None:
    """The record of a code."""
    row = connection.execute(_BY_CODE, {"given_code": code}).one_or_none()
    return record_of(row) if row else None


def by_reservation(connection: Connection, reservation: str) -> Record | None:
    """The record that a reservation holds, in whatever state."""
    row = connection.execute(_BY_RESERVATION, {"given_reservation": reservation}).one_or_none()
    return record_of(row) if row else None


def have_reserved(connection: Connection, reservation: str) -> Record | None:
    """The same, and nobody else has it until the transaction ends."""
    row = connection.execute(_HAVE_RESERVED, {"given_reservation": reservation}).one_or_none()
    return record_of(row) if row else None


def renew(connection: Connection, code: str, owner: str, until: datetime) -> str | None:
    """The reservation that this owner holds already, its lease prolonged. No transition: no audit row."""
    given = {"given_code": code, "given_owner": owner, "given_until": until}
    return connection.execute(_RENEW, given).scalar_one_or_none()


def reserve(
    connection: Connection,
    code: str,
    owner: str,
    until: datetime,
    at: datetime,
    address_hash: str,
    untried: list[Try] | None = None,
) -> str | None:
    """free → reserved; the new reservation, or None if the code is not to be had.

    `untried`: these two tries must have no wrong one before them, or it is not to be had either.
    """
    reservation = secrets.token_urlsafe(24)
    note = Note("reserved", at, reservation=reservation, address_hash=address_hash)
    states = (State.FREE, State.RESERVED)
    transition, asked = _RESERVE, dict[str, str]()
    if untried is not None:
        transition, asked = _RESERVE_UNTRIED, throttles.parameters(untried)
    held = {"code": code, "owner": owner, "new_reservation": reservation, "until": until}
    return reservation if _move(connection, transition, states, note, **held, **asked) else None


def take_over(
    connection: Connection, seen: Record, owner: str, until: datetime, at: datetime, address_hash: str
) -> str | None:
    """reserved → reserved for another owner; None if something happened to it meanwhile."""
    reservation = secrets.token_urlsafe(24)
    note = Note("taken_over", at, reservation=reservation, address_hash=address_hash)
    states = (State.RESERVED, State.RESERVED)
    held = {"owner": owner, "new_reservation": reservation, "until": until}
    won = _move(connection, _TAKE_OVER, states, note, code=seen.code, reservation=seen.reservation, **held)
    return reservation if won else None


def claim(
    connection: Connection,
    record: Record,
    user_id: str,
    at: datetime,
    *,
    same: bool = True,
    untried: Try | None = None,
) -> bool:
    """reserved → claimed by this user, provided the record compared is still the one in force.

    `untried`: this try must have no wrong one before it. `same` says what the comparison was: the statement
    runs in either case, so that its time does not say it.
    """
    states, note = (State.RESERVED, State.CLAIMED), Note("claimed", at, user_id, record.reservation)
    compared = {"reservation": record.reservation, "imported_at": record.imported_at, "same": same}
    if untried is None:
        return _move(connection, _CLAIM, states, note, user_id=user_id, **compared)
    asked = throttles.parameters([untried])
    return _move(connection, _CLAIM_UNTRIED, states, note, user_id=user_id, **compared, **asked)


def confirm(connection: Connection, reservation: str, user_id: str, reason: str, at: datetime) -> bool:
    """claimed → confirmed, for this user's claim only."""
    note, states = Note(reason, at, user_id, reservation), (State.CLAIMED, State.CONFIRMED)
    return _move(connection, _CONFIRM, states, note, reservation=reservation, user_id=user_id)


def free_claim(connection: Connection, reservation: str, user_id: str, reason: str, at: datetime) -> bool:
    """claimed → free, for this user's claim only."""
    note, states = Note(reason, at, user_id, reservation), (State.CLAIMED, State.FREE)
    return _move(connection, _FREE_CLAIM, states, note, reservation=reservation, user_id=user_id)


def free_stale(connection: Connection, stale: Record, reason: str, at: datetime) -> bool:
    """reserved past its lease → free, unless it was renewed, claimed or taken over meanwhile."""
    note, states = Note(reason, at, reservation=stale.reservation), (State.RESERVED, State.FREE)
    return _move(connection, _FREE_STALE, states, note, code=stale.code, reservation=stale.reservation)


def free_user(connection: Connection, user_id: str, reason: str, at: datetime) -> bool:
    """confirmed (or claimed) → free: the user is no more, and the audit names the user no more."""
    code, held = forgetting.code_of(connection, user_id), (State.CONFIRMED, State.CLAIMED)
    if code is None:
        return False
    note = Note(reason, at)
    moved = any(_move(connection, _FREE_USER, (state, State.FREE), note, user_id=user_id) for state in held)
    if moved:
        forgetting.forget_user(connection, code, user_id)
    return moved


def free_by_hand(connection: Connection, record: Record, reason: str, at: datetime) -> bool:
    """Any state → free, as the help desk saw the record; False if it has moved since."""
    note, states = Note(reason, at, record.user_id, record.reservation), (record.state, State.FREE)
    return _move(connection, _FREE_BY_HAND, states, note, code=record.code, reservation=record.reservation)


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
    kept = reservation or seen.reservation
    note, states = Note(reason, at, user_id, kept), (seen.state, State.CONFIRMED)
    given = {"code": seen.code, "reservation": seen.reservation, "new_reservation": kept, "user_id": user_id}
    try:
        with connection.begin_nested():
            return _move(connection, _ASSIGN, states, note, **given)
    except IntegrityError:
        return False


def claimed_once(connection: Connection, reservation: str, user_id: str) -> Record | None:
    """The code that this user claimed under this reservation some time ago, by the audit."""
    given = {"given_reservation": reservation, "given_user_id": user_id}
    code = connection.execute(_CLAIMED_ONCE, given).scalar_one_or_none()
    return by_code(connection, code) if code else None


def write_down(connection: Connection, record: Record, note: Note) -> None:
    """An audit row for what happened to a code without moving it."""
    _write_down(connection, record.code, (record.state, record.state), note)


def _move(
    connection: Connection,
    transition: _Transition,
    states: tuple[State, State],
    note: Note,
    **given: object,
) -> bool:
    expected, reached = states
    values = {**given, "expected": expected, "reached": reached, "at": note.at}
    named = {f"given_{name}": value for name, value in values.items()}
    if writes_in_one(connection):
        noted = {f"noted_{name}": value for name, value in _row(states, note).items()}
        return connection.execute(transition.whole, named | noted).scalar_one_or_none() is not None
    code = connection.execute(transition.move, named).scalar_one_or_none()
    if code is None:
        return False
    _write_down(connection, code, states, note)
    return True


def _write_down(connection: Connection, code: str, states: tuple[State, State], note: Note) -> None:
    connection.execute(_WRITE_DOWN, {"code": code, **_row(states, note)})


def _row(states: tuple[State, State], note: Note) -> dict[str, object]:
    return {"from_state": states[0], "to_state": states[1], **vars(note)}
