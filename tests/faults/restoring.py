"""The pair of databases, Keycloak’s and the validator’s, and what happened between their backups."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack.local import Stack
from stack.membership import Membership
from stack.ports import Ports
from stack.postgresql import PostgreSQL
from stack.progress import Printer
from tests.faults.upgrading import WithEmail
from tests.support.databases import postgresql
from tests.support.newcomers import newcomers
from tests.support.realm import Realm, eventually
from tests.support.registration import Registrant

ACCOUNTS, CODES = "keycloak", "validator"


@dataclass
class Pair:
    """The running system, its two databases, and a backup of each at every moment."""

    stack: Stack
    realm: Realm
    server: PostgreSQL
    folder: Path

    def back_up(self, moment: int) -> None:
        """As docs/operations/running.md says, the system going on."""
        for database in (ACCOUNTS, CODES):
            with self._backup(database, moment).open("wb") as file:
                command = self.server.client("pg_dump", database, "--format=custom")
                subprocess.run(command, stdout=file, check=True)

    def restore(self, accounts: int, codes: int) -> None:
        """Both at once, each to its own moment. Keycloak runs again afterwards, the validator does not."""
        self.stack.validator.stop()
        self.stack.keycloak.stop()
        self._put_back(ACCOUNTS, accounts)
        self._put_back(CODES, codes)
        self.stack.keycloak.start()
        self.realm = Realm(self.stack)  # the former session is not in the backup

    def held(self, code: str) -> tuple[str, str]:
        """The state of a code and its user, asked of the database: a command takes a second to start."""
        columns = "SELECT state, user_id FROM validator.customer_codes"
        state, _, user_id = self.server.run(f"{columns} WHERE code = '{code}'", CODES).strip().partition("|")
        return state, user_id

    def _put_back(self, database: str, moment: int) -> None:
        options = ("--clean", "--if-exists", "--exit-on-error", "--single-transaction")
        with self._backup(database, moment).open("rb") as file:
            subprocess.run(self.server.client("pg_restore", database, *options), stdin=file, check=True)

    def _backup(self, database: str, moment: int) -> Path:
        return self.folder / f"{database}-{moment}.dump"


@dataclass(frozen=True)
class Person:
    """A customer code and the accounts that it had, the first one first."""

    code: str
    accounts: tuple[str, ...]


@dataclass
class History:
    """Who did what between the backups. Moments: 0, 1 and 2.

    stays      registered before 0
    confirms   the same, confirmed the email between 0 and 1
    leaves     the same, deleted between 0 and 1
    returns    the same, deleted and registered anew between 0 and 1
    doubled    the same; between 0 and 1 the help desk freed the code against Keycloak’s word, and the
               customer registered once more: two accounts with one code
    visits     registered between 0 and 1, deleted between 1 and 2
    comes      registered between 0 and 1
    last       registered between 1 and 2
    """

    stays: Person
    confirms: Person
    leaves: Person
    returns: Person
    doubled: Person
    visits: Person
    comes: Person
    last: Person


@contextmanager
def running(folder: Path) -> Iterator[Pair]:
    """All of it on a PostgreSQL of its own, until the block ends."""
    with postgresql(folder / "postgresql.log") as databases:
        accounts, codes = databases.server.add_database(ACCOUNTS), databases.server.add_database(CODES)
        ports = Ports.free()
        membership = Membership(accounts, f"http://localhost:{ports.keycloak}")
        stack = Stack(folder, ports, database_url=codes, membership=membership, say=Printer())
        with stack:
            yield Pair(stack, Realm(stack), databases.server, folder)


def lived_through(pair: Pair) -> History:
    """Live through all of it, with a backup of the pair at each moment."""
    stack, take = pair.stack, newcomers(pair.stack)
    first = {name: take() for name in ("stays", "leaves", "returns", "doubled")}
    people = {name: _registered(pair, Registrant(stack, customer)) for name, customer in first.items()}
    waiting = WithEmail(stack, take())
    people["confirms"] = _registered(pair, waiting)
    pair.back_up(0)
    assert waiting.follow_mail("confermat").says("confermat")
    for name in ("leaves", "returns"):
        _delete(pair, people[name])
    stack.validator.command("release", people["doubled"].code, "--force")
    for name in ("returns", "doubled"):
        again = _registered(pair, Registrant(stack, first[name]))
        people[name] = Person(again.code, people[name].accounts + again.accounts)
    people |= {name: _registered(pair, Registrant(stack, take())) for name in ("visits", "comes")}
    pair.back_up(1)
    _delete(pair, people["visits"])
    people["last"] = _registered(pair, Registrant(stack, take()))
    pair.back_up(2)
    return History(**people)


def _registered(pair: Pair, registrant: Registrant) -> Person:
    code = registrant.customer.code
    registrant.register()
    user = pair.realm.user(registrant.username)
    assert user is not None
    eventually(lambda: pair.held(code), ("confirmed", user["id"]))
    return Person(code, (user["id"],))


def _delete(pair: Pair, person: Person) -> None:
    pair.realm.delete(person.accounts[-1])
    eventually(lambda: pair.held(person.code), ("free", ""))
