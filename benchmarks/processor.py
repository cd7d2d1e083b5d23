"""Seconds of the processor that running servers have used: comparable also where a machine has other work."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def seconds(processes: Iterable[int]) -> float:
    """What these processes and those that they have started have used so far, where Linux tells."""
    return sum(_used(one) for first in processes for one in _with_children(first))


def _with_children(process: int) -> Iterator[int]:
    yield process
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        for child in listed.read_text(encoding="ascii").split():
            yield from _with_children(int(child))


def _used(process: int) -> float:
    """Own time, and that of children that have ended: fields 14 to 17 of proc(5), counted after the name."""
    after_name = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(int(ticks) for ticks in after_name[11:15]) / _TICKS
