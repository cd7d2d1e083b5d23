"""The few requests that the stack itself makes, with the standard library: nothing heavy at start.

`http.client` knows no proxies: our own servers are never asked through one.
"""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any
from urllib.parse import urlsplit


def answers(url: str, seconds: float = 2.0) -> bool:
    """Whether a GET of the URL gives 200 in time."""
    try:
        return request("GET", url, seconds)[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def listens(host: str, port: int, seconds: float = 2.0) -> bool:
    """Whether somebody takes a connection there."""
    try:
        socket.create_connection((host, port), seconds).close()
    except OSError:
        return False
    return True


def get_json(url: str, seconds: float = 10.0) -> Any:
    """The JSON that a GET of the URL gives. Raises OSError where it does not answer with 200."""
    status, body = request("GET", url, seconds)
    if status != 200:
        raise OSError(f"{url} answers {status}")
    return json.loads(body)


def request(method: str, url: str, seconds: float = 10.0) -> tuple[int, bytes]:
    """Status and body of one request. Raises OSError and http.client.HTTPException."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request(method, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}")
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
