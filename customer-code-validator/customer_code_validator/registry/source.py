"""What the two kinds of file have in common: a header, then rows in chunks that any process can read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from customer_code_validator.registry.rows import Unreadable

NumberedRow = tuple[int, list[str] | Unreadable]
"""A row and the number that its errors name."""


class Chunk(Protocol):
    """Some whole rows of a file, as yet unread: it can be sent to another process. `done`: the share of
    the file that ends with it."""

    @property
    def done(self) -> float: ...

    def rows(self) -> Iterator[NumberedRow]:
        """All of them, in the order of the file."""


class Source(Protocol):
    """An export. `ends_open`: its last line has no end, as where a copy was cut short."""

    header: list[str]
    ends_open: bool

    def chunks(self) -> Iterator[Chunk]:
        """All rows, in the order of the file. Raises `ImportFileError` where they cannot be read."""


def open_source(path: Path) -> Source:
    """The file by its suffix: .parquet, everything else is CSV. Raises `ImportFileError`."""
    if path.suffix.lower() == ".parquet":
        from customer_code_validator.registry.parquetfile import ParquetSource

        return ParquetSource(path)
    from customer_code_validator.registry.csvfile import CsvSource

    return CsvSource(path)
