"""What every transition of a code is made of: one statement whose WHERE names the state it expects.

The database lets exactly one caller win; every transition writes its audit row in the same transaction.
The statements are made once: making one costs six times what running it does.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Executable,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.sql import exists

from customer_code_validator.store.codes import Record
from customer_code_validator.store.engine import writes_in_one
from customer_code_validator.store.tables import State, audit, codes

EMPTY = {"owner": None, "reservation": None, "lease_until": None, "user_id": None, "claimed_at": None}


def given(name: str) -> BindParameter[Any]:
    """A value that comes with the call. The prefix keeps it apart from the columns' own parameters."""
    return bindparam(f"given_{name}")


THIS_CODE = codes.c.code == given("code")
THIS_RESERVATION = codes.c.reservation == given("reservation")
THIS_USER = codes.c.user_id == given("user_id")
OWNED = {"user_id": given("user_id"), "claimed_at": given("at")}
_other = codes.alias("other")
HAS_NO_OTHER = ~exists().where(_other.c.user_id == given("user_id"))
_WRITE_DOWN = insert(audit)


@dataclass(frozen=True)
class Note:
    """Why a transition happens and by whom: what the audit row says beside the states."""

    reason: str
    at: datetime
    user_id: str | None = None
    reservation: str | None = None
    address_hash: str | None = None


class Moved(NamedTuple):
    """What a transition answers with: the code that has moved, and the registry's address of its customer."""

    code: str
    email: str


@dataclass(frozen=True)
class Transition:
    """A move of a code, and the same with its audit row in one statement, where the database knows such.
    Both answer with `Moved`.
    """

    move: Executable
    whole: Executable


def moving(*where: ColumnElement[bool], **changes: Any) -> Transition:
    """A transition from the state expected to the state reached, which `move` names."""
    values = {**changes, "state": given("reached"), "changed_at": given("at")}
    expected = codes.c.state == given("expected")
    answer = [codes.c[name] for name in Moved._fields]
    move = update(codes).where(expected, *where).values(values).returning(*answer)
    moved = move.cte("moved")
    noted = [column for column in audit.c if column.name not in {"id", "code"}]
    row = select(moved.c.code, *(bindparam(f"noted_{column.name}", type_=column.type) for column in noted))
    columns = ["code", *(column.name for column in noted)]
    written = insert(audit).from_select(columns, row).cte("written")
    return Transition(move, select(moved).add_cte(written))


def move(
    connection: Connection,
    transition: Transition,
    states: tuple[State, State],
    note: Note,
    **values: object,
) -> bool:
    """Whether this caller won; `states` are the one expected and the one reached."""
    return moved(connection, transition, states, note, **values) is not None


def moved(
    connection: Connection,
    transition: Transition,
    states: tuple[State, State],
    note: Note,
    **values: object,
) -> Moved | None:
    """The same for who asks what has moved."""
    expected, reached = states
    all_values = {**values, "expected": expected, "reached": reached, "at": note.at}
    named = {f"given_{name}": value for name, value in all_values.items()}
    if writes_in_one(connection):
        noted = {f"noted_{name}": value for name, value in _row(states, note).items()}
        row = connection.execute(transition.whole, named | noted).one_or_none()
    else:
        row = connection.execute(transition.move, named).one_or_none()
        if row:
            _write_down(connection, row.code, states, note)
    return Moved(*row) if row else None


def write_down(connection: Connection, record: Record, note: Note) -> None:
    """An audit row for what happened to a code without moving it."""
    _write_down(connection, record.code, (record.state, record.state), note)


def _write_down(connection: Connection, code: str, states: tuple[State, State], note: Note) -> None:
    connection.execute(_WRITE_DOWN, {"code": code, **_row(states, note)})


def _row(states: tuple[State, State], note: Note) -> dict[str, object]:
    return {"from_state": states[0], "to_state": states[1], **vars(note)}
