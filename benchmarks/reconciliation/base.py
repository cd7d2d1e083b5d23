"""A base of many accounts and their codes, written straight into both databases.

Registering a million customers would take ten hours; what reads them cannot tell the difference.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from stack import postgresql
from stack.local import Stack
from stack.membership import Membership
from stack.ports import Ports
from stack.progress import Printer
from stack.settings import realm_name

_CODICE_FISCALE = "RSSMRA80A01H501U"
_ID = "00000000-0000-4000-8000-{:012d}"
#: Usernames stand in another order than ids, as people's do.
_PEOPLE = """
CREATE TEMPORARY TABLE people ON COMMIT DROP AS
    SELECT '00000000-0000-4000-8000-' || lpad(n::text, 12, '0') AS id, lpad(n::text, 10, '0') AS code,
           substr(md5(n::text), 1, 12) || n AS name
    FROM generate_series(1, %(most)s) n
"""
_USERS = """
INSERT INTO user_entity (id, realm_id, username, email, email_constraint, email_verified, enabled, first_name,
                         last_name, created_timestamp, not_before)
    SELECT people.id, realm.id, people.name, people.name || '@example.org', people.name || '@example.org',
           true, true, 'Anna', 'Ferrari', (extract(epoch FROM now() - interval '1 day') * 1000)::bigint, 0
    FROM people, realm WHERE realm.name = %(realm)s
"""
_ATTRIBUTES = """
INSERT INTO user_attribute (id, name, value, user_id)
    SELECT gen_random_uuid()::text, 'customerCode', code, id FROM people
    UNION ALL SELECT gen_random_uuid()::text, 'codiceFiscale', %(codice_fiscale)s, id FROM people
"""
_CONFIRMED = """
UPDATE customer_codes SET state = 'confirmed', user_id = '00000000-0000-4000-8000-' || lpad(code, 12, '0'),
    claimed_at = now() - interval '1 day', changed_at = now() - interval '1 day'
    WHERE code = ANY(%(codes)s)
"""
_DELETIONS = (
    "DELETE FROM user_attribute WHERE user_id = ANY(%(ids)s)",
    "DELETE FROM user_entity WHERE id = ANY(%(ids)s)",
)
_LEFT = "SELECT count(*) FROM customer_codes WHERE state <> 'free' AND user_id = ANY(%(ids)s)"


@dataclass(frozen=True)
class Base:
    """A running system and the addresses of its two databases; accounts are numbered from 1 to `most`."""

    stack: Stack
    accounts_url: str
    codes_url: str
    most: int

    def fill(self, folder: Path) -> None:
        """Make the accounts, and a confirmed code for each. Raises StackError."""
        export, codes = folder / "base.csv", [f"{number:010d}" for number in range(1, self.most + 1)]
        with export.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["code", "codice_fiscale"])
            rows.writerows([code, _CODICE_FISCALE] for code in codes)
        self.stack.validator.command("import", str(export))
        values = {"most": self.most, "realm": realm_name(), "codice_fiscale": _CODICE_FISCALE}
        with psycopg.connect(self.accounts_url) as keycloak:
            for statement in (_PEOPLE, _USERS, _ATTRIBUTES, "ANALYZE"):
                keycloak.execute(statement, values)
        with psycopg.connect(self.codes_url) as validator:
            validator.execute(_CONFIRMED, {"codes": codes})
            validator.execute("ANALYZE")

    def delete_untold(self, numbers: list[int]) -> None:
        """Delete accounts as a restore of Keycloak's database would: nobody tells the validator.

        Keycloak must not have read them before: it would go on to know them from its cache.
        """
        with psycopg.connect(self.accounts_url) as keycloak:
            for statement in _DELETIONS:
                keycloak.execute(statement, _ids(numbers))

    def left(self, numbers: list[int]) -> int:
        """How many of these accounts still hold their codes."""
        with psycopg.connect(self.codes_url) as validator:
            [counted] = validator.execute(_LEFT, _ids(numbers)).fetchone() or [0]
        return int(counted)


def _ids(numbers: list[int]) -> dict[str, list[str]]:
    return {"ids": [_ID.format(number) for number in numbers]}


@contextmanager
def running(folder: Path, most: int) -> Iterator[Base]:
    """The whole system on a PostgreSQL of its own, without customers, until the block ends."""
    with postgresql.running(folder / "postgresql.log") as server:
        accounts, codes = server.add_database("keycloak"), server.add_database("validator")
        ports = Ports.free()
        membership = Membership(accounts, f"http://localhost:{ports.keycloak}")
        with Stack(
            folder, ports, customers=None, database_url=codes, membership=membership, say=Printer()
        ) as stack:
            yield Base(stack, accounts, codes, most)
