"""The system as a company runs it: two nodes of Keycloak and two validators on one PostgreSQL.

A balancer stands in front of the nodes, and browsers stay with one of them as long as it is ready; another
stands in front of the validators. All else of it is production's: the caches, how nodes find each other and
notice each other's end.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from stack import customers, distribution
from stack.customers import Customer
from stack.keycloak import Keycloak
from stack.local import Stack
from stack.membership import SHARED_DATABASE, Membership
from stack.ports import Ports, free_port
from stack.postgresql import PostgreSQL
from stack.progress import Printer
from stack.settings import KEYCLOAK, Release
from stack.validator import Validator
from tests.support.agreement import Agreement
from tests.support.balancer import Balancer, Server
from tests.support.databases import postgresql
from tests.support.figures import Row
from tests.support.realm import Realm
from tests.support.registration import Registrant, own_address
from tests.support.replicas import beside
from tests.support.steady_load import LOGGING_IN_AT_A_NODE, SteadyLoad

GRACE_SECONDS = 3
#: As in production, but for the pace: there the grace is 120 s and the period 60 s.
_TIMES = {"CUSTOMER_CODES_CLAIM_GRACE_SECONDS": str(GRACE_SECONDS), "CUSTOMER_CODES_RECONCILE_SECONDS": "1"}
_CUSTOMERS = 20_000


@dataclass(frozen=True)
class Seat:
    """What stays of a node, whichever release of Keycloak runs there."""

    name: str
    ports: Ports
    membership: Membership

    def node(self, stack: Stack, release: Release) -> Keycloak:
        """Its Keycloak, not started."""
        return Keycloak(
            stack.folder / self.name,
            stack.folder / "log" / f"{self.name}.log",
            self.ports,
            stack.credentials.admin_password,
            membership=self.membership,
            release=release,
        )


@dataclass
class Cluster:
    """The running parts, and what tells whether they agree."""

    stack: Stack
    seats: list[Seat]
    nodes: list[Keycloak]
    validators: list[Validator]
    database: PostgreSQL
    front: Balancer
    agreement: Agreement
    realm: Realm
    waiting: list[Customer]
    regulars: dict[int, list[Registrant]] = field(default_factory=dict)
    figures: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def newcomer(self, node: int) -> Registrant:
        """A customer who has not registered and whose browser stays with this node."""
        address = next(found for found in iter(own_address, "") if self.front.home(found) == node)
        return Registrant(self.stack, self.waiting.pop(), address=address)

    def load(self) -> SteadyLoad:
        """Customers who register and log in at both nodes while the block runs."""
        return SteadyLoad(self.newcomer, self.regulars)

    def upgrade(self, number: int, release: Release) -> None:
        """Stop a node and start this release in its place; it is built beforehand."""
        distribution.built(Printer(), release=release, database=SHARED_DATABASE)
        self.nodes[number].stop()
        self.nodes[number] = self.seats[number].node(self.stack, release)
        self.stack.prepare(self.nodes[number])
        self.nodes[number].start()

    def gather_regulars(self) -> None:
        """Register those who log in from then on."""
        for node in range(len(self.nodes)):
            self.regulars[node] = [self.newcomer(node) for _ in range(LOGGING_IN_AT_A_NODE)]
            for regular in self.regulars[node]:
                regular.register()


@contextmanager
def running(folder: Path, release: Release = KEYCLOAK) -> Iterator[Cluster]:
    """All of it, with this release of Keycloak, until the block ends."""
    with ExitStack() as ending:
        databases = ending.enter_context(postgresql(folder / "postgresql.log"))
        accounts, codes = databases.new(), databases.new()
        front_port, validators_port = free_port(), free_port()
        public = f"http://localhost:{front_port}"
        seats = [
            Seat(name, Ports.free(), Membership(accounts, public, free_port()))
            for name in ("keycloak", "keycloak-2")
        ]
        stack = Stack(
            folder,
            seats[0].ports,
            validator_url=f"http://127.0.0.1:{validators_port}",
            settings=_TIMES,
            database_url=codes,
            membership=seats[0].membership,
            release=release,
            say=Printer(),
        )
        nodes = [stack.keycloak, seats[1].node(stack, release)]
        validators = [stack.validator, beside(stack)]
        front = Balancer(front_port, [Server(node.port, node.health_url) for node in nodes], sticky=True)
        behind = [Server(one.port, f"{one.url}/readyz") for one in validators]
        for balancer in (front, Balancer(validators_port, behind, sticky=False)):
            balancer.open()
            ending.callback(balancer.close)
        ending.enter_context(stack)
        stack.prepare(nodes[1])
        ending.callback(_stop, nodes)
        ending.callback(validators[1].stop)
        nodes[1].start(wait=False)
        validators[1].start()
        nodes[1].wait_ready()
        source = customers.fictitious(seed=secrets.randbelow(10_000))
        waiting = list(itertools.islice(source, _CUSTOMERS))
        stack.import_customers(waiting)
        agreement = Agreement(stack, codes, GRACE_SECONDS)
        ending.callback(agreement.close)
        cluster = Cluster(
            stack, seats, nodes, validators, databases.server, front, agreement, Realm(stack), waiting
        )
        cluster.gather_regulars()
        yield cluster


def _stop(nodes: list[Keycloak]) -> None:
    for node in nodes:
        node.stop()
