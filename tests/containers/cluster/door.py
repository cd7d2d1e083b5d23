"""Requests to the published TLS port, byte for byte as a client of bad manners sends them."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPSConnection

from stack.settings import HOST

_SECONDS = 20.0


@dataclass(frozen=True)
class Answer:
    """What came back; headers as they were sent, several of one name too."""

    status: int
    headers: list[tuple[str, str]]
    body: str

    def header(self, name: str) -> list[str]:
        """Every value under that name."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass(frozen=True)
class Door:
    """A name at a port of this machine, and the authority (PEM) that vouches for it."""

    name: str
    port: int
    authority: str

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"https://{self.name}:{self.port}"

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
        """The answer to the path as it is written here, followed nowhere; `_` in a header's name is a dash.

        Raises ssl.SSLCertVerificationError where the authority does not vouch for the name.
        """
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(_Connection(self)) as connection:
            return connection.answer(path, method, body, sent)

    def ask_all(self, requests: Iterable[tuple[str, str]], accept: str) -> Iterator[Answer]:
        """The answers to (method, path), one after the other on one connection."""
        with closing(_Connection(self)) as connection:
            for method, path in requests:
                yield connection.answer(path, method, "", {"Accept": accept})


class _Connection(HTTPSConnection):
    """To this machine, whatever the name resolves to."""

    def __init__(self, door: Door) -> None:
        super().__init__(door.name, door.port, timeout=_SECONDS)
        self._tls = ssl.create_default_context(cadata=door.authority)

    def answer(self, path: str, method: str, body: str, headers: dict[str, str]) -> Answer:
        """What comes back to one request."""
        self.request(method, path, body or None, headers)
        answer = self.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read().decode())

    def connect(self) -> None:
        plain = socket.create_connection((HOST, self.port), _SECONDS)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
