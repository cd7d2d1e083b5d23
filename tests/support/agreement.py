"""Do accounts and codes of a running stack agree one to one, and how soon?"""

from __future__ import annotations

import time
from datetime import timedelta

from customer_code_validator import settings
from customer_code_validator.admin_api import UnansweredError
from customer_code_validator.census import KeycloakCensus
from customer_code_validator.claims import utc_now
from customer_code_validator.store import queues
from customer_code_validator.store.engine import open_engine, reading
from customer_code_validator.verify import Verifier
from sqlalchemy.exc import SQLAlchemyError

from stack.local import Stack

LONGEST_SECONDS = 300.0


class Agreement:
    """What `customer-codes reconcile --verify` asks, in this process: a new one for each question is slow."""

    def __init__(self, stack: Stack, database_url: str, grace_seconds: float) -> None:
        environment = stack.validator_environment()
        known = settings.keycloak(environment)
        assert known is not None
        self._engine = open_engine(database_url)
        grace = timedelta(seconds=grace_seconds)
        self._verifier = Verifier(
            self._engine,
            KeycloakCensus(known),
            settings.identities(environment),
            lambda: utc_now() - grace,
            pause_seconds=0,
        )

    def wait(self) -> float:
        """Until both agree and nothing waits for its confirmation; the seconds that it took."""
        began = time.monotonic()
        while (left := self._left()) and time.monotonic() < began + LONGEST_SECONDS:
            time.sleep(0.2)
        assert not left, f"after {LONGEST_SECONDS:.0f} s: {left}"
        return time.monotonic() - began

    def close(self) -> None:
        """End the connections."""
        self._engine.dispose()

    def _left(self) -> list[str]:
        try:
            with reading(self._engine) as connection:
                waiting = queues.unconfirmed(connection, utc_now(), 10)
            return [
                *self._verifier.run().disagreements,
                *(f"code {record.code} waits for its confirmation" for record in waiting),
            ]
        except (SQLAlchemyError, UnansweredError) as no_answer:
            return [type(no_answer).__name__]
