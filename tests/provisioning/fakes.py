"""A gateway that remembers instead of sending, and a connection that answers as it was told."""

from __future__ import annotations

from typing import Any

from provisioning.connection import Answer, Connection
from provisioning.gateway import Gateway
from provisioning.login import Login
from provisioning.nodes import Json, revealed
from provisioning.reader import NotFoundError, RefusedError


class FakeGateway(Gateway):
    """Answers readings with what it was given and records writings; `refuse` names a path that is answered
    400. What it answers is what Keycloak does (tests/live/test_provisioning_contract.py)."""

    def __init__(self, export: Json = None, *, version: str = "26.7.4", refuse: str = "nothing") -> None:
        super().__init__(Login("http://fake", "master"))
        self._export, self._version, self._refuse = export, version, refuse
        self.written: list[tuple[str, str, Any]] = []

    def export(self, realm: str, *, whole: bool = True) -> Json:
        if self._export is None:
            raise NotFoundError("POST", f"/admin/realms/{realm}/partial-export", 404, "Realm not found.")
        return self._export

    def server_version(self) -> str:
        return self._version

    def twin(self) -> Gateway:
        return self

    def aside(self) -> Gateway:
        return _Lockable()

    def refresh(self) -> None:
        """Nothing to renew."""

    def get(self, path: str) -> Json:
        if path.endswith("/clients?first=500&max=1"):  # whether the realm is a large one
            return []
        return {"attributes": [], "id": "id-of" + path.replace("/", "-")}

    def post(self, path: str, body: Json) -> str:
        self._write("POST", path, body)
        return "new"

    def put(self, path: str, body: Json) -> None:
        self._write("PUT", path, body)

    def delete(self, path: str, body: Json = None) -> None:
        self._write("DELETE", path, body)

    def _write(self, method: str, path: str, body: Json) -> None:
        if self._refuse in path:
            raise RefusedError(method, f"/admin/realms{path}", 400, "Keycloak's own words")
        self.written.append((method, path, revealed(body)))


class _Lockable(FakeGateway):
    """Where the lock is kept: the one role that was made."""

    def get(self, path: str) -> Json:
        return {"id": "the-lock", **self.written[-1][2]}


class Scripted(Connection):
    """Answers one after the other as it was told, or raises what it was told; `sent` is what was asked."""

    def __init__(self, *outcomes: Answer | Exception) -> None:
        super().__init__(Login("http://fake", "master"), 1)
        self.outcomes, self.sent = list(outcomes), list[tuple[str, str]]()

    def send(self, method: str, url: str, body: str | None) -> Answer:
        self.sent.append((method, url.removeprefix("http://fake/admin/realms")))
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome
