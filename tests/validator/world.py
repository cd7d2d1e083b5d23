"""The service over a real database, with a clock to move and a Keycloak that says what it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from customer_code_validator.claims import Claims
from customer_code_validator.customers import Customer
from customer_code_validator.directory import Absent, Answer, NoAnswer, Present
from customer_code_validator.hashing import KeyedHash
from customer_code_validator.identities import Identities
from customer_code_validator.limits import USUAL, Limits
from customer_code_validator.outcomes import ClaimOutcome, Reserved
from customer_code_validator.reconcile import Reconciler
from customer_code_validator.settings import Times
from customer_code_validator.store import codes, queues
from customer_code_validator.store.codes import Record
from customer_code_validator.store.engine import migrate, open_engine, reading
from customer_code_validator.store.tables import State, audit
from customer_code_validator.store.tables import codes as codes_table
from sqlalchemy import Connection, Engine, insert, select, update

HASH_KEY = "a-hash-key-for-tests-of-40-characters..."
IDENTITY_KEY = "an-identity-key-for-tests-of-40-chars..."
IDENTITIES = Identities(IDENTITY_KEY)
ROSSI = Customer("1000234567", "RSSMRA75C14H501L", "Mario", "Rossi", "active", "mario.rossi@example.org")
BIANCHI = Customer("1000234578", "BNCGLI88L62F205X", "Giulia", "Bianchi", "active", "")
CEASED = Customer("1000234666", "GRCPLA70H01A662M", "Paolo", "Greco", "ceased", "")
UNKNOWN = "1000999999"
HOME = "203.0.113.7"


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        """Move it by a timedelta's arguments."""
        self.now += timedelta(**duration)


@dataclass
class FakeDirectory:
    """Accounts by user id with the code of each; `down` makes every question unanswered; `asked` holds the
    questions about one, `listed` those about many; `meanwhile` is done once, between an answer and what is
    made of it.
    """

    users: dict[str, str] = field(default_factory=dict)
    down: bool = False
    asked: list[str] = field(default_factory=list)
    listed: list[list[str]] = field(default_factory=list)
    meanwhile: Callable[[], None] | None = None

    def user(self, user_id: str) -> Answer:
        """By id."""
        self.asked.append(user_id)
        if self.down:
            return NoAnswer("Keycloak is down")
        return self._then(Present(user_id) if user_id in self.users else Absent())

    def present(self, user_ids: list[str]) -> frozenset[str] | NoAnswer:
        """Many by id."""
        self.listed.append(user_ids)
        return NoAnswer("Keycloak is down") if self.down else frozenset(user_ids) & self.users.keys()

    def user_with_code(self, code: str) -> Answer:
        """By code."""
        self.asked.append(code)
        if self.down:
            return NoAnswer("Keycloak is down")
        return self._then(
            next((Present(user) for user, held in self.users.items() if held == code), Absent())
        )

    def _then(self, answer: Answer) -> Answer:
        if self.meanwhile:
            action, self.meanwhile = self.meanwhile, None
            action()
        return answer


@dataclass
class World:
    """Everything a test of the life of a code needs."""

    engine: Engine
    clock: FakeClock
    directory: FakeDirectory
    claims: Claims
    reconciler: Reconciler

    def reserve(self, customer: Customer = ROSSI, owner: str = "session-1", address: str = HOME) -> str:
        """Reserve and expect to be given the code; the reservation."""
        outcome = self.claims.reserve(customer.code, owner, address)
        assert isinstance(outcome, Reserved), outcome
        return outcome.reservation

    def claim(
        self,
        reservation: str,
        user: str = "user-1",
        customer: Customer = ROSSI,
        *,
        typed: str | None = None,
        email: str | None = None,
        told: bool = True,
    ) -> ClaimOutcome:
        """Claim as Keycloak does, which tells the reservation's code; `typed` in place of the customer's
        codice fiscale.
        """
        codice_fiscale = customer.codice_fiscale if typed is None else typed
        return self.claims.claim(reservation, user, codice_fiscale, email, customer.code if told else None)

    def claimed(self, customer: Customer = ROSSI, user: str = "user-1", owner: str = "session-1") -> str:
        """Reserve and claim; the reservation."""
        reservation = self.reserve(customer, owner)
        self.claim(reservation, user, customer)
        assert self.state(customer.code) == "claimed"
        return reservation

    def confirmed(self, customer: Customer = ROSSI, user: str = "user-1", owner: str = "session-1") -> str:
        """Reserve, claim, commit in Keycloak and confirm; the reservation."""
        reservation = self.claimed(customer, user, owner)
        self.directory.users[user] = customer.code
        self.claims.confirm(reservation, user)
        assert self.state(customer.code) == "confirmed"
        return reservation

    def record(self, code: str) -> Record:
        """The row of a code."""
        with reading(self.engine) as connection:
            found = codes.by_code(connection, code)
        assert found, code
        return found

    def state(self, code: str = ROSSI.code) -> str:
        """The state of a code."""
        return self.record(code).state

    def history(self, code: str = ROSSI.code) -> list[tuple[str, str, str]]:
        """The audit of a code: from, to, reason."""
        with reading(self.engine) as connection:
            events = queues.history(connection, code)
        return [(event.from_state, event.to_state, event.reason) for event in events]

    def audit_rows(self) -> list[dict[str, object]]:
        """All audit rows as they are stored."""
        with reading(self.engine) as connection:
            return [dict(row._mapping) for row in connection.execute(select(audit).order_by(audit.c.id))]


def add(connection: Connection, customers: list[Customer], at: datetime) -> None:
    """New customers, their codes free, without the ways of an import."""
    rows = [{**_stored(one), "imported_at": at, "state": State.FREE} for one in customers]
    connection.execute(insert(codes_table), rows)


def change(connection: Connection, customer: Customer, at: datetime) -> None:
    """New data for a customer; the life of the code is left alone."""
    theirs = codes_table.c.code == customer.code
    connection.execute(update(codes_table).where(theirs).values(**_stored(customer), imported_at=at))


def _stored(customer: Customer) -> dict[str, str]:
    """The customer as the registry keeps them."""
    sealed = IDENTITIES.seal(customer.code, customer.codice_fiscale)
    return {**customer._asdict(), "codice_fiscale": sealed}


def usual_limits(per_owner: int = 5, per_address: int = 10, per_code: int = 5) -> Limits:
    """The throttles with the product's figures."""
    return Limits(
        owner=replace(USUAL.owner, most=per_owner),
        address=replace(USUAL.address, most=per_address),
        identity=replace(USUAL.identity, most=per_code),
        holder=replace(USUAL.holder, most=per_code),
    )


@contextmanager
def make_world(
    database_url: str,
    limits: Limits | None = None,
    customers: tuple[Customer, ...] = (ROSSI, BIANCHI, CEASED),
) -> Iterator[World]:
    """A world over a new database with a few customers."""
    clock, directory = FakeClock(), FakeDirectory()
    migrate(database_url)
    engine = open_engine(database_url)
    with engine.begin() as connection:
        add(connection, list(customers), clock.now)
    times = Times()
    claims = Claims(
        engine, limits or usual_limits(), times.lease, KeyedHash(HASH_KEY), IDENTITIES, directory, clock
    )
    try:
        yield World(engine, clock, directory, claims, Reconciler(engine, directory, times, sweep_most=50))
    finally:
        engine.dispose()
