"""Reading through Keycloak's admin REST interface: each call seen, counted, repeated where that is safe, and
its errors in words that say what to do.

A Reader has no method that writes: what is given one (plan, drift, import) cannot, and mypy proves it. What
writes is given a Gateway (gateway.py).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from provisioning import retry
from provisioning.connection import Answer, Connection, LostError
from provisioning.login import GatewayError, Login
from provisioning.nodes import Json, revealed, secrets_in

_FORBIDDEN = 403
_ROLES = (
    "manage-realm, manage-clients and manage-users of realm-management are needed (docs/operations/realm.md)"
)


class RefusedError(GatewayError):
    """Keycloak answered with an error; `status` is its HTTP status."""

    def __init__(self, method: str, path: str, status: int, reason: str) -> None:
        self.status = status
        super().__init__(f"{method} {path}: Keycloak answered {status}: {reason}")


class NotFoundError(RefusedError):
    """The realm or the object is not there, or this login may not know that it is."""


class UncertainError(GatewayError):
    """A call that must not be repeated blindly ended without a clear answer: only a reading of the realm can
    tell whether it was carried out."""


class Reader:
    """Readings below /admin/realms. Every answer that is no success raises; `calls` lists what was sent,
    tokens apart.

    `tell` is told of each wait, `sleep` does the waiting (seconds), `connection` stands in in tests.
    """

    def __init__(
        self,
        login: Login,
        timeout: int = 120,
        *,
        connection: Connection | None = None,
        tell: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.login = login
        self.calls: list[tuple[str, str]] = []
        self.tell, self.sleep = tell, sleep
        self._timeout = timeout
        self._connection = connection or Connection(login, timeout)

    def twin(self) -> Reader:
        """Another connection of the same login, for readings at the same time; its calls are counted here."""
        twin = Reader(self.login, self._timeout, tell=self.tell, sleep=self.sleep)
        twin.calls = self.calls
        return twin

    def get(self, path: str) -> Json:
        """The answer's JSON."""
        return self._json(self._send("GET", path))

    def export(self, realm: str, *, whole: bool = True) -> Json:
        """The realm in one call, without clients, groups and roles unless `whole`. A POST by name, a reading
        by nature: it changes nothing."""
        wanted = "true" if whole else "false"
        path = f"/{segment(realm)}/partial-export?exportClients={wanted}&exportGroupsAndRoles={wanted}"
        return self._json(self._send("POST", path, {}))

    def server_version(self) -> str:
        """The server's version; empty for a login that is not told, as Keycloak 26.4 and later do."""
        path = f"{self.login.url.rstrip('/')}/admin/serverinfo"
        try:
            answer = self._until_answered("GET", path, "/admin/serverinfo", None, repeatable=True)
        except RefusedError:
            return ""
        return str((self._json(answer).get("systemInfo") or {}).get("version", ""))

    def _send(self, method: str, path: str, body: Json = None) -> Answer:
        self.calls.append((method, path))
        shown = f"/admin/realms{path}"
        url = f"{self.login.url.rstrip('/')}{shown}"
        return self._until_answered(method, url, shown, body, repeatable=retry.repeatable(method, path))

    def _until_answered(self, method: str, url: str, shown: str, body: Json, *, repeatable: bool) -> Answer:
        data = None if body is None else json.dumps(revealed(body))
        what, again = f"{method} {shown}", False
        for wait in self._waits():
            try:
                answer = self._connection.send(method, url, data)
            except LostError as error:
                if error.sent and not repeatable:
                    raise UncertainError(f"{what}: {error}") from error
                words, again = str(error), again or error.sent
            else:
                if answer.status < 400 or (again and method == "DELETE" and answer.status == 404):
                    return answer
                words = f"Keycloak answered {answer.status}: {_reason(answer, body)}"
                if wait is None or not retry.passing(answer.status):
                    raise self._refused(method, shown, answer.status, _reason(answer, body))
                if not repeatable and answer.status != retry.TOO_MANY:
                    raise UncertainError(f"{what}: {words}")
                again = True
            self._pause(wait, what, words)
        raise AssertionError("the last wait raises")

    @staticmethod
    def _waits() -> Iterator[float | None]:
        """Seconds to wait after each failed try; None after the last."""
        yield from retry.WAITS
        yield None

    def _pause(self, wait: float | None, what: str, words: str) -> None:
        if wait is None:
            raise GatewayError(f"{what}: {words} ({len(retry.WAITS) + 1} tries in {sum(retry.WAITS):.0f} s)")
        self.tell(f"{what}: {words}; trying again in {wait:g} s")
        self.sleep(wait)

    def _refused(self, method: str, shown: str, status: int, reason: str) -> RefusedError:
        if status == _FORBIDDEN:
            reason += (
                f": {self.login.who} of realm {self.login.realm} lacks a role for this: {_ROLES};"
                " or Keycloak lets nobody do it, as to its own realm-management client"
            )
        return (NotFoundError if status == 404 else RefusedError)(method, shown, status, reason)

    def _json(self, answer: Answer) -> Json:
        try:
            return answer.json()
        except ValueError as error:
            raise GatewayError(
                f"{self.login.url} did not answer in JSON: is KEYCLOAK_URL Keycloak's own address?"
            ) from error


def segment(name: str) -> str:
    """A name as one segment of a path: aliases have spaces, roles may have slashes."""
    return quote(name, safe="")


def _reason(answer: Answer, sent: Json) -> str:
    """Keycloak's own words, without the secrets that were sent should it repeat them."""
    words = _words(answer)
    for secret in secrets_in(sent).values():
        words = words.replace(secret.reveal(), str(secret))
    return words


def _words(answer: Answer) -> str:
    """errorMessage, or error with its description, or the start of the body."""
    try:
        body: Any = answer.json()
    except ValueError:
        return answer.body[:300] or answer.reason
    if not isinstance(body, dict):
        return str(body)[:300]
    words = [str(body[key]) for key in ("errorMessage", "error", "error_description") if body.get(key)]
    return ": ".join(words) or str(body)[:300]
