"""PostgreSQL, the store of production, as a part of the stack.

Its programs come with the development requirements; where the server runs, `stack.runtime` decides.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from stack import runtime, tools
from stack.errors import StackError
from stack.plain import postgresql_environment, postgresql_program
from stack.ports import free_port
from stack.settings import HOST, POSTGRESQL_PRIVACY

_READY_SECONDS = 60.0
_SUPERUSER = "postgres"
#: Nothing of these data outlives the machine, and a killed server loses nothing without the flush.
_SETTINGS = {"listen_addresses": HOST, "fsync": "off", **POSTGRESQL_PRIVACY}
#: In the words of the official image.
_ENVIRONMENT = {
    "POSTGRES_HOST_AUTH_METHOD": "trust",
    "POSTGRES_INITDB_ARGS": "--encoding=UTF8 --locale=C.UTF-8 --no-sync",
}


@contextmanager
def running(log: Path) -> Iterator[PostgreSQL]:
    """A server on a free port until the block ends, which takes its data away. Raises StackError."""
    server = PostgreSQL(log, free_port())
    try:
        server.start()
        yield server
    finally:
        server.stop()
        server.remove()


class PostgreSQL:
    """One server with data of its own, which `remove` takes away.

    It listens on the local machine only and trusts who reaches it: for tests and benchmarks, whose data is
    made up.
    """

    def __init__(self, log: Path, port: int) -> None:
        self.process = runtime.postgresql(log)
        self.log = log
        self._port = port

    def url(self, user: str = _SUPERUSER, database: str = "postgres") -> str:
        """The address of a database for one of its users, as SQLAlchemy and psql take it."""
        return f"postgresql://{user}@{HOST}:{self._port}/{database}"

    def start(self) -> None:
        """Make the data where there is none, start, and return when it answers. Raises StackError."""
        settings = {**_SETTINGS, "port": str(self._port)}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process.start(["postgres", *arguments], _ENVIRONMENT)
        self.process.wait_until(self._answers, _READY_SECONDS)

    def stop(self) -> None:
        """End it in order."""
        self.process.stop()

    def crash(self) -> None:
        """End it at once, connections cut and nothing written: the next start recovers as after a crash."""
        self.process.send(signal.SIGQUIT)
        self.process.wait()

    def kill(self) -> None:
        """`kill -9` of every process of it (Linux only)."""
        self.process.kill()

    def remove(self) -> None:
        """Take the data away."""
        self.process.remove()

    def run(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as the superuser; what it printed. Raises StackError."""
        command = [postgresql_program("psql"), "-qAtX", self.url(database=database), "-c", statement]
        return tools.run(command, purpose="asking PostgreSQL", environment=postgresql_environment())

    def add_database(self, name: str) -> str:
        """Make a database with an owner and a schema of the same name; its address for the owner."""
        self.run(f"CREATE ROLE {name} LOGIN")
        self.run(f"CREATE DATABASE {name} OWNER {name}")
        self.run(f"CREATE SCHEMA AUTHORIZATION {name}", name)
        return self.url(name, name)

    def client(self, program: str, database: str, *arguments: str) -> Sequence[str]:
        """The command line of `pg_dump` or another of its programs for a database, as the superuser."""
        return [postgresql_program(program), *arguments, f"--dbname={self.url(database=database)}"]

    def _answers(self) -> bool:
        try:
            return self.run("SELECT 1").strip() == "1"
        except StackError:
            return False
