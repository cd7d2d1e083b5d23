"""Forgetting in time: what served its purpose and tells about people."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from customer_code_validator.store import queues, refusals, throttles

REFUSALS_KEPT = timedelta(days=7)


def forget(engine: Engine, now: datetime, address_retention: timedelta) -> None:
    """Throttles whose windows are over, the audit's addresses past their retention, old refusals."""
    with engine.begin() as connection:
        throttles.purge(connection, now)
        queues.forget_addresses(connection, now - address_retention)
        refusals.purge(connection, now - REFUSALS_KEPT)
