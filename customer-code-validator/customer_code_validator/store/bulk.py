"""Many rows into a temporary table, and comparing whole tables: the stores' own ways, beside engine.py."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table

_FOR_WHOLE_TABLES = "SET LOCAL work_mem = '96MB'"
"""PostgreSQL's usual 4 MB make it sort and hash a million rows on disk."""


def load(connection: Connection, table: Table, batches: Iterable[Sequence[Sequence[str]]]) -> None:
    """Put rows into a table: texts without control characters, in the order of the columns."""
    if connection.dialect.name == "postgresql":
        _copy(connection, table, batches)
        return
    marks = ", ".join("?" for _ in table.columns)
    for batch in batches:
        if batch:
            rows = [tuple(row) for row in batch]
            # The table's name is the code's own; every value goes in as a parameter.
            connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({marks})", rows)  # noqa: S608


def prepare_to_compare(connection: Connection, table: Table) -> None:
    """Let the database know how large the temporary table is, and take the memory for it."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_FOR_WHOLE_TABLES)
        connection.exec_driver_sql(f"ANALYZE {table.name}")


def _copy(connection: Connection, table: Table, batches: Iterable[Sequence[Sequence[str]]]) -> None:
    """PostgreSQL's text format: without control characters only the backslash needs care."""
    statement = f"COPY {table.name} ({', '.join(table.columns.keys())}) FROM STDIN"
    driver: Any = connection.connection.dbapi_connection
    with driver.cursor().copy(statement) as copy:
        for batch in batches:
            copy.write("".join(["\t".join(row) + "\n" for row in batch]).replace("\\", "\\\\"))
