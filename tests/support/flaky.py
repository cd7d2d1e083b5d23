"""A gateway before Keycloak that loses connections, times out or kills, at the requests it is told to."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from stack.settings import HOST

_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "server", "date"}


@dataclass(frozen=True)
class Asked:
    """One request: its number among all (from 1), method, and path with query."""

    number: int
    method: str
    path: str

    @property
    def admin(self) -> bool:
        """Whether it is a call of the admin REST interface, and no login."""
        return self.path.startswith("/admin/")


Fault = Callable[[Asked], str | None]
"""What goes wrong with a request: None for nothing, or one of FAULTS."""

FAULTS = ("lost before", "lost after", "502 before", "504 after", "503 before", "500 before")
"""Before: Keycloak never sees the request. After: it carries it out, and its answer is lost."""


class Flaky:
    """Hands every request on to `upstream` (Keycloak's URL), but for the `fault` of it."""

    def __init__(self, upstream: str, fault: Fault = lambda _: None) -> None:
        self.fault, self.asked = fault, list[Asked]()
        self._upstream = urlsplit(upstream)
        self._counting = threading.Lock()
        self._server = _Server((HOST, 0), self._handler())
        self.url = f"http://{HOST}:{self._server.server_address[1]}"

    @contextmanager
    def open(self) -> Iterator[Flaky]:
        """Listen until the block ends."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        with self._counting:
            asked = Asked(len(self.asked) + 1, handler.command, handler.path)
            self.asked.append(asked)
        kind, _, moment = (self.fault(asked) or "").partition(" ")
        if kind and moment == "before":
            return _fail(handler, kind)
        status, headers, answer = self._ask(handler, body)
        if kind:
            return _fail(handler, kind)
        return _answer(handler, status, headers, answer)

    def _ask(self, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(
            self._upstream.hostname or "", self._upstream.port, timeout=300
        )
        kept = {name: value for name, value in handler.headers.items() if name.lower() not in _HOP}
        try:
            connection.request(handler.command, handler.path, body, kept)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        flaky = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                flaky._handle(self)

            do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the library's names

            def log_message(self, format: str, *args: object) -> None:
                """Tests tell what matters."""

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is what these tests are about."""


def _fail(handler: BaseHTTPRequestHandler, kind: str) -> None:
    if kind == "lost":
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)
        return
    _answer(handler, int(kind), [("Content-Type", "text/html")], b"<html>the gateway is not well</html>")


def _answer(
    handler: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes
) -> None:
    handler.send_response(status)
    for name, value in headers:
        if name.lower() not in _HOP:
            handler.send_header(name, value)
    if status != 204:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
