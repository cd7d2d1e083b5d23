"""One row of the co-op's export: normal form, limits, and everything that may be wrong with it. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from customer_code_validator import rules
from customer_code_validator.customers import Customer

REQUIRED = ("code", "codice_fiscale")
OPTIONAL = ("first_name", "last_name", "status", "email")
COLUMNS = REQUIRED + OPTIONAL
STATUSES = ("active", "ceased")
LONGEST_NAME = 200
LONGEST_EMAIL = 254

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


@dataclass(frozen=True)
class Unreadable:
    """A row whose cells cannot be told apart; `reason` says why."""

    reason: str


@dataclass(frozen=True)
class Rejected:
    """A row that is not imported. `code` is its code where that much can be read, "" else."""

    code: str
    errors: Sequence[RowError]


class RowReader:
    """Reads the rows below one header."""

    def __init__(self, header: Sequence[str]) -> None:
        self._width = len(header)
        # A column that is not there reads the empty cell that is put at the end of each row.
        places = [header.index(name) if name in header else self._width for name in COLUMNS]
        self._cells_of = itemgetter(*places)

    def read(self, line: int, cells: list[str] | Unreadable) -> Customer | Rejected:
        """The row as a customer in normal form, or everything that is wrong with it."""
        if isinstance(cells, Unreadable):
            return Rejected("", [RowError(line, "line", cells.reason)])
        if len(cells) != self._width:
            return Rejected("", [RowError(line, "line", "wrong number of columns")])
        cells.append("")
        code, fiscal, first_name, last_name, status, email = self._cells_of(cells)
        customer = Customer(
            code if rules.CODE_SHAPE.fullmatch(code) else rules.normalise_code(code),
            rules.normal_codice_fiscale(fiscal),
            _normal_name(first_name),
            _normal_name(last_name),
            status if status in STATUSES else status.strip().lower() or STATUSES[0],
            email.strip(),
        )
        if _is_plainly_sound(customer):
            return customer
        errors = [RowError(line, *fault) for fault in _faults(customer)]
        return Rejected(_readable(customer.code), errors) if errors else customer


def require_header(path: object, header: Sequence[str]) -> None:
    """Raise `ImportFileError` unless these are the columns of an export."""
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise ImportFileError(f"{path}:1: column missing: {', '.join(missing)}")
    if not set(header) <= set(COLUMNS) or len(set(header)) != len(header):
        known = ", ".join(COLUMNS)
        raise ImportFileError(f"{path}:1: a column is unknown or there twice; known are: {known}")


def _normal_name(name: str) -> str:
    return name if name.isalpha() else " ".join(name.split())


def _is_plainly_sound(customer: Customer) -> bool:
    """What is so of nearly all rows, at half the cost of looking for each fault."""
    code, codice_fiscale, first_name, last_name, status, email = customer
    name = first_name + last_name
    return (
        codice_fiscale != ""
        and email == ""
        and status in STATUSES
        and len(name) <= LONGEST_NAME
        and name.isprintable()
        and rules.CODE_SHAPE.fullmatch(code) is not None
    )


def _faults(customer: Customer) -> Iterator[tuple[str, str]]:
    code, codice_fiscale, first_name, last_name, status, email = customer
    if not rules.CODE_SHAPE.fullmatch(code):
        yield "code", "not 4 to 32 letters and digits"
    if not codice_fiscale:
        yield "codice_fiscale", "not valid (length, check character or birth date)"
    if first_name or last_name:
        yield from _faults_of_name("first_name", first_name)
        yield from _faults_of_name("last_name", last_name)
    if status not in STATUSES:
        yield "status", f"not one of {', '.join(STATUSES)}"
    if email and (len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email) or not email.isprintable()):
        yield "email", "not an address"


def _faults_of_name(column: str, name: str) -> Iterator[tuple[str, str]]:
    if len(name) > LONGEST_NAME:
        yield column, f"longer than {LONGEST_NAME} characters"
    if not name.isprintable():
        yield column, "holds a character that cannot be printed"


def _readable(code: str) -> str:
    return code if rules.CODE_SHAPE.fullmatch(code) else ""
