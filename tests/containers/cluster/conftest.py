"""`docker compose --profile cluster --profile observe up`: two nodes behind the proxy, and Prometheus.

No registry that is reachable here has Grafana: with podman it stays away, and its dashboard is held to what
the running Prometheus answers. That Grafana shows it is not proven.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from stack.customers import Customer
from stack.keycloak import Keycloak
from stack.mailbox.part import Mailbox
from stack.membership import Membership
from stack.ports import Ports
from stack.settings import realm_name
from tests.browser.conftest import open_browser
from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.containers.cluster.door import Door
from tests.containers.cluster.nodes import ADDED, wait_for_one_cluster
from tests.containers.project import Project


@pytest.fixture(scope="package")
def clustered(composed: Project) -> Iterator[Project]:
    """Both profiles, up beside what runs; in the end one node has the realm at its own address again."""
    composed.up("cluster", "observe")
    yield composed
    composed.again("public-address", PUBLIC_URL="")
    composed.remove(*ADDED, "public-address")


@pytest.fixture
def one_cluster(clustered: Project) -> Project:
    """The same, once the nodes share their sessions."""
    wait_for_one_cluster(clustered)
    return clustered


@pytest.fixture(scope="package")
def door(clustered: Project) -> Door:
    """The customers' address, with the proxy's own authority."""
    authority = clustered.inside("proxy", "cat", "/data/caddy/pki/authorities/local/root.crt").stdout
    return Door("login.localhost", clustered.public_port, authority)


@pytest.fixture
def public_site(door: Door, container_ports: Ports, clustered: Project) -> Site:
    """The realm's addresses as customers know them."""
    nowhere = clustered.clone / "none"
    behind = Membership("", door.url, 0)
    return Site(Keycloak(nowhere, nowhere, container_ports, "", membership=behind), realm_name())


@pytest.fixture(scope="package")
def free_code(unregistered: Iterator[Customer]) -> str:
    """Of a customer who types it and goes no further."""
    return next(unregistered).code


@pytest.fixture
def visitor(browser: Browser, public_site: Site, composed_mailbox: Mailbox) -> Iterator[Visitor]:
    """A person at a browser in front of the proxy; whether its certificate is good is asked elsewhere."""
    page, complaints = open_browser(browser, public_site, ignore_https_errors=True)
    yield Visitor(page, public_site, composed_mailbox)
    page.context.close()
    assert complaints.found == []
