"""What all benchmarks share: the servers of their own, the printing, and what makes figures worthless."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stack.errors import StackError
from stack.keycloak import Keycloak
from stack.local import Stack
from stack.ports import Ports
from stack.progress import Printer

Lines = Iterator[str]
_APPENDED = "JAVA_OPTS_APPEND"


class BenchmarkError(Exception):
    """Something did not do its work as it should; its figures would mean nothing."""


def on_stack(name: str, run: Callable[[Stack], Lines], **parts: Any) -> int:
    """Print what `run` tells of a system of its own, and stop that. `parts` are options of `Stack`.

    The exit code: 0, or 1 where something failed to start or to do its work.
    """

    def lines() -> Lines:
        with (
            tempfile.TemporaryDirectory() as folder,
            Stack(Path(folder), Ports.free(), say=Printer(), **parts) as stack,
        ):
            yield from run(stack)

    return printed(name, lines())


def printed(name: str, lines: Iterable[str]) -> int:
    """Print each line as soon as it is known; the exit code as of `on_stack`."""
    try:
        for line in lines:
            print(line, flush=True)
    except (BenchmarkError, StackError, OSError, subprocess.SubprocessError) as error:
        print(f"benchmarks.{name}: {error}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def published_keycloak() -> Iterator[Keycloak]:
    """Keycloak as it is published, with an empty database of its own: no extension, no realm, and nothing
    said to Java about what to compile. Raises StackError."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(
            Path(folder), Ports.free(), realm=False, extension=False, validator=False, customers=None
        )
        compile_as_it_happens(stack.keycloak)
        with stack:
            yield stack.keycloak


def compile_as_it_happens(keycloak: Keycloak) -> None:
    """From its next start on it is without `KEYCLOAK_COMPILATION`."""
    keycloak.options_environment[_APPENDED] = os.environ.get(_APPENDED, "")


def compile_as_one_piece(keycloak: Keycloak) -> None:
    """From its next start on it is as it is by itself."""
    keycloak.options_environment.pop(_APPENDED, None)


def machine() -> str:
    """Where the figures come from."""
    load = os.getloadavg()[0]
    return f"{platform.machine()}, {os.cpu_count()} processors shared by servers and client, load {load:.1f}"


def plain_environment() -> dict[str, str]:
    """Of this process, but Python may keep what it compiled, as it does wherever a command is installed."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
