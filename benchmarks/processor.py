"""What running programs use: memory, and the processor's time, comparable also where a machine is busy."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from stack.children import with_children

_PAGE = os.sysconf("SC_PAGE_SIZE")
_ENDED = (FileNotFoundError, ProcessLookupError)
_TICKS = os.sysconf("SC_CLK_TCK")


def seconds(processes: Iterable[int]) -> float:
    """What these processes and those that they have started have used so far, where Linux tells."""
    return sum(_used(one) for first in processes for one in with_children(first))


def megabytes(process: int) -> float:
    """Memory of this process and those that it has started, now. What they share counts in each of them."""
    return sum(_resident(one) for one in with_children(process)) / 1e6


def _used(process: int) -> float:
    """Own time, and that of children that have ended: fields 14 to 17 of proc(5), counted after the name."""
    with suppress(*_ENDED):
        after_name = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return sum(int(ticks) for ticks in after_name[11:15]) / _TICKS
    return 0.0


def _resident(process: int) -> int:
    with suppress(*_ENDED):
        return int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    return 0
