"""Who applies: in words for people, and precisely enough to know that a process of this machine has ended."""

from __future__ import annotations

import getpass
import os
import socket
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Applier:
    """`shown` is for people; `process` names machine, process id and its start, empty where unknown."""

    shown: str
    process: str

    @classmethod
    def here(cls) -> Applier:
        """This process."""
        shown = f"{_user()}@{socket.gethostname()}, process {os.getpid()}"
        place, start = _place(), _start_of(os.getpid())
        return cls(shown, f"{place} {os.getpid()} {start}" if place and start else "")

    def saw_end_of(self, process: str) -> bool:
        """Whether that process was of this machine and is gone for certain."""
        place, _, rest = process.partition(" ")
        pid, _, start = rest.partition(" ")
        if not pid.isdigit() or not start or place != self.process.partition(" ")[0]:
            return False
        return _start_of(int(pid)) != start


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        return f"user {os.getuid()}"


def _place() -> str:
    """This boot of this machine and its space of process ids: containers have one each."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{(_PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return ""


def _start_of(pid: int) -> str:
    """When the process started, in the kernel's ticks; empty where there is none. Ids are used again."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]
