"""The registry as it stands, read along with a file in the same order: a row that is in it as it is need not
be brought to the database to be compared there. Where the orders differ, fewer rows are spared, no more.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator
from functools import reduce

from sqlalchemy import ColumnElement, Connection, Select, String, literal, select

from customer_code_validator.customers import Customer
from customer_code_validator.store import bulk
from customer_code_validator.store.codes import ACTIVE
from customer_code_validator.store.tables import codes

_STRETCH = 10_000
"""Customers that the database hands over at once."""


class Standing:
    """Every customer as a staged line ends with them, a tab before each cell, by code. Read within the
    connection's transaction, the first at once: that takes the longest where the database has to sort."""

    def __init__(self, connection: Connection, told: Collection[str]) -> None:
        self._stretches = bulk.streamed(connection, _customers(told), _STRETCH)
        self._ahead = next(self._stretches, [])

    def up_to(self, code: str) -> list[str]:
        """All up to this code that were not given before."""
        # A code is followed by a tab, which is less than this and than whatever a longer code goes on with.
        bound, found = f"\t{code}\n", list[str]()
        while True:
            end = bisect_left(self._ahead, bound)
            found += self._ahead[:end]
            del self._ahead[:end]
            if self._ahead:
                return found
            self._ahead = next(self._stretches, [])
            if not self._ahead:
                return found

    def rest(self) -> Iterator[list[str]]:
        """All others, some at once."""
        yield self._ahead
        yield from self._stretches


def _customers(told: Collection[str]) -> Select[str]:
    """Columns that the file does not tell have what its rows have there.

    By the primary key's own order, for which nothing is sorted: of digits and capitals it is Python's, but
    for a few languages'.
    """
    instead = {"first_name": "", "last_name": "", "status": ACTIVE, "email": ""}
    cells = [
        literal(instead[name], String) if name in instead and name not in told else codes.c[name]
        for name in Customer._fields
    ]
    nothing: ColumnElement[str] = literal("", String)
    # Not concat_ws, which takes the database longer.
    line = reduce(lambda before, cell: before + "\t" + cell, cells, nothing)
    return select(line).order_by(codes.c.code)
