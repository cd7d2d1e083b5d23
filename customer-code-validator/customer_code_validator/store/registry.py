"""The registry's rows as import writes them: never the columns of a code's life."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from customer_code_validator.store.tables import State, codes


@dataclass(frozen=True)
class Customer:
    """One customer of the co-op's export, normalised. `status` is active or ceased."""

    code: str
    codice_fiscale: str
    first_name: str
    last_name: str
    status: str
    email: str


def known(connection: Connection, wanted: list[str]) -> dict[str, tuple[Customer, State]]:
    """Those of the wanted codes that the registry has, with the state of each."""
    rows = connection.execute(select(codes).where(codes.c.code.in_(wanted)))
    return {row.code: (_customer_of(row), State(row.state)) for row in rows}


def add(connection: Connection, customers: list[Customer], at: datetime) -> None:
    """New customers, their codes free."""
    if customers:
        rows = [{**asdict(one), "imported_at": at, "state": State.FREE} for one in customers]
        connection.execute(insert(codes), rows)


def change(connection: Connection, customers: list[Customer], at: datetime) -> None:
    """New data for known customers; the life of their codes is left alone."""
    if customers:
        rows = [{**asdict(one), "imported_at": at, "key": one.code} for one in customers]
        connection.execute(update(codes).where(codes.c.code == bindparam("key")), rows)


def _customer_of(row: object) -> Customer:
    fields = Customer.__dataclass_fields__
    return Customer(**{name: getattr(row, name) for name in fields})
