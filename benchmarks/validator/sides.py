"""The two servers that are compared, over one store: the validator, and the bare route."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from customer_code_validator.store.engine import open_engine
from customer_code_validator.store.tables import State, audit, codes
from sqlalchemy import Engine, delete, update

from benchmarks import processor
from benchmarks.validator import bare
from benchmarks.validator.client import Connection, at_once
from stack import http
from stack.credentials import Credentials
from stack.customers import Customer
from stack.ports import free_port
from stack.process import Process
from stack.progress import quiet
from stack.settings import HOST
from stack.validator import Validator

_EMPTY = {"owner": None, "reservation": None, "lease_until": None, "user_id": None, "claimed_at": None}
_WORKERS, _THREADS = 2, 8
"""Of gunicorn, as `customer-codes serve` has them."""


@dataclass
class Times:
    """Seconds that all blocks took, and each request."""

    seconds: float = 0.0
    each: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Requests answered a second."""
        return len(self.each) / self.seconds

    def add(self, seconds: float, each: Sequence[float]) -> None:
        """One more block."""
        self.seconds += seconds
        self.each += each


@dataclass
class Side:
    """One server; `reserve` and `claim` are its times.

    `processes` are those that work for it, the database's too, and `processor` the seconds that they took.
    """

    name: str
    port: int
    secret: str
    processes: Sequence[int] = ()
    processor: float = 0.0
    reserve: Times = field(default_factory=Times)
    claim: Times = field(default_factory=Times)

    def block(self, customers: Sequence[Customer], concurrency: int, *, timed: bool = True) -> None:
        """Reserve and then claim for each customer. Raises BenchmarkError."""
        with ExitStack() as opened:
            connections = [Connection(self.port, self.secret) for _ in range(concurrency)]
            for connection in connections:
                opened.callback(connection.close)
            before = processor.seconds(self.processes)
            reserving, reserved = at_once(connections, _reserve, customers)
            claims = [(one.got, one.given) for one in reserved]
            claiming, claimed = at_once(connections, _claim, claims)
            used = processor.seconds(self.processes) - before
        if timed:
            self.processor += used
            self.reserve.add(reserving, [one.seconds for one in reserved])
            self.claim.add(claiming, [one.seconds for one in claimed])


def _reserve(connection: Connection, customer: Customer) -> str:
    number = int(customer.code) % 2**24
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    sent = {"code": customer.code, "owner": str(uuid.uuid4()), "address": address}
    return str(connection.post("/v1/reservations", sent)["reservation"])


def _claim(connection: Connection, claim: tuple[str, Customer]) -> str:
    reservation, customer = claim
    sent = {"userId": str(uuid.uuid4()), "codiceFiscale": customer.codice_fiscale, "code": customer.code}
    return str(connection.post(f"/v1/reservations/{reservation}/claim", sent)["code"])


class Store:
    """A database with its customers, and both servers over it."""

    def __init__(self, engine: Engine, customers: Sequence[Customer], sides: tuple[Side, Side]) -> None:
        self.customers = customers
        self.sides = sides
        self._engine = engine

    def reset(self) -> None:
        """All codes free again, and no audit: what the next block finds is what this one found."""
        with self._engine.begin() as connection:
            taken = update(codes).where(codes.c.state != State.FREE)
            connection.execute(taken.values(state=State.FREE, **_EMPTY))
            connection.execute(delete(audit))


@dataclass(frozen=True)
class Database:
    """Its address, None for the validator's own SQLite file, and its processes."""

    url: str | None = None
    processes: Sequence[int] = ()


@contextmanager
def served(
    folder: Path, database: Database, listed: Path, customers: Sequence[Customer], peer_worker: str
) -> Iterator[Store]:
    """Both servers, until the block ends; the peer has this kind of gunicorn's workers. Raises StackError."""
    secret = Credentials.load_or_create(folder / "secrets.json").validator_secret
    names = ("CUSTOMER_CODES_SECRET", "CUSTOMER_CODES_HASH_KEY", "CUSTOMER_CODES_IDENTITY_KEY")
    environment = dict.fromkeys(names, secret)
    port, peer_port = free_port(), free_port()
    ours = Validator(folder, folder / "validator.log", port, environment, database.url)
    url = database.url or f"sqlite:///{ours.database}"
    ours.prepare(quiet, listed)
    peer = Process("the bare route", folder / "bare.log")
    engine = open_engine(url, busy_seconds=30)
    try:
        ours.start()
        peer.start(_gunicorn(peer_port, peer_worker), {**os.environ, bare.DATABASE: url})
        peer.wait_until(lambda: http.answers(f"http://{HOST}:{peer_port}/"), 30)
        pids = [[process.pid or 0, *database.processes] for process in (ours.process, peer)]
        sides = (Side("validator", port, secret, pids[0]), Side("bare", peer_port, secret, pids[1]))
        yield Store(engine, customers, sides)
    finally:
        engine.dispose()
        ours.stop()
        peer.stop()


def _gunicorn(port: int, worker: str) -> list[str]:
    shape = ["--worker-class", worker, "--workers", str(_WORKERS), "--threads", str(_THREADS)]
    started = ["--preload", "--keep-alive", "30", "--bind", f"{HOST}:{port}", "--no-control-socket"]
    return [sys.executable, "-m", "gunicorn", *shape, *started, "benchmarks.validator.bare:create_app()"]
