"""docker-compose.yml brought up once, by Docker where one answers, else by podman with substitute images.

With podman this proves the file, our Dockerfiles, the health checks, networks, secrets, volumes and the order
of the start. It does not prove the official images: their own entry points, users and tools are imitated by
tests/containers/substitutes/, as far as the file relies on them; Caddy and Prometheus are Debian's, older
than the official ones, and there is no Grafana. Nor does it prove the new Compose: the one that Debian has is
the old one, and here it does not build.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stack import cache
from stack.keycloak import Keycloak
from stack.mailbox.part import Mailbox
from stack.ports import Ports
from stack.progress import Printer
from stack.settings import realm_name
from tests.browser.site import Site
from tests.containers.images import Images
from tests.containers.podman import NAME, alone, kept_folder
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


@contextmanager
def project(folder: Path, ports: Ports) -> Iterator[Project]:
    """Ready to be brought up, its images built; nothing is there that a killed run has left."""
    if _docker_answers():
        with cache.exclusive(kept_folder()):
            made = Project(NAME, folder, ports, ("docker", "compose"), os.environ)
            made.build()
            made.down("--volumes")
            yield made
        return
    with alone(folder) as podman:
        images = Images(podman, folder, Printer())
        environment = {**podman.environment, **images.substitutes()}
        read = Project(NAME, folder, ports, podman.compose, environment).settled()["services"]
        images.build(read)
        environment["MAILPIT_IMAGE"] = images.mailpit(environment["PYTHON_IMAGE"])
        with podman.serving(), podman.tending(NAME):
            yield Project(NAME, folder, ports, podman.compose, environment, absent=("grafana",))


def _docker_answers() -> bool:
    try:
        asked = subprocess.run(["docker", "info"], capture_output=True, check=False)
        return (
            asked.returncode == 0
            and subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode
            == 0
        )
    except FileNotFoundError:
        return False


@pytest.fixture(scope="package")
def composed_site(composed: Project, container_ports: Ports) -> Site:
    """The realm's addresses, as published."""
    nowhere = composed.folder / "none"
    password = composed.secrets()["admin-password"]
    return Site(Keycloak(nowhere, nowhere, container_ports, password), realm_name())


@pytest.fixture(scope="package")
def composed_mailbox(composed: Project, container_ports: Ports) -> Mailbox:
    """The page that is published in Mailpit's place."""
    nowhere = composed.folder / "none"
    return Mailbox(nowhere, nowhere, container_ports)


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
