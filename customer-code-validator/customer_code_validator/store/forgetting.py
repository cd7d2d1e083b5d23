"""Taking persons out of what is kept: the audit says what happened to a code and when, no more to whom."""

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from customer_code_validator.store.tables import State, audit, codes

_NOBODY = {"user_id": None, "reservation": None, "address_hash": None}
_of_code = audit.c.code == bindparam("given_code")
_theirs = audit.alias("theirs")
_their_reservations = select(_theirs.c.reservation).where(
    _theirs.c.code == bindparam("given_code"),
    _theirs.c.user_id == bindparam("given_user_id"),
    _theirs.c.reservation.is_not(None),
)
_FORGET_USER = (
    update(audit)
    .where(
        _of_code,
        or_(audit.c.user_id == bindparam("given_user_id"), audit.c.reservation.in_(_their_reservations)),
    )
    .values(_NOBODY)
)
_FORGET_CODE = update(audit).where(_of_code).values(_NOBODY)
_CODE_OF = select(codes.c.code).where(codes.c.user_id == bindparam("given_user_id"))
_DELETE_FREE = (
    delete(codes)
    .where(codes.c.code == bindparam("given_code"), codes.c.state == State.FREE)
    .returning(codes.c.code)
)


def code_of(connection: Connection, user_id: str) -> str | None:
    """The code that this user holds."""
    return connection.execute(_CODE_OF, {"given_user_id": user_id}).scalar_one_or_none()


def forget_user(connection: Connection, code: str, user_id: str) -> None:
    """Of the code's audit: the user, the sessions in which the user registered, and their addresses."""
    connection.execute(_FORGET_USER, {"given_code": code, "given_user_id": user_id})


def forget_customer(connection: Connection, code: str) -> bool:
    """The registry's row of a code that is free, and everybody in its audit; False if it is not free."""
    if connection.execute(_DELETE_FREE, {"given_code": code}).scalar_one_or_none() is None:
        return False
    connection.execute(_FORGET_CODE, {"given_code": code})
    return True
