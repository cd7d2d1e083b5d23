"""The transitions that a customer makes: reserve, take over, claim, refused who has erred too often."""

import secrets
from datetime import datetime

from sqlalchemy import Connection, update

from customer_code_validator.store import throttles
from customer_code_validator.store.codes import ACTIVE, Record
from customer_code_validator.store.engine import UnflushedHere
from customer_code_validator.store.tables import State, codes
from customer_code_validator.store.throttles import Try
from customer_code_validator.store.transitions import (
    HAS_NO_OTHER,
    OWNED,
    THIS_CODE,
    THIS_RESERVATION,
    Moved,
    Note,
    given,
    move,
    moved,
    moving,
)

_active = codes.c.status == ACTIVE
_held = {"owner": given("owner"), "reservation": given("new_reservation"), "lease_until": given("until")}
_to_claim = (THIS_RESERVATION, _active, HAS_NO_OTHER)
_claimed = {**OWNED, "lease_until": None}
_THIS_IDENTITY = codes.c.codice_fiscale.in_([given("sealed"), given("sealed_before")])

_RENEW = (
    update(codes)
    .where(THIS_CODE, codes.c.owner == given("owner"), _active, codes.c.state == State.RESERVED)
    .values(lease_until=given("until"))
    .returning(codes.c.reservation)
)
_RESERVE = moving(THIS_CODE, _active, **_held)
_RESERVE_UNTRIED = moving(THIS_CODE, _active, UnflushedHere(), throttles.untried(2), **_held)
_TAKE_OVER = moving(THIS_CODE, THIS_RESERVATION, _active, **_held)
_CLAIMING = (State.RESERVED, State.CLAIMED)
_CLAIM = moving(*_to_claim, codes.c.imported_at == given("imported_at"), **_claimed)
_CLAIM_UNTRIED = moving(THIS_CODE, *_to_claim, _THIS_IDENTITY, throttles.untried(1), **_claimed)


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
    return reservation if move(connection, transition, states, note, **held, **asked) else None


def take_over(
    connection: Connection, seen: Record, owner: str, until: datetime, at: datetime, address_hash: str
) -> str | None:
    """reserved → reserved for another owner; None if something happened to it meanwhile."""
    reservation = secrets.token_urlsafe(24)
    note = Note("taken_over", at, reservation=reservation, address_hash=address_hash)
    states = (State.RESERVED, State.RESERVED)
    held = {"owner": owner, "new_reservation": reservation, "until": until}
    won = move(connection, _TAKE_OVER, states, note, code=seen.code, reservation=seen.reservation, **held)
    return reservation if won else None


def claim(connection: Connection, record: Record, user_id: str, at: datetime) -> bool:
    """reserved → claimed by this user, provided the record compared is still the one in force."""
    note = Note("claimed", at, user_id, record.reservation)
    compared = {"reservation": record.reservation, "imported_at": record.imported_at}
    return move(connection, _CLAIM, _CLAIMING, note, user_id=user_id, **compared)


def claim_untried(
    connection: Connection,
    code: str,
    reservation: str,
    user_id: str,
    at: datetime,
    *,
    seals: tuple[str, str],
    untried: Try,
) -> Moved | None:
    """The same without a look at the record: it must hold one of the `seals`, and this try must have no
    wrong one before it.
    """
    note = Note("claimed", at, user_id, reservation)
    held = {"code": code, "reservation": reservation, "user_id": user_id}
    asked = {"sealed": seals[0], "sealed_before": seals[1], **throttles.parameters([untried])}
    return moved(connection, _CLAIM_UNTRIED, _CLAIMING, note, **held, **asked)
