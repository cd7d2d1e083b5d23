"""Customers of the co-op who have not registered."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from stack import customers
from stack.customers import Customer
from stack.local import Stack

#: Customers are imported so many at a time: each import is a process of its own.
_BATCH = 50

NewCustomer = Callable[[], Customer]
#: Gives the address that the co-op's registry has of a customer from then on.
KnownAddress = Callable[[Customer], str]


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


def known_address(stack: Stack, folder: Path) -> KnownAddress:
    """Has the registry hold an address of its own for a customer."""

    def give(customer: Customer) -> str:
        address = f"holder-{secrets.token_hex(6)}@registry.example"
        export = folder / f"{customer.code}.csv"
        cells = (customer.code, customer.codice_fiscale, customer.first_name, customer.last_name, address)
        header = "code,codice_fiscale,first_name,last_name,email"
        export.write_text(f"{header}\n{','.join(cells)}\n", encoding="utf-8")
        stack.validator.command("import", str(export))
        return address

    return give
