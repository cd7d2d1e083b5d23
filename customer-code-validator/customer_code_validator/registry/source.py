"""What the two kinds of file have in common: a header, then numbered rows in batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from customer_code_validator.registry.rows import Unreadable

BATCH = 5_000
"""Rows in memory at once."""

NumberedRow = tuple[int, list[str] | Unreadable]


@dataclass(frozen=True)
class Batch:
    """Some rows, each with the number that its errors name; `done` is the share of the file read."""

    rows: list[NumberedRow]
    done: float


class Source(Protocol):
    """An export. `ends_open`: its last line has no end, as where a copy was cut short."""

    header: list[str]
    ends_open: bool

    def batches(self) -> Iterator[Batch]:
        """All rows, in the order of the file. Raises `ImportFileError` where they cannot be read."""


def open_source(path: Path) -> Source:
    """The file by its suffix: .parquet, everything else is CSV. Raises `ImportFileError`."""
    if path.suffix.lower() == ".parquet":
        from customer_code_validator.registry.parquetfile import ParquetSource

        return ParquetSource(path)
    from customer_code_validator.registry.csvfile import CsvSource

    return CsvSource(path)
