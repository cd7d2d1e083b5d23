"""Where Keycloak and PostgreSQL run: the one place that decides.

`make run`, `make up` and `make bench…` have them as processes of this machine. The tests offer containers
(`offer_containers`), and get them where an engine answers at DOCKER_HOST or at Docker's usual place.
TEST_SERVERS says otherwise: `plain` for no containers, `containers` for an error where there can be none.

Only Linux's own engine on this very machine will do: the containers share its network, so that addresses and
ports are the same, and its folders. What reads a process of it (who listens, the clock's agent) works too: a
container's processes are the machine's.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from stack.errors import StackError
from stack.plain import KeycloakProcess, PostgreSQLProcess
from stack.server import Server
from stack.settings import KEYCLOAK, Release

if TYPE_CHECKING:
    from stack.contained import PostgreSQLContainer

CHOICE = "TEST_SERVERS"
_CHOICES = ("", "plain", "containers")


@dataclass(frozen=True)
class Engine:
    """Docker, or podman in its place.

    rootless   whether root in its containers is the user who runs it
    hindrance  why the tests' servers cannot run in it, "" where they can
    """

    address: str
    rootless: bool = False
    hindrance: str = ""


class _Offer:
    """Whether this process would have containers, and whether it has been taken up."""

    made = False
    asked = False


def offer_containers() -> None:
    """Let the servers that this process starts from now on run in containers: for tests."""
    _Offer.made = True


def keycloak(log: Path, home: Path, release: Release) -> Server:
    """A Keycloak of this server folder, not started. Raises StackError where what was chosen cannot be had.

    An older release is a plain distribution always: the image that is named is the pinned release's.
    """
    chosen = _chosen() if release == KEYCLOAK else None
    if chosen is None:
        return KeycloakProcess(log, home)
    from stack.contained import KeycloakContainer

    return KeycloakContainer(log, home, rootless=chosen.rootless)


def postgresql(log: Path) -> PostgreSQLProcess | PostgreSQLContainer:
    """A PostgreSQL with data of its own, not started. Raises StackError as `keycloak` does."""
    if _chosen() is None:
        return PostgreSQLProcess(log)
    from stack.contained import PostgreSQLContainer

    return PostgreSQLContainer(log)


def account() -> list[str]:
    """A line that tells where the servers ran and why; none where no server was asked for."""
    if not _Offer.asked:
        return []
    chosen = _chosen()
    if chosen is not None:
        return [f"Keycloak and PostgreSQL ran in containers ({chosen.address})"]
    why = f"{CHOICE}=plain" if _wanted() == "plain" else _engine().hindrance
    return [f"Keycloak and PostgreSQL ran as processes of this machine ({why})"]


def _chosen() -> Engine | None:
    """The engine, where containers are offered, wanted and possible."""
    wanted = _wanted()
    _Offer.asked = _Offer.made
    if not _Offer.made or wanted == "plain":
        return None
    engine = _engine()
    if not engine.hindrance:
        return engine
    if wanted == "containers":
        raise StackError(
            f"{CHOICE}=containers, but {engine.hindrance}: start Docker or podman here, or {CHOICE}=plain"
        )
    return None


def _wanted() -> str:
    wanted = os.environ.get(CHOICE, "")
    if wanted not in _CHOICES:
        raise StackError(f"{CHOICE}={wanted} is none of plain and containers")
    return wanted


@cache
def _engine() -> Engine:
    """What answers, asked once: the parts of one system are in the same place."""
    from docker.errors import DockerException
    from requests import RequestException
    from testcontainers.core.docker_client import DockerClient, get_docker_host

    address = get_docker_host() or "Docker's usual place"
    try:
        known = DockerClient().client.info()
    except (DockerException, RequestException) as error:
        return Engine(address, hindrance=f"no Docker API answers at {address} ({error})")
    if known["Name"] != socket.gethostname():
        return Engine(address, hindrance=f"{address} is an engine of another machine, {known['Name']}")
    return Engine(address, rootless="name=rootless" in (known.get("SecurityOptions") or []))
