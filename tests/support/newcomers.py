"""Customers of the co-op who have not registered."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from stack import customers
from stack.customers import Customer
from stack.local import Stack

#: Customers are imported so many at a time: each import is a process of its own.
_BATCH = 50

NewCustomer = Callable[[], Customer]


def newcomers(stack: Stack) -> NewCustomer:
    """Gives another one at each call."""
    source = customers.fictitious(seed=secrets.randbelow(10_000))
    waiting: list[Customer] = []

    def take() -> Customer:
        if not waiting:
            waiting.extend(next(source) for _ in range(_BATCH))
            stack.import_customers(waiting)
        return waiting.pop()

    return take
