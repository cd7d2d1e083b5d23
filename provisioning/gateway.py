"""Writing through Keycloak's admin REST interface: what apply is given, and nothing else."""

from __future__ import annotations

from provisioning.connection import LostError
from provisioning.nodes import Json
from provisioning.reader import Reader


class Gateway(Reader):
    """Calls below /admin/realms that change something, beside those that read."""

    def twin(self) -> Gateway:
        """Another connection of the same login, for calls at the same time; its calls are counted here."""
        twin = Gateway(self.login, self._timeout, tell=self.tell, sleep=self.sleep)
        twin.calls = self.calls
        return twin

    def aside(self) -> Gateway:
        """The same connection, one call at a time, for calls that are no part of a plan."""
        beside = Gateway(
            self.login, self._timeout, connection=self._connection, tell=self.tell, sleep=self.sleep
        )
        beside.calls = self.calls
        return beside

    def post(self, path: str, body: Json) -> str:
        """Send; the id of what was created (the last part of Location), or an empty text."""
        return self._send("POST", path, body).created

    def put(self, path: str, body: Json) -> None:
        """Replace or change."""
        self._send("PUT", path, body)

    def delete(self, path: str, body: Json = None) -> None:
        """Remove; role mappings and composites name in the body what to remove."""
        self._send("DELETE", path, body)

    def refresh(self) -> None:
        """A new token: the one in hand does not know a realm that was created after it."""
        for wait in self._waits():
            try:
                return self._connection.refresh()
            except LostError as error:
                self._pause(wait, "the login", str(error))
        return None
