"""Customers as the co-op's record has them, invented ones for tests and benchmarks, and their CSV."""

from __future__ import annotations

import csv
import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

_FIRST_NAMES = {"Anna": "NNA", "Bruno": "BRN", "Carla": "CRL", "Dario": "DRA", "Elena": "LNE", "Fabio": "FBA"}
_LAST_NAMES = {
    "Rossi": "RSS",
    "Bianchi": "BNC",
    "Ferrari": "FRR",
    "Conti": "CNT",
    "Serra": "SRR",
    "Longo": "LNG",
}
_WOMEN = frozenset({"Anna", "Carla", "Elena"})
_PLACES = ("A944", "F205", "H501", "L219", "D612")
_MONTHS = "ABCDEHLMPRST"


@dataclass(frozen=True)
class Customer:
    """One line of the co-op's record; the fields are named as the columns of sample-customers.csv."""

    code: str
    codice_fiscale: str
    first_name: str
    last_name: str
    status: str = "active"


COLUMNS = tuple(field.name for field in fields(Customer))


def read(path: Path, most: int | None = None) -> list[Customer]:
    """The customers of a CSV file, or its first ones. Raises OSError; KeyError where a column is missing."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = itertools.islice(csv.DictReader(file), most)
        return [Customer(**{name: row[name] for name in COLUMNS}) for row in rows]


def write(path: Path, customers: Iterable[Customer]) -> None:
    """Write customers as a CSV file. Raises OSError."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=COLUMNS)
        writer.writeheader()
        writer.writerows(asdict(customer) for customer in customers)


def fictitious(seed: int) -> Iterator[Customer]:
    """Endless invented customers, no code and no codice fiscale twice. The same seed gives the same ones."""
    # Only here: it would be the one import outside the standard library on the way of every start.
    from stdnum.it import codicefiscale

    chance = random.Random(seed)  # noqa: S311 - invented customers, no secret
    seen: set[str] = set()
    for number in itertools.count(1):
        first, last = chance.choice(list(_FIRST_NAMES)), chance.choice(list(_LAST_NAMES))
        day = chance.randint(1, 28) + (40 if first in _WOMEN else 0)
        born = f"{chance.randint(40, 99)}{chance.choice(_MONTHS)}{day:02d}{chance.choice(_PLACES)}"
        body = f"{_LAST_NAMES[last]}{_FIRST_NAMES[first]}{born}"
        if body in seen:
            continue
        seen.add(body)
        yield Customer(
            code=f"{seed % 10_000:04d}{number:06d}",
            codice_fiscale=body + codicefiscale.calc_check_digit(body),
            first_name=first,
            last_name=last,
        )
