"""docker-compose.yml brought up once, by Docker where one answers, else by podman with substitute images.

With podman this proves the file, our Dockerfiles, the health checks, networks, secrets, volumes and the order
of the start. It does not prove the official images: their own entry points, users and tools are imitated by
tests/containers/substitutes/, as far as the file relies on them; Caddy and Prometheus are Debian's, older
than the official ones, and there is no Grafana. Nor does it prove the new Compose: the one that Debian has is
the old one, and here it does not build.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from stack import customers
from stack.customers import Customer
from stack.keycloak import Keycloak
from stack.mailbox.part import Mailbox
from stack.ports import Ports
from stack.settings import SAMPLE_CUSTOMERS, realm_name
from tests.browser.site import Site
from tests.containers.making import project
from tests.containers.project import Project


@pytest.fixture(scope="session")
def container_ports() -> Ports:
    """Free ones; Keycloak's and the mailbox's are published."""
    return Ports.free()


@pytest.fixture(scope="package")
def composed(tmp_path_factory: pytest.TempPathFactory, container_ports: Ports) -> Iterator[Project]:
    """The whole file, up."""
    folder = tmp_path_factory.mktemp("containers")
    with project(folder, container_ports) as made:
        try:
            made.up()
            yield made
        finally:
            made.down("--volumes")


@pytest.fixture(scope="package")
def composed_site(composed: Project, container_ports: Ports) -> Site:
    """The realm's addresses, as published."""
    nowhere = composed.clone / "none"
    password = composed.secrets()["admin-password"]
    return Site(Keycloak(nowhere, nowhere, container_ports, password), realm_name())


@pytest.fixture(scope="package")
def composed_mailbox(composed: Project, container_ports: Ports) -> Mailbox:
    """The page that is published in Mailpit's place."""
    nowhere = composed.clone / "none"
    return Mailbox(nowhere, nowhere, container_ports)


@pytest.fixture(scope="package")
def unregistered() -> Iterator[Customer]:
    """Sample customers that nobody has been yet: each is taken once."""
    return (each for each in customers.read(SAMPLE_CUSTOMERS) if each.status == "active" and each.first_name)


@pytest.fixture
def customer(unregistered: Iterator[Customer]) -> Customer:
    """One of this test's own."""
    return next(unregistered)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails shows what the containers have said meanwhile."""
    report = yield
    running = item.funcargs.get("composed") if isinstance(item, pytest.Function) else None
    if report.when == "call" and report.failed and isinstance(running, Project):
        report.sections.append(("containers", running.logs_since(call.start)))
    return report
