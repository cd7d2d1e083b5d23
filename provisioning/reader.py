"""Keycloak's admin REST interface without a way to write: what drift and import are given."""

from __future__ import annotations

from provisioning.calls import is_reading
from provisioning.connection import Answer
from provisioning.gateway import Gateway
from provisioning.nodes import Json


class WritingError(AssertionError):
    """A writing call was attempted where only reading is allowed: a mistake of this tool."""


class Reader(Gateway):
    """Refuses every call that could change something, before it leaves this process."""

    def _send(self, method: str, path: str, body: Json = None) -> Answer:
        if not is_reading(method, path):
            raise WritingError(f"{method} {path}")
        return super()._send(method, path, body)

    def twin(self) -> Reader:
        """Another connection, as unable to write."""
        twin = Reader(self.login, self._timeout, tell=self.tell, sleep=self.sleep)
        twin.calls = self.calls
        return twin
