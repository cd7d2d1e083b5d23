"""A caller that costs little beside the servers: kept connections, one request in each at a time."""

from __future__ import annotations

import itertools
import json
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from benchmarks.running import BenchmarkError
from stack.settings import HOST

_HEADERS_END = b"\r\n\r\n"
_SECONDS = 30.0

_Given = TypeVar("_Given")
_Got = TypeVar("_Got")


class Connection:
    """One kept connection. Raises BenchmarkError for every answer but 200."""

    def __init__(self, port: int, secret: str) -> None:
        self._socket = socket.create_connection((HOST, port), _SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers = f" HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {secret}\r\n"

    def post(self, path: str, body: dict[str, str]) -> Any:
        """The JSON answered."""
        content = json.dumps(body)
        self._socket.sendall(
            f"POST {path}{self._headers}Content-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n{content}".encode()
        )
        head, body_read = self._head()
        wanted = int(head.lower().partition(b"content-length:")[2].split(None, 1)[0])
        while len(body_read) < wanted:
            body_read += self._receive()
        if not head.startswith(b"HTTP/1.1 200"):
            raise BenchmarkError(f"POST {path}: {head.splitlines()[0].decode()} {body_read.decode()}")
        return json.loads(body_read)

    def close(self) -> None:
        """Give the connection back."""
        self._socket.close()

    def _head(self) -> tuple[bytes, bytes]:
        read = self._receive()
        while _HEADERS_END not in read:
            read += self._receive()
        head, _, rest = read.partition(_HEADERS_END)
        return head, rest

    def _receive(self) -> bytes:
        received = self._socket.recv(65_536)
        if not received:
            raise BenchmarkError("the server closed a connection")
        return received


@dataclass(frozen=True)
class Done(Generic[_Given, _Got]):
    """One call: what it was about, its answer, and its seconds."""

    given: _Given
    got: _Got
    seconds: float


def at_once(
    connections: Sequence[Connection], call: Callable[[Connection, _Given], _Got], given: Sequence[_Given]
) -> tuple[float, list[Done[_Given, _Got]]]:
    """Call for each, on every connection one at a time; the seconds of all together, and each call."""

    def serve(connection: Connection, first: int) -> list[Done[_Given, _Got]]:
        return [_timed(connection, call, one) for one in given[first :: len(connections)]]

    with ThreadPoolExecutor(len(connections)) as threads:
        began = time.perf_counter()
        shares = list(threads.map(serve, connections, range(len(connections))))
        seconds = time.perf_counter() - began
    return seconds, list(itertools.chain.from_iterable(shares))


def _timed(
    connection: Connection, call: Callable[[Connection, _Given], _Got], given: _Given
) -> Done[_Given, _Got]:
    began = time.perf_counter()
    got = call(connection, given)
    return Done(given, got, time.perf_counter() - began)
