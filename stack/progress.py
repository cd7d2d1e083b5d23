"""Lines that tell a person what goes on and since when."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Takes one finished line. Tests pass `quiet`, the command line `Printer()`.
Say = Callable[[str], None]


def quiet(_line: str) -> None:
    """Says nothing."""


class Printer:
    """Prints each line with the seconds since the start."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def __call__(self, line: str) -> None:
        print(f"[{time.monotonic() - self._started:5.1f} s] {line}", flush=True)


@contextmanager
def step(say: Say, title: str) -> Iterator[None]:
    """Announce a long step and, when it succeeded, how long it took."""
    started = time.monotonic()
    say(f"{title} …")
    yield
    say(f"{title}: done in {time.monotonic() - started:.1f} s")
