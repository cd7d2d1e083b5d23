"""Where the service listens."""

import contextlib
import ctypes
import socket
import struct
from dataclasses import dataclass

_SO_ATTACH_FILTER = 26  # asm-generic/socket.h; Python's socket does not name it
_NO_NEWCOMERS = b"".join(
    struct.pack("HBBI", *instruction)
    for instruction in (
        (0x30, 0, 0, 13),  # the flags of the TCP header
        (0x54, 0, 0, 0x12),  # of them SYN and ACK
        (0x15, 0, 1, 0x02),  # SYN alone: who asks to be let in
        (0x06, 0, 0, 0),  # drop
        (0x06, 0, 0, 0xFFFFFFFF),  # let pass
    )
)
"""A packet filter in the kernel's classic BPF."""


class PortTakenError(Exception):
    """Something else listens there already; the message is one line that names it."""


@dataclass(frozen=True)
class Listener:
    """A place to listen on."""

    host: str
    port: int

    def __str__(self) -> str:
        """As gunicorn wants it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def require_free_port(listener: Listener) -> None:
    """Raise `PortTakenError` now: gunicorn itself would try for five seconds and then say less."""
    host, port = listener.host, listener.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError(f"cannot listen on port {port} of {host}: {error.strerror}") from None


def let_nobody_in(listener: socket.socket) -> None:
    """From now on no new connection begins, while those who are in, and those at the door, go on.

    Closing the socket would reset who stands at the door: connected by the kernel, request sent, not accepted
    yet. Where there are no such filters (not on Linux) nothing happens.
    """
    program = ctypes.create_string_buffer(_NO_NEWCOMERS)
    described = struct.pack("HL", len(_NO_NEWCOMERS) // 8, ctypes.addressof(program))
    with contextlib.suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, described)
