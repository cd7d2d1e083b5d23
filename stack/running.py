"""Which stack runs from a data folder: at most one, and known to `make down`, `status` and the like."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from stack.errors import StackError
from stack.ports import Ports

_NAME = "running.json"


@dataclass(frozen=True)
class Running:
    """A stack that runs: the supervisor's process id, its ports, and whether all parts are ready."""

    pid: int
    ports: Ports
    ready: bool


class Claim:
    """The right to run from a data folder, held until the process ends."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def tell(self, ports: Ports, *, ready: bool) -> None:
        """Let other processes know about this stack."""
        self._file.seek(0)
        self._file.truncate()
        json.dump({"pid": os.getpid(), "ports": asdict(ports), "ready": ready}, self._file)
        self._file.flush()


@contextmanager
def claim(folder: Path) -> Iterator[Claim]:
    """Claim the data folder. Raises StackError where another process holds it, or it cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (folder / _NAME).open("a+", encoding="utf-8")
    except OSError as error:
        raise StackError(f"the data folder {folder} cannot be written to: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StackError(
                f"a stack already runs from {folder}: `make status` tells its addresses, `make down` stops it"
            ) from error
        yield Claim(file)


def find(folder: Path) -> Running | None:
    """The stack that runs from the folder; None where none does."""
    try:
        file = (folder / _NAME).open("r", encoding="utf-8")
    except FileNotFoundError:
        return None
    with file:
        try:
            # The lock goes with its process, however that ended: what the file says without it is history.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(file)
        return None


def _read(file: IO[str]) -> Running | None:
    try:
        told = json.load(file)
        return Running(told["pid"], Ports(**told["ports"]), told["ready"])
    except (ValueError, KeyError, TypeError):
        return None  # claimed a moment ago and not yet told
