"""Opening the database: everything that differs between SQLite and PostgreSQL is in this file."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event

BUSY_SECONDS = 2.0
"""How long a request waits for another writer: less than the 3 s that the caller waits for us."""


class NotMigratedError(Exception):
    """The database's schema is not the one this version of the service needs."""


def open_engine(url: str, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """An engine for the address `url`; nothing is connected yet.

    `hide_parameters`: SQLAlchemy's errors would otherwise carry codes and names into logs.
    """
    if sqlalchemy.make_url(url).get_backend_name() == "sqlite":
        return _open_sqlite(url, busy_seconds)
    connect_args = {"connect_timeout": 2, "options": f"-c lock_timeout={int(busy_seconds * 1000)}"}
    return sqlalchemy.create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=connect_args)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads: on SQLite it does not wait for writers."""
    with engine.connect().execution_options(read_only=True) as connection, connection.begin():
        yield connection


def migrate(url: str) -> None:
    """Bring the schema to the newest revision; harmless if it is there already."""
    engine = open_engine(url, busy_seconds=30)
    try:
        with engine.begin() as connection:
            config = _alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def require_migrated(engine: Engine) -> None:
    """Raise `NotMigratedError` unless the schema is this version's."""
    head = ScriptDirectory.from_config(_alembic_config()).get_current_head()
    with reading(engine) as connection:
        if MigrationContext.configure(connection).get_current_revision() != head:
            raise NotMigratedError


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _open_sqlite(url: str, busy_seconds: float) -> Engine:
    engine = sqlalchemy.create_engine(url, hide_parameters=True, connect_args={"timeout": busy_seconds})

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own BEGIN is switched off: `begin` below says which kind is wanted.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # a claim survives a power cut too

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Taking the write lock at once makes a writer wait its turn. A transaction that starts by reading
        # and then writes would fail with "database is locked" without waiting.
        read_only = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
