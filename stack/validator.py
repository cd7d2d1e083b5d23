"""The validator of customer codes as a part of the stack."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from stack import fingerprint, http, tools
from stack.customers import Customer, write
from stack.process import Process
from stack.progress import Say, step
from stack.settings import HOST, VALIDATOR_SOURCES

_ENTRY = "import sys; from customer_code_validator.cli import main; sys.exit(main())"
_MIGRATIONS = VALIDATOR_SOURCES / "customer_code_validator" / "migrations"
_READY_SECONDS = 60.0


class Validator:
    """One validator, on a SQLite file of its own unless it is given the address of another database.

    `url` is where Keycloak finds it, `port` where it listens, `secret` the bearer secret, `database_url` the
    address of its database, `database` the SQLite file, `metrics_url` where Prometheus would look,
    `environment` what it runs with, as does every command of `customer-codes` on its database.
    """

    def __init__(
        self,
        folder: Path,
        log: Path,
        port: int,
        environment: Mapping[str, str],
        database_url: str | None = None,
        metrics_port: int | None = None,
    ) -> None:
        self.environment = {**os.environ, **environment}
        self._encrypted = "CUSTOMER_CODES_TLS_CERT_FILE" in self.environment
        self.url = f"{'https' if self._encrypted else 'http'}://{HOST}:{port}"
        self.metrics_url = f"http://{HOST}:{metrics_port}/metrics" if metrics_port else ""
        self.secret = environment["CUSTOMER_CODES_SECRET"]
        self.database = folder / "customer-codes.sqlite3"
        self.process = Process("the validator", log)
        self.log = log
        self._folder = folder
        self.port = port
        self._metrics_port = metrics_port
        self.database_url = database_url or f"sqlite:///{self.database}"
        self.environment["CUSTOMER_CODES_DATABASE_URL"] = self.database_url

    def prepare(self, say: Say, customers: Path | None) -> None:
        """Migrate the database and import the customers, each where it changed. Raises StackError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._once("migrated-to", fingerprint.of_sources(_MIGRATIONS), say, "validator: migrating", "migrate")
        if customers is not None:
            imported = fingerprint.of_file(customers)
            self._once("imported", imported, say, "validator: importing customers", "import", str(customers))

    def start(self, *, wait: bool = True) -> None:
        """Start it; unless told otherwise, return when it answers. Raises StackError with the log's end."""
        command = command_line("serve", "--host", HOST, "--port", str(self.port))
        if self._metrics_port:
            command += ["--metrics-port", str(self._metrics_port)]
        self.process.start(command, self.environment)
        if wait:
            self.wait_ready()

    def wait_ready(self) -> None:
        """Return when it answers. Raises StackError with the log's end."""
        self.process.wait_until(self._is_ready, _READY_SECONDS)

    def stop(self) -> None:
        """End it in order."""
        self.process.stop()

    def kill(self) -> None:
        """`kill -9`, its workers included."""
        self.process.kill()

    def restart(self) -> None:
        """Stop, start, and wait until it answers."""
        self.stop()
        self.start()

    def command(self, *arguments: str) -> str:
        """Run `customer-codes ARGUMENTS` on its database and return what it printed. Raises StackError."""
        return tools.run(
            command_line(*arguments),
            purpose=f"customer-codes {arguments[0]}",
            environment=self.environment,
        )

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The same, whatever its exit code; `environment` is changed for it."""
        return subprocess.run(
            command_line(*arguments),
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def answered(self, typed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same, with what somebody types when it asks."""
        return subprocess.run(
            command_line(*arguments),
            env=self.environment,
            input=f"{typed}\n",
            capture_output=True,
            text=True,
            check=False,
        )

    def import_customers(self, customers: Iterable[Customer]) -> None:
        """Import more customers of the co-op. Raises StackError."""
        with tempfile.TemporaryDirectory() as folder:
            listed = Path(folder, "customers.csv")
            write(listed, customers)
            self.command("import", str(listed))

    def _is_ready(self) -> bool:
        """Where it asks for a certificate we have none to show: then that it listens must do."""
        return http.listens(HOST, self.port) if self._encrypted else http.answers(f"{self.url}/readyz")

    def _once(self, name: str, wanted: str, say: Say, title: str, *arguments: str) -> None:
        stamp = self._folder / name
        if self._has_database() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return
        with step(say, title):
            self.command(*arguments)
        stamp.write_text(wanted, encoding="utf-8")

    def _has_database(self) -> bool:
        return not self.database_url.startswith("sqlite:") or self.database.exists()


def command_line(*arguments: str) -> list[str]:
    """`customer-codes ARGUMENTS`, in the Python that runs this."""
    return [sys.executable, "-c", _ENTRY, *arguments]
