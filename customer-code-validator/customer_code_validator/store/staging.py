"""What an import's file holds, in temporary tables: seen by their connection alone and gone with it."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, MetaData, String, Table, exists, select

from customer_code_validator.customers import Customer
from customer_code_validator.store import bulk
from customer_code_validator.store.apart import apart, code_of
from customer_code_validator.store.standing import Standing
from customer_code_validator.store.tables import codes


def customer_columns() -> list[Column[Any]]:
    """Of a table that holds customers as `Customer` has them."""
    return [Column(name, String, nullable=False) for name in Customer._fields]


temporary = MetaData()
rows = Table(
    "import_rows",
    temporary,
    Column("line", Integer, nullable=False),
    Column("valid", Boolean, nullable=False),
    Column("hashed_before", String, nullable=False),
    *customer_columns(),
    prefixes=["TEMPORARY"],
)
unmatched = Table(
    "import_unmatched",
    temporary,
    Column("code", String, nullable=False),
    prefixes=["TEMPORARY"],
)
"""Where rows were left out: the registry's other customers, whom no row left out tells. All of them are here
only where who is missing counts, or who is there twice."""

_CHARACTERS_AT_ONCE = 2**20
"""Of rows that are brought to the database: a chunk of the file in which all have changed is as large."""

is_empty = select(~exists(select(codes.c.code)))
"""Whether the registry holds nobody."""


def stage(connection: Connection, texts: Iterable[str]) -> None:
    """Put the file's rows, as `staged` writes them, into the temporary table.

    On SQLite other writers need not wait for it.
    """
    with connection.execution_options(read_only=True).begin():
        temporary.create_all(connection, checkfirst=False)
        bulk.load(connection, rows, texts)


def can_narrow(connection: Connection) -> bool:
    """Whether `stage_unlike` can be asked, and is worth it."""
    if not bulk.reads_beside(connection):
        return False
    with connection.begin():
        return not connection.execute(is_empty).scalar_one()


def stage_unlike(
    connection: Connection, chunks: Iterable[tuple[str, str | None]], told: Sequence[str], complete: bool
) -> bool:
    """The same without rows that the registry has as they are; whether there may be any such.

    Each chunk is such a text and the greatest code of its valid rows, or None from where these do not come in
    the order of their codes any more: what follows is put there as it is.
    """
    narrowed, in_order = False, True
    with connection.begin(), ThreadPoolExecutor(1) as beside:
        temporary.create_all(connection, checkfirst=False)
        # It begins while the first rows are read; until it has, the connection is its own.
        standing = beside.submit(Standing, connection, told)
        unlike, others = _Loading(connection, rows), _Loading(connection, unmatched)
        for text, greatest in chunks:
            registry = standing.result()
            if in_order := in_order and greatest is not None:
                _narrow(text, registry.up_to(str(greatest)), unlike, others)
                narrowed = True
            else:
                unlike.add(text)
        if narrowed and (complete or not in_order):
            for stretch in standing.result().rest():
                others.add(_text(map(code_of, stretch)))
        unlike.end()
        others.end()
    return narrowed


class _Loading:
    """A table to be loaded with texts, many at once: each time costs as much as a thousand rows."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self._connection = connection
        self._table = table
        self._texts: list[str] = []
        self._characters = 0

    def add(self, text: str) -> None:
        """Sooner or later it is in the table."""
        self._texts.append(text)
        self._characters += len(text)
        if self._characters >= _CHARACTERS_AT_ONCE:
            self.end()

    def end(self) -> None:
        """Whatever was added is in the table."""
        bulk.load(self._connection, self._table, self._texts)
        self._texts, self._characters = [], 0


def _narrow(text: str, registry: list[str], unlike: _Loading, others: _Loading) -> None:
    lines, codes_left = apart(text.split("\n")[:-1], registry)
    unlike.add(_text(lines))
    others.add(_text(codes_left))


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
