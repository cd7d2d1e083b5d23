"""The whole system on one machine: Keycloak, the validator and the mailbox, with the realm provisioned.

with Stack(folder, Ports.free()) as stack:
    stack.keycloak.url, stack.mailbox.wait_for("anna@example.org", "Conferma")
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from stack import distribution, tools
from stack.credentials import Credentials
from stack.customers import Customer
from stack.errors import StackError
from stack.keycloak import ADMIN_USERNAME, Keycloak
from stack.mailbox.part import Mailbox
from stack.membership import EMBEDDED_DATABASE, SHARED_DATABASE, Membership
from stack.ports import Ports
from stack.progress import Say, quiet
from stack.provision import Provisioner
from stack.server import STOP_SECONDS, Server
from stack.settings import HOST, KEYCLOAK, SAMPLE_CUSTOMERS, Release, realm_name
from stack.validator import Validator

_VALIDATOR_CLIENT = "customer-code-validator"
_PURGE_CLIENT = "customer-codes-purge"


class Stack:
    """The parts and their common life; `keycloak`, `validator`, `mailbox` can be stopped and started alone.

    folder         where data, secrets and logs are kept; what is there is used again
    ports          where each part listens; for tests `Ports.free()`
    validator_url  what the realm is given as the validator's address, where it is not the validator itself
                   but something put in between (a proxy that a test breaks)
    customers      a CSV file imported into the validator, None for none
    realm          whether the realm is provisioned; without it Keycloak has only its master realm
    extension      whether Keycloak holds the extension jar; without it no Maven build is needed
    validator      whether the validator is started
    settings       of the validator, where they are not its defaults: names and values as in its environment
    release        another Keycloak than the pinned one
    database_url   the validator's database, where it is not a SQLite file in `folder`
    membership     Keycloak's place among several nodes on one PostgreSQL, where its database is not embedded
    theme_cache    whether Keycloak caches themes, as in production; without it edits are seen at once

    Use it from the main thread: Linux ends the servers when the thread that started them is gone.
    """

    def __init__(
        self,
        folder: Path,
        ports: Ports,
        *,
        validator_url: str | None = None,
        customers: Path | None = SAMPLE_CUSTOMERS,
        realm: bool = True,
        extension: bool = True,
        validator: bool = True,
        settings: Mapping[str, str] | None = None,
        database_url: str | None = None,
        membership: Membership | None = None,
        theme_cache: bool = True,
        release: Release = KEYCLOAK,
        say: Say = quiet,
    ) -> None:
        self.folder = folder.resolve()
        self.ports = ports
        self.credentials = Credentials.load_or_create(self.folder / "secrets.json")
        logs = self.folder / "log"
        self.keycloak = Keycloak(
            self.folder / "keycloak",
            logs / "keycloak.log",
            ports,
            self.credentials.admin_password,
            theme_cache=theme_cache,
            membership=membership,
            release=release,
        )
        self.mailbox = Mailbox(self.folder / "mails", logs / "mailbox.log", ports)
        self._realm = realm_name() if realm or validator else ""
        self._settings = dict(settings or {})
        self.validator = Validator(
            self.folder / "validator",
            logs / "validator.log",
            ports.validator,
            self.validator_environment(),
            database_url,
            ports.validator_metrics,
        )
        self._validator_url = validator_url or self.validator.url
        self._customers = customers
        self._with_realm = realm
        self._with_extension = extension
        self._with_validator = validator
        self._database = SHARED_DATABASE if membership else EMBEDDED_DATABASE
        self._say = say
        self._provisioner = Provisioner(self.folder / "provisioned", release.version, self.environment(), say)

    def environment(self) -> dict[str, str]:
        """What the provisioning CLI needs to work on this stack: connection, and the values of local.yaml."""
        return {
            "KEYCLOAK_URL": self.keycloak.url,
            "KEYCLOAK_REALM": self._realm,
            "KEYCLOAK_USERNAME": ADMIN_USERNAME,
            "KEYCLOAK_PASSWORD": self.credentials.admin_password,
            "PUBLIC_URL": self.keycloak.url,
            "SMTP_HOST": HOST,
            "SMTP_PORT": str(self.ports.smtp),
            "VALIDATOR_URL": self._validator_url,
            "VALIDATOR_CLIENT_SECRET": self.credentials.validator_client_secret,
            "PURGE_CLIENT_SECRET": self.credentials.purge_client_secret,
        }

    def validator_environment(self) -> Mapping[str, str]:
        """What a validator needs beside its database to work with this Keycloak."""
        return {
            "CUSTOMER_CODES_SECRET": self.credentials.validator_secret,
            "CUSTOMER_CODES_HASH_KEY": self.credentials.validator_hash_key,
            "CUSTOMER_CODES_IDENTITY_KEY": self.credentials.validator_identity_key,
            "KEYCLOAK_URL": self.keycloak.url,
            "KEYCLOAK_REALM": self._realm,
            "KEYCLOAK_CLIENT_ID": _VALIDATOR_CLIENT,
            "KEYCLOAK_CLIENT_SECRET": self.credentials.validator_client_secret,
            "KEYCLOAK_PURGE_CLIENT_ID": _PURGE_CLIENT,
            "KEYCLOAK_PURGE_CLIENT_SECRET": self.credentials.purge_client_secret,
            **self._settings,
        }

    def start(self) -> None:
        """Start every part and provision the realm where needed; return when all is ready.

        Raises StackError; what was started until then is stopped again.
        """
        try:
            tools.java()
            self.ports.require_free()
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        provision = self._with_realm and self._provisioner.due()
        self.prepare(self.keycloak)
        self._say("Keycloak, validator and mailbox: starting …")
        # Keycloak needs longest: the others are made ready while it starts.
        self.keycloak.start(wait=False)
        self.mailbox.start(wait=False)
        if self._with_validator:
            self.validator.prepare(self._say, self._customers)
            self.validator.start(wait=False)
            self.validator.wait_ready()
        self.mailbox.wait_ready()
        self.keycloak.wait_ready()
        if provision:
            self._provisioner.apply()

    def prepare(self, node: Keycloak) -> None:
        """Make the folder of its Keycloak or of one more node, of that node's release. Raises StackError."""
        origin = distribution.built(
            self._say,
            extension=self._with_extension,
            release=node.release,
            database=self._database,
        )
        node.prepare(origin, *self._keycloak_secrets())

    def import_customers(self, customers: Iterable[Customer]) -> None:
        """Import more customers of the co-op into the validator. Raises StackError."""
        self.validator.import_customers(customers)

    def provision(self) -> None:
        """Apply realm-config/ to the running Keycloak, whether or not it changed. Raises StackError."""
        self._provisioner.apply()

    def stop(self) -> None:
        """Stop every part, all at once."""
        for process in self.processes():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.processes():
            process.wait(max(0.1, deadline - time.monotonic()))

    def processes(self) -> tuple[Server, ...]:
        """The servers of the parts, whether they run or not."""
        return (self.keycloak.process, self.validator.process, self.mailbox.process)

    def require_alive(self) -> None:
        """Raise StackError, with the end of its log, for the first started part that has ended by itself."""
        for process in self.processes():
            if process.exit_code is not None:
                raise StackError(process.account_of_end())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _keycloak_secrets(self) -> tuple[dict[str, str], dict[str, str]]:
        """The validator's secret: in the environment, and in the vault under production's name for it."""
        secret = self.credentials.validator_secret
        return {"CUSTOMER_CODES_SECRET": secret}, {f"{self._realm}_customer-codes-secret": secret}
