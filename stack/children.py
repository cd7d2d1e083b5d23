"""The processes that a process has started, as Linux tells; elsewhere none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def children(process: int) -> list[int]:
    """Those that it has started itself, whichever of its threads did, and that still run."""
    found: list[int] = []
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        # It may end between the question and the answer.
        with suppress(FileNotFoundError, ProcessLookupError):
            found += map(int, listed.read_text(encoding="ascii").split())
    return found


def with_children(process: int) -> Iterator[int]:
    """This process and those that it has started and these, as far as they still run."""
    yield process
    for child in children(process):
        yield from with_children(child)
