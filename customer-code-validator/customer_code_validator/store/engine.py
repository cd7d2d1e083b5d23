"""Opening the database: what differs between SQLite and PostgreSQL is in this file, and beside it in `bulk`
and `untried`."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import sqlalchemy
from sqlalchemy import Boolean, Connection, Engine, event, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

BUSY_SECONDS = 1.5
"""How long a request waits for another writer: less than the 2 s that the caller waits for us."""

_ASKED_EVERY = 0.0001
"""Seconds: a writer's transaction takes four times that."""

_FLUSHED = "flushed"
_TURN = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(CAST(:names AS text[])) AS name"
)
_HELD_TURN = text("SELECT pg_advisory_lock(hashtextextended(:name, 0))")
_NO_LIMITS = text(
    "SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN"
    " ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')"
)
_SESSION = {
    # Who has waited for a turn must see what was written meanwhile.
    "default_transaction_isolation": "read committed",
    # The driver reads no other times.
    "datestyle": "ISO",
}
"""Of a session on PostgreSQL, whatever is usual for the server, the database or the role."""
_LOCK_NOT_AVAILABLE = "55P03"
_MIGRATIONS = Path(__file__).parent.parent / "migrations"
_REVISION = text("SELECT version_num FROM alembic_version")


class NotMigratedError(Exception):
    """The database's schema is not yet what this version of the service needs."""


def open_engine(url: str, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """An engine for the address `url`; nothing is connected yet.

    `hide_parameters`: SQLAlchemy's errors would otherwise carry codes and names into logs.
    """
    if sqlalchemy.make_url(url).get_backend_name() == "sqlite":
        return _open_sqlite(url, busy_seconds)
    return _open_postgresql(url, busy_seconds)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads: on SQLite it does not wait for writers."""
    with engine.connect().execution_options(read_only=True) as connection, connection.begin():
        yield connection


@contextmanager
def unflushed(engine: Engine) -> Iterator[Connection]:
    """A writing transaction that does not wait for the disk: a power cut may undo it, a killed process not.

    For what reconciliation or the customer makes good again. Flushing is most of a small transaction's cost.
    """
    with engine.connect().execution_options(**{_FLUSHED: False}) as connection, connection.begin():
        yield connection


@contextmanager
def one_by_one(engine: Engine, *, flushed: bool = True) -> Iterator[Connection]:
    """For statements that need no transaction around them: on PostgreSQL each is one of its own, without
    BEGIN and COMMIT, each a way there and back that costs as much as a statement. On SQLite they are one
    transaction: there a way costs nothing, and BEGIN is where a writer waits its turn.

    Not `flushed`: as in `unflushed`, provided the statement that writes asks `UnflushedHere` too.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection
        return
    with engine.begin() if flushed else unflushed(engine) as connection:
        yield connection


class UnflushedHere(FunctionElement[bool]):
    """Always true: a condition by which a statement that is a transaction of its own does not wait for the
    disk."""

    type = Boolean()
    inherit_cache = True


@compiles(UnflushedHere, "postgresql")
def _by_a_setting(_element: UnflushedHere, _compiler: SQLCompiler, **_options: Any) -> str:
    return "set_config('synchronous_commit', 'off', true) = 'off'"


@compiles(UnflushedHere, "sqlite")
def _by_the_connection(_element: UnflushedHere, _compiler: SQLCompiler, **_options: Any) -> str:
    return "1"


def take_turn(connection: Connection, names: Sequence[str]) -> None:
    """Have these names alone until the transaction ends, one after the other, waiting for whoever has one.

    On SQLite a transaction that may write is alone in the whole database already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_TURN, {"names": list(names)})


def take_time(connection: Connection) -> None:
    """Work for as long as it takes, on this connection until it is closed: what the role or the server
    allows is meant for the short statements of the service."""
    if connection.dialect.name == "postgresql":
        connection.execute(_NO_LIMITS)


def hold_turn(connection: Connection, name: str) -> bool:
    """Have this name alone until the connection is closed; False where somebody else has it for too long.

    On SQLite nobody is kept out: only a writing transaction is alone there.
    """
    if connection.dialect.name != "postgresql":
        return True
    try:
        with connection.begin():
            connection.execute(_HELD_TURN, {"name": name})
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            return False
        raise
    return True


def writes_in_one(connection: Connection) -> bool:
    """Whether one statement may change a row and insert another that tells of it: one way less to go."""
    return connection.dialect.name == "postgresql"


def migrate(url: str) -> bool:
    """Bring the schema to this version's revision; harmless if it is there already.

    False where a later version has been here: what it left serves this one too (see `require_migrated`).
    """
    # Alembic takes a quarter of a second to import: only who migrates pays for it.
    from alembic import command
    from alembic.config import Config

    engine = open_engine(url, busy_seconds=30)
    try:
        with engine.begin() as connection:
            take_time(connection)
            # Of several replicas that start at once one migrates, and the others find it done.
            take_turn(connection, ["migrate"])
            if _is_later(_revision(connection)):
                return False
            config = Config()
            config.set_main_option("script_location", str(_MIGRATIONS))
            config.set_main_option("path_separator", "os")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return True
    finally:
        engine.dispose()


def require_migrated(engine: Engine) -> None:
    """Raise `NotMigratedError` unless the schema is this version's, or what a later one has made of it.

    A migration leaves what the version before needs: while replicas are replaced some of them start again,
    and who goes back to the version before finds the schema of the later one.
    """
    with reading(engine) as connection:
        revision = _revision(connection)
        if revision != newest_revision() and not _is_later(revision):
            raise NotMigratedError


def newest_revision() -> str:
    """The schema's that this version needs: each migration's file is named by its own."""
    return max(path.name.split("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _is_later(revision: str | None) -> bool:
    return revision is not None and revision > newest_revision()


def _revision(connection: Connection) -> str | None:
    """What Alembic has written down in the database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(_REVISION).scalar_one_or_none()


def _option(setting: tuple[str, str]) -> str:
    """As the server is told it when a session begins, where a blank would begin another option."""
    name, value = setting
    escaped = value.replace(" ", r"\ ")
    return f"-c {name}={escaped}"


def _open_postgresql(url: str, busy_seconds: float) -> Engine:
    patience = int(busy_seconds * 1000)
    settings = {**_SESSION, "lock_timeout": str(patience)}
    of_address = sqlalchemy.make_url(url).normalized_query.get("options", ())
    connect_args = {
        "connect_timeout": 2,
        "options": " ".join([*of_address, *map(_option, settings.items())]),
        # For a server gone without a word: Linux would go on trying for a quarter of an hour.
        "tcp_user_timeout": patience,
    }
    engine = sqlalchemy.create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,  # a restart of the database is not noticed by whoever asks next
        pool_timeout=busy_seconds,
        skip_autocommit_rollback=True,  # `one_by_one` leaves nothing to take back
        connect_args=connect_args,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(_FLUSHED, True):
            connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")

    return engine


def _open_sqlite(url: str, busy_seconds: float) -> Engine:
    engine = sqlalchemy.create_engine(url, hide_parameters=True, connect_args={"timeout": busy_seconds})
    first_in_line = threading.Lock()

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own BEGIN is switched off: `begin` below says which kind is wanted.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        driver = cast(sqlite3.Connection, connection.connection.dbapi_connection)
        driver.execute(f"PRAGMA synchronous={'FULL' if options.get(_FLUSHED, True) else 'NORMAL'}")
        if options.get("read_only", False):
            driver.execute(f"PRAGMA busy_timeout={int(busy_seconds * 1000)}")
            driver.execute("BEGIN")
        else:
            _begin_writing(driver, first_in_line, busy_seconds)

    return engine


def _begin_writing(driver: sqlite3.Connection, first_in_line: threading.Lock, busy_seconds: float) -> None:
    """Taking the write lock at once makes a writer wait its turn. A transaction that starts by reading and
    then writes would fail with "database is locked" without waiting.

    Of a process one thread at a time asks for the lock, and it asks often: SQLite's own waiting looks less
    and less often the longer it has waited (up to every 100 ms, `sqliteDefaultBusyCallback` in its main.c),
    so that whoever came first came last. Whose time is over before it is the first asks once.
    """
    until = time.monotonic() + busy_seconds
    is_first = first_in_line.acquire(timeout=busy_seconds)
    try:
        driver.execute("PRAGMA busy_timeout=0")
        while not _has_begun(driver, until):
            time.sleep(_ASKED_EVERY)
    finally:
        if is_first:
            first_in_line.release()


def _has_begun(driver: sqlite3.Connection, until: float) -> bool:
    """False while another one writes; once it is `until`, an OperationalError."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
            # SQLAlchemy names the errors of its own calls alone; callers handle its kind.
            raise OperationalError("BEGIN IMMEDIATE", None, error) from error
        return False
    return True
