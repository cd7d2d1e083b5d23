"""Keycloak's own account of what reached it."""

from __future__ import annotations

import re
import time
import uuid

from stack import http
from stack.keycloak import Keycloak

_CALL = re.compile(r'"((?:GET|POST|PUT|DELETE) [^ "]+) HTTP')
_MARK = "mark="


def mark(server: Keycloak) -> str:
    """A mark in the log, after all that was answered before. Lines come a moment after their answers, not
    always in the same order: once one mark is seen, what was answered before it is in the log too."""
    _written(server)
    return _written(server)


def _written(server: Keycloak) -> str:
    made = f"{_MARK}{uuid.uuid4()}"
    http.answers(f"{server.url}/realms/master?{made}", 30.0)
    while made not in server.access_log.read_text(encoding="utf-8"):
        time.sleep(0.02)
    return made


def calls(server: Keycloak, since: str = "") -> list[str]:
    """Every call so far, as `GET /path`, or those since a mark."""
    until = mark(server)
    text = server.access_log.read_text(encoding="utf-8")
    found: list[str] = _CALL.findall(text[text.index(since) : text.index(until)])
    return [call for call in found if _MARK not in call]
