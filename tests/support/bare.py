"""A Keycloak with only its master realm and no extension, for tests that make realms of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.keycloak import Keycloak
from stack.local import Stack
from stack.ports import Ports
from stack.progress import Printer
from stack.settings import KEYCLOAK, Release


@contextmanager
def bare_keycloak(folder: Path, release: Release = KEYCLOAK) -> Iterator[Keycloak]:
    """One of this release, in this folder, until the block ends."""
    stack = Stack(
        folder,
        Ports.free(),
        realm=False,
        extension=False,
        validator=False,
        release=release,
        say=Printer(),
    )
    with stack:
        yield stack.keycloak
