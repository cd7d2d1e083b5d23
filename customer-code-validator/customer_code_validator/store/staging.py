"""What an import's file holds, in temporary tables: seen by their connection alone and gone with it."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, MetaData, String, Table, exists, select

from customer_code_validator.customers import Customer, staged_customer
from customer_code_validator.store import bulk
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
"""Customers of the registry whom no row of the file tells as they are, where the rows are narrowed down."""

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
    connection: Connection, chunks: Iterable[tuple[str, str]], told: Sequence[str], complete: bool
) -> None:
    """The same without the rows that the registry has as they are.

    Each chunk is such a text and the greatest code of its valid rows, which come in the order of their codes.
    """
    with connection.begin():
        temporary.create_all(connection, checkfirst=False)
        standing = Standing(connection, told)
        for text, greatest in chunks:
            told_rows = {staged_customer(line): line for line in text.split("\n")[:-1]}
            there = set(standing.up_to(greatest))
            bulk.load(connection, rows, [_text(line for row, line in told_rows.items() if row not in there)])
            if complete:
                _load_unmatched(connection, there - told_rows.keys())
        if complete:
            for stretch in standing.rest():
                _load_unmatched(connection, stretch)


def _load_unmatched(connection: Connection, customers: Iterable[str]) -> None:
    bulk.load(connection, unmatched, [_text(customer.split("\t", 1)[0] for customer in customers)])


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
