"""A full database is brought up to date while customers register: no request fails, no customer is lost.

10,000 customers in `make test`, ten times as many in `make faults`.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import Any, cast

import customer_code_validator
import pytest
import requests
from alembic import command
from alembic.config import Config
from customer_code_validator.store import sealing
from customer_code_validator.store.engine import open_engine
from sqlalchemy import Engine, text

from stack.customers import Customer, fictitious
from stack.ports import free_port
from stack.validator import Validator
from tests.support.databases import Databases

CUSTOMERS = 10_000 * max(1, int(os.environ.get("FAULT_ROUNDS", "1")))
SECRET = "a-secret-for-the-migration-of-40-chars.."
KEYS = ("CUSTOMER_CODES_SECRET", "CUSTOMER_CODES_HASH_KEY", "CUSTOMER_CODES_IDENTITY_KEY")

# The statements of the first version, which its replicas go on using until they are replaced.
OLD_INSERT = text("""
    INSERT INTO customer_codes
        (code, codice_fiscale, first_name, last_name, status, email, imported_at, state)
    VALUES (:code, :codice_fiscale, :first_name, :last_name, :status, '',
            '2026-01-01 00:00:00.000000', 'free')""")
OLD_RESERVE = text("""
    UPDATE customer_codes SET state = 'reserved', reservation = :reservation
    WHERE code = :code AND status = 'active' AND state = 'free'""")
OLD_READ = text("SELECT codice_fiscale FROM customer_codes WHERE reservation = :reservation")
OLD_CLAIM = text("""
    UPDATE customer_codes SET state = 'claimed', user_id = :reservation
    WHERE reservation = :reservation AND codice_fiscale = :codice_fiscale AND state = 'reserved'""")
CLAIMED = text("SELECT count(*) FROM customer_codes WHERE state = 'claimed'")


class Registering:
    """Customers who register one after the other, until `stop`, which raises the failure that ended it."""

    def __init__(self, customers: Iterator[Customer]) -> None:
        self.done = 0
        self._customers = customers
        self._over = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run)

    def register(self, customer: Customer) -> None:
        """One of them; raise if anything is refused."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the customer whose turn it is."""
        self._over.set()
        self._thread.join()
        if self._failure:
            raise self._failure

    def _run(self) -> None:
        try:
            while not self._over.is_set():
                self.register(next(self._customers))
                self.done += 1
        except BaseException as failure:
            self._failure = failure


class AtTheOldService(Registering):
    """What a replica of the first version does to the database for one registration."""

    def __init__(self, engine: Engine, customers: Iterator[Customer]) -> None:
        super().__init__(customers)
        self._engine = engine

    def register(self, customer: Customer) -> None:
        """Reserve, compare, claim."""
        given = {"code": customer.code, "reservation": f"old-{customer.code}"}
        with self._engine.begin() as connection:
            assert connection.execute(OLD_RESERVE, given).rowcount == 1
        with self._engine.begin() as connection:
            recorded = connection.execute(OLD_READ, given).scalar_one()
            assert recorded == customer.codice_fiscale
            claimed = connection.execute(OLD_CLAIM, {**given, "codice_fiscale": recorded})
            assert claimed.rowcount == 1


class AtTheNewService(Registering):
    """The calls that Keycloak makes for one registration."""

    def __init__(self, url: str, customers: Iterator[Customer]) -> None:
        super().__init__(customers)
        self._url = url
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {SECRET}"

    def register(self, customer: Customer) -> None:
        """Reserve, check, claim."""
        owner = {"code": customer.code, "owner": customer.code, "address": "203.0.113.7"}
        here = f"/reservations/{self._post('/reservations', owner)['reservation']}"
        names = {"firstName": customer.first_name, "lastName": customer.last_name}
        self._post(f"{here}/check", {"codiceFiscale": customer.codice_fiscale, **names})
        user = {"userId": f"user-{customer.code}", "codiceFiscale": customer.codice_fiscale}
        assert self._post(f"{here}/claim", user)["code"] == customer.code

    def _post(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        answer = self._session.post(f"{self._url}/v1{path}", json=body, timeout=10)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return cast(dict[str, Any], answer.json())


@contextmanager
def going_on(*registering: Registering) -> Iterator[None]:
    """While the block runs these register, at least one customer each before it and after it."""
    for one in registering:
        one.start()
    try:
        for one in registering:
            _wait_for_more(one)
        yield
        for one in registering:
            _wait_for_more(one)
    finally:
        for one in registering:
            one.stop()


def _wait_for_more(registering: Registering) -> None:
    before = registering.done
    while registering.done == before and registering._failure is None:
        threading.Event().wait(0.01)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database."""
    if request.param == "postgresql":
        return cast(Databases, request.getfixturevalue("databases")).new()
    return f"sqlite:///{tmp_path / 'codes.sqlite3'}"


@pytest.fixture
def people(database_url: str) -> Iterator[list[Customer]]:
    """The customers of a registry that the first version filled."""
    engine = open_engine(database_url, busy_seconds=30)
    config = Config()
    config.set_main_option(
        "script_location", str(Path(customer_code_validator.__file__).parent / "migrations")
    )
    config.set_main_option("path_separator", "os")
    made = list(itertools.islice(fictitious(3), CUSTOMERS))
    names = ("code", "codice_fiscale", "first_name", "last_name", "status")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(OLD_INSERT, [dict(zip(names, astuple(one), strict=True)) for one in made])
    yield made
    engine.dispose()


def test_no_registration_fails_while_the_tables_and_then_the_data_are_brought_up_to_date(
    database_url: str, people: list[Customer], tmp_path: Path
) -> None:
    service = Validator(tmp_path, tmp_path / "log", free_port(), dict.fromkeys(KEYS, SECRET), database_url)
    engine = open_engine(database_url, busy_seconds=10)
    # Not one after the other: the migration goes through the codes in their order.
    order = iter([people[number * 7919 % CUSTOMERS] for number in range(CUSTOMERS)])
    old = AtTheOldService(engine, order)
    with going_on(old):
        service.command("migrate", "--schema-only")
    assert sealing.any_plain(engine), "the old service cannot read hashes"
    service.start()
    try:
        new = AtTheNewService(service.url, order)
        with going_on(new):
            service.command("migrate")
    finally:
        service.stop()
    assert not sealing.any_plain(engine)
    with engine.connect() as connection:
        assert connection.execute(CLAIMED).scalar_one() == old.done + new.done
    engine.dispose()
