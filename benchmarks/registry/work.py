"""What is timed: the import as its users start it, and what it is compared with."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from customer_code_validator.identities import Identities
from customer_code_validator.registry.importing import Reading
from customer_code_validator.registry.progress import Progress
from customer_code_validator.registry.rejects import Rejects
from customer_code_validator.registry.source import open_source
from customer_code_validator.store import registry as stored
from customer_code_validator.store.engine import open_engine

from benchmarks.registry.report import Done
from benchmarks.running import BenchmarkError
from stack.customers import COLUMNS
from stack.postgresql import PostgreSQL

_KEY = "a-key-for-the-benchmark-of-40-characters"
_COLUMNS = ", ".join(COLUMNS)
_TABLES = """
CREATE TABLE peer (LIKE customer_codes INCLUDING ALL);
ALTER TABLE peer
    ALTER email SET DEFAULT '', ALTER imported_at SET DEFAULT now(), ALTER state SET DEFAULT 'free';
CREATE TABLE bare AS
    SELECT code, codice_fiscale, first_name, last_name, status FROM customer_codes WITH NO DATA
"""
_CHUNK = 2**16
#: Leaves its own peak memory in a file: what the parent is told of it would hold the parent's own.
_ENTRY = """
import pathlib, sys
from customer_code_validator.cli import main
code = main(sys.argv[2:])
pathlib.Path(sys.argv[1]).write_text(pathlib.Path("/proc/self/status").read_text())
sys.exit(code)
"""


class Work:
    """On one server: the registry, a table like it with the same indexes, and a bare one without any."""

    def __init__(self, server: PostgreSQL, folder: Path) -> None:
        self._url = server.url()
        self._folder = folder
        self._environment = {
            **os.environ,
            "CUSTOMER_CODES_DATABASE_URL": self._url,
            "CUSTOMER_CODES_IDENTITY_KEY": _KEY,
        }
        self._command("migrate")
        with psycopg.connect(self._url) as connection:
            connection.execute(_TABLES)

    def empty(self) -> None:
        """All tables, as before the first import."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("TRUNCATE customer_codes, peer, bare")
            connection.execute("CHECKPOINT")

    def copied(self, path: Path, table: str) -> Done:
        """A plain COPY of the file."""
        with psycopg.connect(self._url) as connection, path.open("rb") as file:
            started = time.perf_counter()
            statement = f"COPY {table} ({_COLUMNS}) FROM STDIN WITH (FORMAT csv, HEADER)"
            with connection.cursor().copy(statement.encode()) as copy:
                while chunk := file.read(_CHUNK):
                    copy.write(chunk)
            connection.commit()
            return Done(time.perf_counter() - started)

    def parsed(self, path: Path) -> Done:
        """Python's CSV reader over the file, and nothing else."""
        started = time.perf_counter()
        with path.open(encoding="utf-8", newline="") as file:
            for _ in csv.reader(file):
                pass
        return Done(time.perf_counter() - started)

    def read(self, path: Path) -> Done:
        """The file read as an import must read it: each row checked and hashed, brought to the database."""
        engine = open_engine(self._url)
        started = time.perf_counter()
        with Rejects(path, None, _fail) as rejects, stored.connected(engine) as connection:
            reading = Reading(open_source(path), Identities(_KEY), rejects, Progress(io.StringIO()))
            stored.stage(connection, reading.batches())
        engine.dispose()
        return Done(time.perf_counter() - started)

    def imported(self, path: Path, new: int = 0, changed: int = 0) -> Done:
        """`customer-codes import` as a process; its peak memory. Raises BenchmarkError for another result."""
        started = time.perf_counter()
        told, megabytes = self._command("import", str(path))
        seconds = time.perf_counter() - started
        if not told.startswith(f"{new} new, {changed} changed, "):
            raise BenchmarkError(f"imported something else: {told.strip()}")
        return Done(seconds, megabytes)

    def _command(self, *arguments: str) -> tuple[str, float]:
        status = self._folder / "status"
        command = [sys.executable, "-c", _ENTRY, str(status), *arguments]
        told = subprocess.run(command, env=self._environment, check=True, capture_output=True, text=True)
        [peak] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return told.stdout, int(peak.split()[1]) / 1024


def _fail(line: str) -> None:
    raise BenchmarkError(f"a row was rejected: {line}")
