"""A gate in the validator's place that can be broken in each way that a network or a service breaks.

Healthy, it hands every request on. Broken, it behaves badly at the steps it was told to, and only there.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from stack.settings import HOST

#: The steps of a registration, as the last part of their address, but for those of _BY_COLLECTION.
STEPS = ("reserve", "check", "claim", "confirm", "release")
_BY_COLLECTION = {"reservations": "reserve", "confirmations": "confirm"}

#: Where `redirects` sends to, and what is answered there.
ELSEWHERE = "/elsewhere"
_ACCEPTED = b'{"reservation": "r", "code": "c", "codiceFiscale": "f", "notify": null}'

SLOW_SECONDS = 5.0


@dataclass(frozen=True)
class Call:
    """One request of Keycloak: its step, what goes on to the validator, and how to get its true answer."""

    step: str
    handler: BaseHTTPRequestHandler
    true_answer: Callable[[], tuple[int, bytes]]


Fault = Callable[[Call], None]


class Gate:
    """Listens on a port of its own and hands on to the validator at `upstream` (its URL)."""

    def __init__(self, upstream: str, port: int) -> None:
        self.url = f"http://{HOST}:{port}"
        self.seen: list[str] = []
        self._upstream = urlsplit(upstream)
        self._port = port
        self._faults: dict[str, Fault] = {ELSEWHERE: answering(200, _ACCEPTED)}
        self._server: _Server | None = None

    def open(self) -> None:
        """Listen."""
        self._server = _Server((HOST, self._port), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Listen no more: connections are refused, and those that are open end."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.drop_connections()
            self._server = None

    @contextmanager
    def broken(self, fault: Fault, *steps: str) -> Iterator[None]:
        """Behave so at these steps, at all of them without a name, until the block ends; may be nested."""
        before = self._faults
        self._faults = before | dict.fromkeys(steps or (*STEPS, "other"), fault)
        try:
            yield
        finally:
            self._faults = before

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Connections are refused until the block ends."""
        self.close()
        try:
            yield
        finally:
            self.open()

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        """Packets vanish, as behind a firewall that drops them, until the block ends.

        A listener whose queue is full answers no new connection at all.
        """
        self.close()
        with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((HOST, self._port))
            listener.listen(0)
            for filler in (first, second):
                filler.setblocking(False)
                filler.connect_ex((HOST, self._port))
            time.sleep(0.1)
            yield
        self.open()

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        step = ELSEWHERE if handler.path == ELSEWHERE else _step_of(handler.command, handler.path)
        self.seen.append(step)
        fault = self._faults.get(step, healthy)
        fault(Call(step, handler, lambda: self._ask(handler, body)))

    def _ask(self, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        port = self._upstream.port
        connection = http.client.HTTPConnection(self._upstream.hostname or "", port, timeout=30)
        names = ("Authorization", "Content-Type")
        kept = {name: handler.headers[name] for name in names if name in handler.headers}
        try:
            connection.request(handler.command, handler.path, body, kept)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return 502, b""
        finally:
            connection.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                gate._handle(self)

            def do_DELETE(self) -> None:
                gate._handle(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client: object) -> None:
        if isinstance(request, socket.socket):
            self._open.add(request)
        super().process_request(request, client)

    def drop_connections(self) -> None:
        """End what is open, as the end of a process does."""
        for connection in self._open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # ended before

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has gone is what these tests are about."""


def _step_of(method: str, path: str) -> str:
    last = path.rstrip("/").rsplit("/", 1)[-1]
    if method == "POST" and last in _BY_COLLECTION:
        return _BY_COLLECTION[last]
    return last if last in STEPS else "other"


def _answer(call: Call, status: int, body: bytes, kind: str, *headers: tuple[str, str]) -> None:
    handler = call.handler
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers:
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def _hang_up(call: Call) -> None:
    call.handler.close_connection = True
    call.handler.connection.shutdown(socket.SHUT_RDWR)


def healthy(call: Call) -> None:
    """The validator's own answer."""
    status, body = call.true_answer()
    _answer(call, status, body, "application/json" if status == 200 else "application/problem+json")


def hangs_up(call: Call) -> None:
    """The connection ends without an answer."""
    _hang_up(call)


def says_nothing(call: Call) -> None:
    """The request is taken and nothing ever comes back."""
    time.sleep(4 * SLOW_SECONDS)
    _hang_up(call)


def answering_after(seconds: float) -> Fault:
    """The validator does what it is asked at once, but its answer comes later."""

    def answer(call: Call) -> None:
        status, body = call.true_answer()
        time.sleep(seconds)
        _answer(call, status, body, "application/json")

    return answer


answers_late = answering_after(SLOW_SECONDS)


def one_after_the_other() -> Fault:
    """The first request is handed on when a second one is there too, and the second after that."""
    first, second_is_there, first_is_answered = threading.Lock(), threading.Event(), threading.Event()

    def answer(call: Call) -> None:
        if first.acquire(blocking=False):
            second_is_there.wait(SLOW_SECONDS)
            healthy(call)
            first_is_answered.set()
        else:
            second_is_there.set()
            first_is_answered.wait(SLOW_SECONDS)
            healthy(call)

    return answer


def trickles(call: Call) -> None:
    """The headers come at once, the body byte by byte for longer than anybody waits."""
    status, body = call.true_answer()
    handler = call.handler
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    for byte in body[: int(SLOW_SECONDS / 0.25)]:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.25)
    _hang_up(call)


def truncates(call: Call) -> None:
    """The connection ends in the middle of the body."""
    status, body = call.true_answer()
    handler = call.handler
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body) + 1))
    handler.end_headers()
    handler.wfile.write(body[:-1])
    handler.wfile.flush()
    _hang_up(call)


def redirects(call: Call) -> None:
    """Sends Keycloak elsewhere with what it has sent; there everything is accepted."""
    elsewhere = f"http://{call.handler.headers['Host']}{ELSEWHERE}"
    _answer(call, 307, b"{}", "application/json", ("Location", elsewhere))


def answering(status: int, body: bytes, kind: str = "application/json") -> Fault:
    """Always this answer."""

    def answer(call: Call) -> None:
        _answer(call, status, body, kind)

    return answer
