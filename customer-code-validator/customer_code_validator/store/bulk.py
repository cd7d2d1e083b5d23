"""Many rows into a temporary table, and comparing whole tables: the stores' own ways, beside engine.py."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Select, Table
from sqlalchemy.exc import DBAPIError

_FOR_WHOLE_TABLES = "SET LOCAL work_mem = '96MB'"
"""PostgreSQL's usual 4 MB make it sort and hash a million rows on disk."""


def load(connection: Connection, table: Table, texts: Iterable[str]) -> None:
    """Put rows into a table. A text holds some, each with a line end, their cells in the order of the columns
    with tabs between them; no cell holds a control character."""
    if connection.dialect.name == "postgresql":
        _copy(connection, table, texts)
        return
    marks = ", ".join("?" for _ in table.columns)
    for text in texts:
        if text:
            rows = [tuple(line.split("\t")) for line in text.rstrip("\n").split("\n")]
            # The table's name is the code's own; every value goes in as a parameter.
            connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({marks})", rows)  # noqa: S608


def reads_beside(connection: Connection) -> bool:
    """Whether a long reading may go on while rows are loaded, without keeping other writers waiting."""
    return connection.dialect.name == "postgresql"


def streamed(connection: Connection, query: Select[str], at_once: int) -> Iterator[list[str]]:
    """The query's texts, so many at a time, read while rows are loaded. Only where `reads_beside`.

    By the driver itself: for a million texts SQLAlchemy's results take longer than the database does.
    """
    statement = query.compile(connection, compile_kwargs={"literal_binds": True})
    with _driver(connection) as driver, driver.cursor("streamed") as cursor:
        cursor.execute(str(statement))
        while found := cursor.fetchmany(at_once):
            yield [text for (text,) in found]


def prepare_to_compare(connection: Connection, *tables: Table) -> None:
    """Let the database know how large the temporary tables are, and take the memory for them."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_FOR_WHOLE_TABLES)
        connection.exec_driver_sql(f"ANALYZE {', '.join(table.name for table in tables)}")


def _copy(connection: Connection, table: Table, texts: Iterable[str]) -> None:
    """The texts are PostgreSQL's own format: without control characters only the backslash needs care."""
    statement = f"COPY {table.name} ({', '.join(table.columns.keys())}) FROM STDIN"
    with _driver(connection) as driver, driver.cursor().copy(statement) as copy:
        for text in texts:
            copy.write(text.replace("\\", "\\\\"))


@contextmanager
def _driver(connection: Connection) -> Iterator[Any]:
    """The driver's connection; its errors become SQLAlchemy's, which callers handle. A text of PostgreSQL's
    may tell the row after its first line."""
    error_of_driver = connection.dialect.loaded_dbapi.Error
    try:
        yield connection.connection.dbapi_connection
    except error_of_driver as error:
        raise DBAPIError.instance(
            None, None, error, error_of_driver, hide_parameters=True, dialect=connection.dialect
        ) from None
