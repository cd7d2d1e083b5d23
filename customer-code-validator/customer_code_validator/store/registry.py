"""The registry's columns as import writes them, never those of a code's life.

What the file holds stands in temporary tables (staging.py), the difference in another one: all are seen by
this connection alone and gone with it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Engine,
    Integer,
    RootTransaction,
    Select,
    String,
    Table,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)

from customer_code_validator.customers import Customer
from customer_code_validator.store import bulk
from customer_code_validator.store.codes import ACTIVE
from customer_code_validator.store.engine import hold_turn, take_time
from customer_code_validator.store.sealing import is_plain
from customer_code_validator.store.staging import customer_columns, is_empty, rows, temporary, unmatched
from customer_code_validator.store.tables import State, codes

CEASED = "ceased"

_has_account = codes.c.user_id.is_not(None)


@dataclass(frozen=True)
class Counts:
    """The difference in figures.

    `rehashed` are unchanged, but hashed under an earlier key; `ceased` those who were not before, among the
    new, the changed and the missing; `identities` changed customers whose codice fiscale is another one.
    """

    new: int
    changed: int
    rehashed: int
    missing: int
    ceased: int
    ceased_active: int
    ceased_with_account: int
    identities: int
    active: int
    """Active customers before the import."""
    first: bool
    """Whether the registry held nobody: every customer of the file is new."""


_difference = Table(
    "import_difference",
    temporary,
    Column("line", Integer, nullable=False),
    *customer_columns(),
    Column("kind", String, nullable=False),
    Column("was", String, nullable=False),
    Column("identity_changes", Boolean, nullable=False),
    prefixes=["TEMPORARY"],
)
_NEW, _CHANGED, _REHASHED, _MISSING = "new", "changed", "rehashed", "missing"
_ceases = and_(_difference.c.status == CEASED, _difference.c.was != CEASED)


class BusyError(Exception):
    """Another import is at work, and goes on for longer than this one waits."""


class UnhashedError(Exception):
    """Some codice fiscale is stored as an earlier version wrote it, and cannot be compared."""


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """A connection of its own, closed in the end, and with it the temporary tables. Raises `BusyError`.

    While it is open no other import runs; on SQLite one does, until `writing`.
    """
    with engine.connect() as connection:
        connection.detach()
        with connection.begin():
            take_time(connection)
        if not hold_turn(connection, "import"):
            raise BusyError
        yield connection


@contextmanager
def writing(connection: Connection) -> Iterator[RootTransaction]:
    """The transaction that compares and writes: alone also on SQLite."""
    with connection.execution_options(read_only=False).begin() as transaction:
        bulk.prepare_to_compare(connection, rows, unmatched)
        yield transaction


def repeated(connection: Connection, narrowed: bool) -> Iterator[tuple[int, int | None]]:
    """The line of each row whose code another row has before it, and the line of the first of these, unless
    that one was left out (`narrowed`, as for `compare`)."""
    found = _all_repeated(narrowed).order_by("line")
    for row in connection.execute(found, execution_options={"yield_per": 1000}):
        yield row.line, row.first


def drop_repeated(connection: Connection, narrowed: bool) -> None:
    """Forget all rows that `repeated` tells."""
    lines = select(_all_repeated(narrowed).subquery().c.line)
    connection.execute(delete(rows).where(rows.c.line.in_(lines)))


def compare(connection: Connection, told: Sequence[str], complete: bool, narrowed: bool) -> Counts:
    """Find the difference, in the columns that the export tells; who is missing ceases if it is complete.

    `narrowed`: rows were left out by `stage_unlike`. Raises `UnhashedError`.
    """
    if connection.execute(is_empty).scalar_one():
        return _count_first(connection)
    # Both at once: each reads the whole table.
    counts = select(func.count().filter(codes.c.status == ACTIVE), func.count().filter(is_plain))
    active_before, unhashed = connection.execute(counts.select_from(codes)).one()
    if unhashed:
        raise UnhashedError
    columns = _difference.columns.keys()
    connection.execute(insert(_difference).from_select(columns, _new_or_changed(told)))
    if complete:
        connection.execute(insert(_difference).from_select(columns, _missing(narrowed)))
    return _count(connection, active_before)


def ceased_accounts(connection: Connection, most: int) -> list[tuple[str, str]]:
    """Code and user id of ceased customers of the difference who have an account, the first ones."""
    found = _ceased_accounts().order_by(codes.c.code).limit(most)
    return [(row.code, row.user_id) for row in connection.execute(found)]


def write(connection: Connection, told: Sequence[str], at: datetime, first: bool) -> None:
    """Apply the difference. The life of the codes is left alone."""
    if first:
        _insert(connection, rows, rows.c.valid, at)
        return
    _insert(connection, _difference, _difference.c.kind == _NEW, at)
    _update(connection, _CHANGED, told, imported_at=at)
    _update(connection, _MISSING, ["status"], imported_at=at)
    _update(connection, _REHASHED, ["codice_fiscale"])


def _insert(connection: Connection, table: Table, which: ColumnElement[bool], at: datetime) -> None:
    customers = (table.c[name] for name in Customer._fields)
    same = literal(at, codes.c.imported_at.type), literal(State.FREE.value)
    new = select(*customers, *same).where(which)
    connection.execute(insert(codes).from_select([*Customer._fields, "imported_at", "state"], new))


def _update(connection: Connection, kind: str, columns: Sequence[str], **same: datetime) -> None:
    theirs = and_(codes.c.code == _difference.c.code, _difference.c.kind == kind)
    values = {name: _difference.c[name] for name in columns}
    connection.execute(update(codes).where(theirs).values(**values, **same))


def _repeated() -> Select[tuple[int, int]]:
    first = (
        select(rows.c.code, func.min(rows.c.line).label("line"))
        .where(rows.c.valid)
        .group_by(rows.c.code)
        .having(func.count() > 1)
        .subquery()
    )
    later = and_(rows.c.code == first.c.code, rows.c.valid, rows.c.line > first.c.line)
    return select(rows.c.line, first.c.line.label("first")).join(first, later)


def _all_repeated(narrowed: bool) -> CompoundSelect[Any]:
    known = exists().where(codes.c.code == rows.c.code)
    left_out = known & ~exists().where(unmatched.c.code == rows.c.code) if narrowed else false()
    again = select(rows.c.line, null().label("first")).where(rows.c.valid, left_out)
    return union_all(_repeated(), again)


def _new_or_changed(told: Sequence[str]) -> Select[Any]:
    is_new = codes.c.code.is_(None)
    is_hashed_anew = codes.c.codice_fiscale != rows.c.codice_fiscale
    is_another = and_(is_hashed_anew, codes.c.codice_fiscale != rows.c.hashed_before)
    others = (name for name in told if name != "codice_fiscale")
    is_changed = or_(is_another, *(codes.c[name] != rows.c[name] for name in others))
    return (
        select(
            rows.c.line,
            *(rows.c[name] for name in Customer._fields),
            case((is_new, _NEW), (is_changed, _CHANGED), else_=_REHASHED),
            func.coalesce(codes.c.status, ""),
            and_(~is_new, is_another),
        )
        .select_from(rows.outerjoin(codes, codes.c.code == rows.c.code))
        .where(rows.c.valid, or_(is_new, is_changed, is_hashed_anew))
    )


def _missing(narrowed: bool) -> Select[Any]:
    """Active customers of whom the file holds no row, not even a rejected one."""
    held = codes.join(unmatched, unmatched.c.code == codes.c.code) if narrowed else codes
    data = [literal(CEASED) if name == "status" else codes.c[name] for name in Customer._fields]
    # Not as NOT EXISTS, for which SQLite would read the whole file again for each customer.
    return (
        select(literal(0), *data, literal(_MISSING), codes.c.status, false())
        .select_from(held.outerjoin(rows, rows.c.code == codes.c.code))
        .where(codes.c.status == ACTIVE, rows.c.code.is_(None))
    )


def _count_first(connection: Connection) -> Counts:
    """The figures where there is nothing to compare with, and so no difference to write down first."""
    ceases = rows.c.status == CEASED
    counts = select(func.count(), func.count().filter(ceases)).where(rows.c.valid)
    new, ceased = connection.execute(counts).one()
    return Counts(new, 0, 0, 0, ceased, 0, 0, 0, active=0, first=True)


def _count(connection: Connection, active_before: int) -> Counts:
    kind = _difference.c.kind
    wanted = {
        "new": kind == _NEW,
        "changed": kind == _CHANGED,
        "rehashed": kind == _REHASHED,
        "missing": kind == _MISSING,
        "ceased": _ceases,
        "ceased_active": _ceases & (_difference.c.was == ACTIVE),
        "identities": _difference.c.identity_changes,
    }
    counts = [func.count().filter(condition).label(name) for name, condition in wanted.items()]
    row = connection.execute(select(*counts)).one()
    accounts = connection.execute(select(func.count()).select_from(_ceased_accounts().subquery()))
    return Counts(
        **row._mapping, ceased_with_account=accounts.scalar_one(), active=active_before, first=False
    )


def _ceased_accounts() -> Select[tuple[str, str]]:
    theirs = _difference.c.code == codes.c.code
    return select(codes.c.code, codes.c.user_id).join(_difference, theirs).where(_ceases, _has_account)
