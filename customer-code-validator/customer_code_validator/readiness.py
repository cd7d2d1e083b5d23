"""What the service depends on, told apart: without its database it is not ready, without Keycloak it is.

Keycloak is asked in the background: a Keycloak that hangs must not make the probe hang. And the service must
be ready first, because Keycloak's own start asks for it.
"""

from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from customer_code_validator.directory import Directory, NoAnswer, NoDirectory
from customer_code_validator.periodic import Periodic
from customer_code_validator.store import queues
from customer_code_validator.store.engine import reading

EVERY = timedelta(seconds=10)
_NOBODY = "readiness-of-customer-codes"


class Readiness:
    """`keycloak` is up, down, unknown (not asked yet) or not configured."""

    def __init__(self, engine: Engine, directory: Directory) -> None:
        self._engine = engine
        self._directory = directory
        self.keycloak = "not configured" if isinstance(directory, NoDirectory) else "unknown"
        self._periodic = Periodic("readiness", EVERY, self.ask_keycloak, at_once=True)

    def start(self) -> None:
        """Begin to ask Keycloak, after the fork."""
        if self.keycloak != "not configured":
            self._periodic.start()

    def stop(self) -> None:
        """End before the worker does."""
        if self.keycloak != "not configured":
            self._periodic.stop()

    def ask_keycloak(self) -> None:
        """A question that only a working service account gets an answer to: for a user who is not there."""
        silent = isinstance(self._directory.user(_NOBODY), NoAnswer)
        self.keycloak = "down" if silent else "up"

    def parts(self) -> dict[str, str]:
        """Each part and whether it answers; the database is asked now."""
        return {"database": "up" if self._database_answers() else "down", "keycloak": self.keycloak}

    def _database_answers(self) -> bool:
        try:
            with reading(self._engine) as connection:
                queues.answers(connection)
        except SQLAlchemyError:
            return False
        return True
