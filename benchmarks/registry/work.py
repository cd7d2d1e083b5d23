"""What is timed: the import as its users start it, and what it is compared with."""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
from customer_code_validator.identities import Identities
from customer_code_validator.registry import processes
from customer_code_validator.registry.checking import Checker
from customer_code_validator.registry.source import open_source

from benchmarks import processor
from benchmarks.registry.report import Done
from benchmarks.running import BenchmarkError, plain_environment
from stack.customers import COLUMNS
from stack.postgresql import PostgreSQL

_KEY = "a-key-for-the-benchmark-of-40-characters"
_COLUMNS = ", ".join(COLUMNS)
_TABLES = """
CREATE TABLE peer (LIKE customer_codes INCLUDING ALL);
ALTER TABLE peer
    ALTER email SET DEFAULT '', ALTER imported_at SET DEFAULT now(), ALTER state SET DEFAULT 'free';
CREATE TABLE bare AS
    SELECT code, codice_fiscale, first_name, last_name, status FROM customer_codes WITH NO DATA;
ALTER TABLE customer_codes SET (autovacuum_enabled = off);
ALTER TABLE peer SET (autovacuum_enabled = off);
ALTER TABLE bare SET (autovacuum_enabled = off)
"""
"""PostgreSQL's own vacuum would come at one of the pieces of work by chance: see `Work.rest`."""
_COMMAND = Path(sys.executable).with_name("customer-codes")
_CHUNK = 2**16
_LOOK_SECONDS = 0.02


class Work:
    """On one server: the registry, a table like it with the same indexes, and a bare one without any."""

    def __init__(self, server: PostgreSQL, folder: Path) -> None:
        self._server = server
        self._url = server.url()
        self._folder = folder
        self._environment = {
            **plain_environment(),
            "CUSTOMER_CODES_DATABASE_URL": self._url,
            "CUSTOMER_CODES_IDENTITY_KEY": _KEY,
        }
        self._command("migrate")
        with psycopg.connect(self._url) as connection:
            connection.execute(_TABLES)

    def empty(self) -> None:
        """All tables, as before the first import."""
        self._tidy("TRUNCATE customer_codes, peer, bare")

    def rest(self) -> None:
        """What PostgreSQL does by itself within minutes: a later export comes days later."""
        self._tidy("VACUUM ANALYZE customer_codes")

    def copied(self, path: Path, table: str) -> Done:
        """A plain COPY of the file."""
        with self._used() as used, psycopg.connect(self._url) as connection, path.open("rb") as file:
            statement = f"COPY {table} ({_COLUMNS}) FROM STDIN WITH (FORMAT csv, HEADER)"
            with connection.cursor().copy(statement.encode()) as copy:
                while chunk := file.read(_CHUNK):
                    copy.write(chunk)
        return used.done()

    def parsed(self, path: Path) -> Done:
        """Python's CSV reader over the file, and nothing else."""
        with self._used() as used, path.open(encoding="utf-8", newline="") as file:
            for _ in csv.reader(file):
                pass
        return used.done()

    def read(self, path: Path) -> Done:
        """The file read as an import must read it: each row checked and hashed, no database."""
        with self._used() as used:
            source = open_source(path)
            checker = Checker(source.header, Identities(_KEY))
            for checked in processes.checked(source.chunks(), checker, processes.usual()):
                if checked.rejected:
                    raise BenchmarkError("a row was rejected")
        return used.done()

    def imported(self, path: Path, new: int = 0, changed: int = 0) -> Done:
        """`customer-codes import` as its users start it. Raises BenchmarkError for another result."""
        with self._used() as used:
            told = self._command("import", str(path), used=used)
        if not told.startswith(f"{new} new, {changed} changed, "):
            raise BenchmarkError(f"imported something else: {told.strip()}")
        return used.done()

    def _tidy(self, statement: LiteralString) -> None:
        """What follows begins without anything left to be written."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement)
            connection.execute("CHECKPOINT")

    def _command(self, *arguments: str, used: _Used | None = None) -> str:
        command = [str(_COMMAND), *arguments]
        with subprocess.Popen(command, env=self._environment, stdout=subprocess.PIPE, text=True) as running:
            while used is not None and running.poll() is None:
                used.look_at_memory(running.pid)
                time.sleep(_LOOK_SECONDS)
            told, _ = running.communicate()
        if running.returncode:
            raise BenchmarkError(f"customer-codes {arguments[0]} failed")
        return told

    @contextmanager
    def _used(self) -> Iterator[_Used]:
        used = _Used(self._server)
        yield used
        used.stop()


class _Used:
    """What a piece of work takes: time, the processor's time of this process, of those that it starts and of
    the database, and the peak memory of a command."""

    def __init__(self, server: PostgreSQL) -> None:
        self._server = server
        self._megabytes = 0.0
        self._seconds = -time.perf_counter()
        self._processor = -self._processor_now()

    def look_at_memory(self, process: int) -> None:
        self._megabytes = max(self._megabytes, processor.megabytes(process))

    def stop(self) -> None:
        self._seconds += time.perf_counter()
        self._processor += self._processor_now()

    def done(self) -> Done:
        return Done(self._seconds, self._processor, self._megabytes)

    def _processor_now(self) -> float:
        database = self._server.process.pid
        used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(one.ru_utime + one.ru_stime for one in used) + processor.seconds(
            [database] if database else []
        )
