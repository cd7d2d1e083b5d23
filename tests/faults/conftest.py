"""One system for the fault tests, with a gate between Keycloak and the validator."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator

import pytest

from stack import customers
from stack.local import Stack
from stack.ports import Ports
from stack.progress import Printer
from stack.settings import HOST, KEYCLOAK, Release
from tests.faults import on_cluster, on_postgresql
from tests.support import figures
from tests.support.breakable import Gate
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm
from tests.support.registration import RECOVERY_SECONDS, Registrant

#: Reconciliation runs only when a test asks for it, and then at once.
_TIMES = {"CUSTOMER_CODES_CLAIM_GRACE_SECONDS": "1", "CUSTOMER_CODES_RECONCILE_SECONDS": "86400"}
_CUSTOMERS = 2000
_FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def _system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Gate]]:
    ports, gate_port = Ports.free(), Ports.free().validator
    folder = tmp_path_factory.mktemp("faults")
    stack = Stack(folder, ports, validator_url=f"http://{HOST}:{gate_port}", settings=_TIMES, say=Printer())
    gate = Gate(stack.validator.url, gate_port)
    gate.open()
    with stack:
        yield stack, gate
    gate.close()


@pytest.fixture(scope="session")
def stack(_system: tuple[Stack, Gate]) -> Stack:
    """The system of the fault tests: Keycloak reaches the validator through the gate only."""
    return _system[0]


@pytest.fixture(scope="session")
def gate(_system: tuple[Stack, Gate]) -> Gate:
    """What a test breaks."""
    return _system[1]


@pytest.fixture(scope="session")
def realm(stack: Stack) -> Realm:
    """The realm as its administrator sees it."""
    return Realm(stack)


@pytest.fixture(scope="session")
def new_customer(stack: Stack) -> NewCustomer:
    """Gives a customer who has not registered, imported all at once: here servers may be down."""
    source = customers.fictitious(seed=secrets.randbelow(10_000))
    waiting = [next(source) for _ in range(_CUSTOMERS)]
    stack.import_customers(waiting)
    return waiting.pop


@pytest.fixture
def answering(stack: Stack, new_customer: NewCustomer) -> Iterator[None]:
    """The next test finds the validator asked again, however this one ends."""
    yield
    Registrant(stack, new_customer()).come_through(time.monotonic() + RECOVERY_SECONDS)


@pytest.fixture(scope="session")
def system(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[on_postgresql.System]:
    """The system on PostgreSQL that reconciles by itself."""
    with on_postgresql.running(tmp_path_factory.mktemp("on-postgresql")) as made:
        yield made
    request.config.stash.setdefault(_FIGURES, []).extend(made.figures)


@pytest.fixture(scope="module")
def cluster_release() -> Release:
    """The Keycloak that the cluster begins with."""
    return KEYCLOAK


@pytest.fixture(scope="module")
def cluster(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, cluster_release: Release
) -> Iterator[on_cluster.Cluster]:
    """Two nodes of Keycloak and two validators; what they went through is a table, told at the run's end."""
    with on_cluster.running(tmp_path_factory.mktemp("cluster"), cluster_release) as made:
        yield made
    written = tmp_path_factory.getbasetemp() / f"cluster-{cluster_release.version}.md"
    notes = "".join(f"\n{note}\n" for note in made.notes)
    written.write_text(f"{figures.markdown(made.figures)}{notes}", encoding="utf-8")
    told = [f"Cluster, also in {written}:", *written.read_text(encoding="utf-8").splitlines()]
    request.config.stash.setdefault(_FIGURES, []).extend(told)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What a long run has measured."""
    for line in config.stash.get(_FIGURES, []):
        terminalreporter.write_line(line)
