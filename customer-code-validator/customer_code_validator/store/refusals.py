"""How often the service refused somebody, over all customers, in small counts written by each worker."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from customer_code_validator.store.tables import refusals

_ADD = insert(refusals)


def add(connection: Connection, counts: Mapping[str, int], at: datetime) -> None:
    """Rows of their own: two workers never wait for each other."""
    if counts:
        rows = [{"at": at, "reason": reason, "count": count} for reason, count in counts.items()]
        connection.execute(_ADD, rows)


def since(connection: Connection, begin: datetime) -> dict[str, int]:
    """How many of each reason after `begin`."""
    query = select(refusals.c.reason, func.sum(refusals.c.count)).where(refusals.c.at > begin)
    return {reason: int(total) for reason, total in connection.execute(query.group_by(refusals.c.reason))}


def purge(connection: Connection, before: datetime) -> None:
    """Forget what is older."""
    connection.execute(delete(refusals).where(refusals.c.at < before))
