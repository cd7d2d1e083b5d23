"""Checking a file's chunks in processes beside this one: most of an import's time is checking and hashing."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice

from customer_code_validator.registry import processors
from customer_code_validator.registry.checking import Checked
from customer_code_validator.registry.rows import ImportFileError
from customer_code_validator.registry.source import Chunk

Check = Callable[[Chunk], Checked]

MOST = 4
"""More would wait for the one process that reads the file and for the database."""
AHEAD = 6
"""Chunks that are read or checked while the database is at work with those before them: some 10 MB."""


def usual() -> int:
    """As many as there are processors for this process, within reason."""
    return min(MOST, processors.usable())


def checked(chunks: Iterator[Chunk], check: Check, processes: int) -> Generator[Checked]:
    """Each chunk checked, in the order of the file; few of them are under way at once, so memory is flat.

    A file of one chunk needs no process beside this one. Raises `ImportFileError` if one of them dies.
    """
    first = list(islice(chunks, 2))
    if processes < 2 or len(first) < 2:
        yield from map(check, chain(first, chunks))
        return
    try:
        yield from _in_processes(chain(first, chunks), check, processes)
    except BrokenProcessPool:
        raise ImportFileError(
            "a process of the import ended before its time (out of memory?): nothing is imported; "
            "run it again, perhaps with --processes 1"
        ) from None


def _in_processes(chunks: Iterator[Chunk], check: Check, processes: int) -> Iterator[Checked]:
    # Not forked: a copy would hold this process's connections to the database.
    context = multiprocessing.get_context("spawn")
    under_way: deque[Future[Checked]] = deque()
    with ProcessPoolExecutor(processes, context, _begin, (check,)) as pool:
        for chunk in chunks:
            under_way.append(pool.submit(_checked, chunk))
            if len(under_way) >= processes + AHEAD:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


_checks: list[Check] = []
"""How this process checks, told to it when it began."""


def _begin(check: Check) -> None:
    # Ctrl-C reaches all processes of a terminal; the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _checks.append(check)


def _end_with_parent() -> None:
    """A parent that is killed tells nobody, and its processes would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _checked(chunk: Chunk) -> Checked:
    return _checks[-1](chunk)
