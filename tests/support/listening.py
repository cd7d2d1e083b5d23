"""Where a process and its children listen, as the kernel knows it (Linux)."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from pathlib import Path

from stack.children import with_children

_LISTENING = "0A"


def listening(pid: int | None) -> set[tuple[str, int]]:
    """Addresses and ports of all listening TCP sockets of that process and what it started."""
    assert pid is not None, "the process does not run"
    inodes = {inode for process in with_children(pid) for inode in sockets(process)}
    return {place for table in ("tcp", "tcp6") for inode, place in _table(table) if inode in inodes}


def sockets(pid: int) -> set[str]:
    """The inodes of all sockets that the process itself has open."""
    found = set()
    for entry in Path("/proc", str(pid), "fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(str(entry.readlink()))
    return {name[len("socket:[") : -1] for name in found if name.startswith("socket:[")}


def _table(name: str) -> list[tuple[str, tuple[str, int]]]:
    rows = [line.split() for line in Path("/proc/net", name).read_text(encoding="ascii").splitlines()[1:]]
    return [(row[9], _place(row[1])) for row in rows if row[3] == _LISTENING]


def _place(written: str) -> tuple[str, int]:
    """Of “0100007F:1F90”: words of four bytes in the machine's order, then the port."""
    address, port = written.split(":")
    words = [int(address[start : start + 8], 16) for start in range(0, len(address), 8)]
    packed = b"".join(struct.pack("=I", word) for word in words)
    family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    return socket.inet_ntop(family, packed).removeprefix("::ffff:"), int(port, 16)
