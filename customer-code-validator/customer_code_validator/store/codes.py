"""One code as the store knows it: reading it. `registering` and `settling` move it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from customer_code_validator.store.tables import State, audit, codes

ACTIVE = "active"

_BY_CODE = select(codes).where(codes.c.code == bindparam("given_code"))
_RESERVED = _BY_CODE.where(codes.c.state == State.RESERVED, codes.c.status == ACTIVE)
_BY_RESERVATION = select(codes).where(codes.c.reservation == bindparam("given_reservation"))
_CLAIMED_ONCE = (
    select(audit.c.code)
    .where(
        audit.c.reservation == bindparam("given_reservation"),
        audit.c.user_id == bindparam("given_user_id"),
        audit.c.to_state == State.CLAIMED,
    )
    .limit(1)
)


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


def reserved(connection: Connection, code: str) -> Record | None:
    """The record of a code that some session has before it and that no account has come of. Which codes are
    taken is left to the database: telling them here from unknown ones took as long as reading a row."""
    row = connection.execute(_RESERVED, {"given_code": code}).one_or_none()
    return record_of(row) if row else None


def by_reservation(connection: Connection, reservation: str) -> Record | None:
    """The record that a reservation holds, in whatever state."""
    row = connection.execute(_BY_RESERVATION, {"given_reservation": reservation}).one_or_none()
    return record_of(row) if row else None


def claimed_once(connection: Connection, reservation: str, user_id: str) -> Record | None:
    """The code that this user claimed under this reservation some time ago, by the audit."""
    given = {"given_reservation": reservation, "given_user_id": user_id}
    code = connection.execute(_CLAIMED_ONCE, given).scalar_one_or_none()
    return by_code(connection, code) if code else None
