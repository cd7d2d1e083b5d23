"""The system on one PostgreSQL, as in production, reconciling by itself, every part of it to be killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from stack.customers import Customer
from stack.local import Stack
from stack.membership import Membership
from stack.ports import Ports
from stack.progress import Printer
from stack.settings import HOST
from tests.support.agreement import Agreement
from tests.support.breakable import Gate
from tests.support.databases import postgresql
from tests.support.newcomers import newcomers
from tests.support.realm import Realm

GRACE_SECONDS = 3
#: As in production, but for the pace: there the grace is 120 s and the period 60 s.
_TIMES = {
    "CUSTOMER_CODES_CLAIM_GRACE_SECONDS": str(GRACE_SECONDS),
    "CUSTOMER_CODES_RECONCILE_SECONDS": "1",
}


@dataclass
class System:
    """The running parts, and what tells whether they agree."""

    stack: Stack
    accounts_url: str
    codes_url: str
    gate: Gate
    realm: Realm
    new_customer: Callable[[], Customer]
    agreement: Agreement
    kill: dict[str, Callable[[], None]]
    revive: dict[str, Callable[[], None]]
    figures: list[str] = field(default_factory=list)


@contextmanager
def running(folder: Path) -> Iterator[System]:
    """All of it, until the block ends."""
    ports, gate_port = Ports.free(), Ports.free().validator
    with postgresql(folder / "postgresql.log") as databases:
        accounts, codes = databases.new(), databases.new()
        stack = Stack(
            folder,
            ports,
            validator_url=f"http://{HOST}:{gate_port}",
            settings=_TIMES,
            database_url=codes,
            membership=Membership(accounts, f"http://localhost:{ports.keycloak}"),
            say=Printer(),
        )
        gate = Gate(stack.validator.url, gate_port)
        gate.open()
        with stack:
            agreement = Agreement(stack, codes, GRACE_SECONDS)
            database = databases.server
            yield System(
                stack,
                accounts,
                codes,
                gate,
                Realm(stack),
                newcomers(stack),
                agreement,
                {
                    "validator": stack.validator.kill,
                    "database": database.kill,
                    "keycloak": stack.keycloak.kill,
                },
                {
                    "validator": stack.validator.start,
                    "database": database.start,
                    "keycloak": stack.keycloak.start,
                },
            )
            agreement.close()
        gate.close()
