"""The realm brought to what realm-config/ says, by the provisioning CLI, when something relevant changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from stack import fingerprint, tools
from stack.progress import Say, step
from stack.settings import PROVISIONING_SOURCES, REALM_CONFIG

ENTRY = "import sys; from provisioning.cli import main; sys.exit(main())"


class Provisioner:
    """Applies the configuration to one Keycloak and remembers, in the file `stamp`, what it applied last.

    `version` is Keycloak's: its migrations may change what was applied before.
    """

    def __init__(self, stamp: Path, version: str, environment: Mapping[str, str], say: Say) -> None:
        self._stamp = stamp
        self._version = version
        self._environment = environment
        self._say = say

    def due(self) -> bool:
        """Whether something changed since the last success.

        Then the files are read, before anything is built or started for them. Raises StackError, each error
        with its file and line, where they cannot be applied.
        """
        if self._stamp.exists() and self._stamp.read_text(encoding="utf-8") == self._wanted():
            return False
        self._run("validate", purpose="reading the realm's configuration")
        return True

    def apply(self) -> None:
        """Apply. Raises StackError with what the CLI printed."""
        wanted = self._wanted()
        self._stamp.unlink(missing_ok=True)
        with step(self._say, "realm: provisioning"):
            # Nobody but this developer is hurt.
            self._run("apply", "--allow", "all", purpose="provisioning the realm")
        self._stamp.write_text(wanted, encoding="utf-8")

    def _run(self, *arguments: str, purpose: str) -> None:
        environment = {**os.environ, **self._environment}
        tools.run(command(*arguments), purpose=purpose, environment=environment)

    def _wanted(self) -> str:
        environment = [f"{name}={value}" for name, value in sorted(self._environment.items())]
        sources = fingerprint.of_sources(REALM_CONFIG, PROVISIONING_SOURCES)
        return fingerprint.of_text(self._version, sources, *environment)


def command(name: str, *arguments: str) -> list[str]:
    """The provisioning CLI's command line for the local environment of this repository's realm-config/."""
    where = ["--config", str(REALM_CONFIG), "--environment", "local"]
    return [sys.executable, "-c", ENTRY, name, *where, *arguments]
