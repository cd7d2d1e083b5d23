"""Importing the co-op's export: read and validate each row, compare with the registry, write the difference.

The file is CSV in UTF-8, comma or semicolon, with the columns code, codice_fiscale, first_name, last_name
and, optionally, email and status (active or ceased; all are active where there is no such column). A
customer who is missing from a later export is left alone; one who is marked ceased can no longer register,
and the account, if any, is only reported.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine

from customer_code_validator import rules
from customer_code_validator.store import registry as stored
from customer_code_validator.store.registry import Customer
from customer_code_validator.store.tables import State

REQUIRED = ("code", "codice_fiscale", "first_name", "last_name")
OPTIONAL = ("status", "email")
STATUSES = ("active", "ceased")
BATCH = 500

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class ImportFileError(Exception):
    """The file as a whole cannot be imported; the message is one line that says what to do."""


@dataclass(frozen=True)
class RowError:
    """What is wrong in one line of the file. It repeats no value: lines hold personal data."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.line}: {self.column}: {self.reason}"


@dataclass
class ImportReport:
    """What an import did, or would have done if there were no errors."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    ceased: int = 0
    """Customers who are ceased now and were not before (counted under new or changed as well)."""
    ceased_with_account: int = 0
    errors: list[RowError] = field(default_factory=list)
    written: bool = False


def import_file(engine: Engine, path: Path, now: datetime, skip_invalid: bool = False) -> ImportReport:
    """Import in one transaction: nothing is written if a row is wrong, unless `skip_invalid`.

    Raises `ImportFileError` if the file cannot be read or its header is wrong.
    """
    report = ImportReport()
    with engine.connect() as connection, connection.begin() as transaction:
        for customers in _batches(_read(path, report.errors)):
            _write(connection, customers, now, report)
        report.written = skip_invalid or not report.errors
        if not report.written:
            transaction.rollback()
    report.errors.sort(key=lambda error: error.line)
    return report


def read_row(row: dict[str, str], line: int) -> Customer | list[RowError]:
    """One row as a customer, or everything that is wrong with it."""
    fiscal = rules.read_codice_fiscale(row["codice_fiscale"])
    customer = Customer(
        code=rules.normalise_code(row["code"]),
        codice_fiscale=fiscal.value if isinstance(fiscal, rules.CodiceFiscale) else "",
        first_name=row["first_name"].strip(),
        last_name=row["last_name"].strip(),
        status=row.get("status", "active").strip().lower(),
        email=row.get("email", "").strip(),
    )
    return [RowError(line, column, reason) for column, reason in _faults(customer)] or customer


def _faults(customer: Customer) -> Iterator[tuple[str, str]]:
    if not rules.CODE_SHAPE.fullmatch(customer.code):
        yield "code", "not 4 to 32 letters and digits"
    if not customer.codice_fiscale:
        yield "codice_fiscale", "not valid (length, check character or birth date)"
    if not customer.last_name:
        yield "last_name", "empty"
    for column in ("first_name", "last_name"):
        if len(getattr(customer, column)) > 200:
            yield column, "longer than 200 characters"
    if customer.status not in STATUSES:
        yield "status", f"not one of {', '.join(STATUSES)}"
    if customer.email and (len(customer.email) > 254 or not _EMAIL.fullmatch(customer.email)):
        yield "email", "not an address"


def _read(path: Path, errors: list[RowError]) -> Iterator[Customer]:
    """The valid customers of the file; what is wrong goes to `errors`."""
    line_of: dict[str, int] = {}
    for line, row in _rows(path):
        customer = read_row(row, line) if row else [RowError(line, "line", "wrong number of columns")]
        if isinstance(customer, list):
            errors.extend(customer)
        elif customer.code in line_of:
            errors.append(RowError(line, "code", f"the same as in line {line_of[customer.code]}"))
        else:
            line_of[customer.code] = line
            yield customer


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Line number and row; None for a row that has not as many columns as the header."""
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            delimiter = ";" if ";" in first else ","
            header = [name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter), [])]
            _require_header(path, header)
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            for cells in reader:
                line = reader.line_num + 1
                if cells:
                    yield line, dict(zip(header, cells, strict=True)) if len(cells) == len(header) else None
    except OSError as error:
        raise ImportFileError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ImportFileError(f"{path}: not UTF-8 after line {line}; export it again as UTF-8") from None
    except csv.Error as error:
        raise ImportFileError(f"{path}:{line + 1}: not valid CSV: {error}") from None


def _require_header(path: Path, header: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise ImportFileError(f"{path}:1: column missing: {', '.join(missing)}")
    unknown = [name for name in header if name not in REQUIRED + OPTIONAL]
    if unknown or len(set(header)) != len(header):
        known = ", ".join(REQUIRED + OPTIONAL)
        raise ImportFileError(f"{path}:1: a column is unknown or there twice; known are: {known}")


def _batches(customers: Iterable[Customer]) -> Iterator[list[Customer]]:
    source = iter(customers)
    while batch := list(islice(source, BATCH)):
        yield batch


def _write(connection: Connection, customers: list[Customer], now: datetime, report: ImportReport) -> None:
    known = stored.known(connection, [one.code for one in customers])
    new = [one for one in customers if one.code not in known]
    changed = [one for one in customers if one.code in known and known[one.code][0] != one]
    stored.add(connection, new, now)
    stored.change(connection, changed, now)
    report.new += len(new)
    report.changed += len(changed)
    report.unchanged += len(customers) - len(new) - len(changed)
    for one in (*new, *changed):
        before = known.get(one.code)
        if one.status == "ceased" and (before is None or before[0].status != "ceased"):
            report.ceased += 1
            report.ceased_with_account += before is not None and before[1] is State.CONFIRMED
