"""The transitions after a claim, and those that put right what was left open: confirm, free, assign."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from customer_code_validator.store import forgetting
from customer_code_validator.store.codes import Record
from customer_code_validator.store.engine import UnflushedHere
from customer_code_validator.store.tables import State, codes
from customer_code_validator.store.transitions import (
    EMPTY,
    HAS_NO_OTHER,
    OWNED,
    THIS_CODE,
    THIS_RESERVATION,
    THIS_USER,
    Note,
    given,
    move,
    moving,
)

_as_seen = codes.c.reservation.is_not_distinct_from(given("reservation"))
_still_stale = (THIS_CODE, THIS_RESERVATION, codes.c.lease_until <= given("at"))

_CONFIRM = moving(THIS_RESERVATION, THIS_USER, UnflushedHere())
_FREE_CLAIM = moving(THIS_RESERVATION, THIS_USER, **EMPTY)
_FREE_STALE = moving(*_still_stale, **EMPTY)
_FREE_USER = moving(THIS_USER, **EMPTY)
_FREE_BY_HAND = moving(THIS_CODE, _as_seen, **EMPTY)
_ASSIGN = moving(
    THIS_CODE, _as_seen, HAS_NO_OTHER, **{**EMPTY, **OWNED, "reservation": given("new_reservation")}
)


def confirm(connection: Connection, reservation: str, user_id: str, reason: str, at: datetime) -> bool:
    """claimed → confirmed, for this user's claim only. What a power cut undoes of it is found again by
    reconciliation, which asks for every claim."""
    note, states = Note(reason, at, user_id, reservation), (State.CLAIMED, State.CONFIRMED)
    return move(connection, _CONFIRM, states, note, reservation=reservation, user_id=user_id)


def free_claim(connection: Connection, reservation: str, user_id: str, reason: str, at: datetime) -> bool:
    """claimed → free, for this user's claim only."""
    note, states = Note(reason, at, user_id, reservation), (State.CLAIMED, State.FREE)
    return move(connection, _FREE_CLAIM, states, note, reservation=reservation, user_id=user_id)


def free_stale(connection: Connection, stale: Record, reason: str, at: datetime) -> bool:
    """reserved past its lease → free, unless it was renewed, claimed or taken over meanwhile."""
    note, states = Note(reason, at, reservation=stale.reservation), (State.RESERVED, State.FREE)
    return move(connection, _FREE_STALE, states, note, code=stale.code, reservation=stale.reservation)


def free_user(connection: Connection, user_id: str, reason: str, at: datetime) -> bool:
    """confirmed (or claimed) → free: the user is no more, and the audit names the user no more."""
    code, held = forgetting.code_of(connection, user_id), (State.CONFIRMED, State.CLAIMED)
    if code is None:
        return False
    note = Note(reason, at)
    moved = any(move(connection, _FREE_USER, (state, State.FREE), note, user_id=user_id) for state in held)
    if moved:
        forgetting.forget_user(connection, code, user_id)
    return moved


def free_by_hand(connection: Connection, record: Record, reason: str, at: datetime) -> bool:
    """Any state → free, as the help desk saw the record; False if it has moved since."""
    note, states = Note(reason, at, record.user_id, record.reservation), (record.state, State.FREE)
    return move(connection, _FREE_BY_HAND, states, note, code=record.code, reservation=record.reservation)


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
    seen_as = {
        "code": seen.code,
        "reservation": seen.reservation,
        "new_reservation": kept,
        "user_id": user_id,
    }
    try:
        with connection.begin_nested():
            return move(connection, _ASSIGN, states, note, **seen_as)
    except IntegrityError:
        return False
