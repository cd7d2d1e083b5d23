"""Reading a Parquet export. It needs pyarrow, which only those install who have such files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customer_code_validator.registry.rows import ImportFileError, require_header
from customer_code_validator.registry.source import NumberedRow

try:
    import pyarrow
    from pyarrow import parquet
except ImportError:
    raise ImportFileError(
        "a Parquet file needs pyarrow, which is not installed: pip install pyarrow (or this package with its "
        "extra “parquet”), or give a CSV file"
    ) from None


BATCH = 10_000
"""Rows read at once."""


@dataclass(frozen=True)
class ParquetChunk:
    """Some rows, column by column. A row's number counts the rows from 1: there is no header line."""

    columns: list[list[str]]
    rows_before: int
    done: float

    def rows(self) -> Iterator[NumberedRow]:
        """All of them."""
        cells = map(list, zip(*self.columns, strict=True))
        return enumerate(cells, self.rows_before + 1)


class ParquetSource:
    """One Parquet file."""

    ends_open = False
    """A file that is cut short lacks its footer and cannot be opened."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = parquet.ParquetFile(path)
        except OSError as error:
            raise ImportFileError(f"{path}: cannot be read: {error.strerror or 'not Parquet'}") from None
        except pyarrow.ArrowException:
            raise ImportFileError(f"{path}: cannot be read: not Parquet, or cut short") from None
        self.header = [str(name).strip().lower() for name in self._file.schema_arrow.names]
        require_header(path, self.header)
        for field in self._file.schema_arrow:
            _require_text(path, field)

    def chunks(self) -> Iterator[ParquetChunk]:
        """All rows. Raises `ImportFileError` where one cannot be read."""
        number, total = 0, max(1, self._file.metadata.num_rows)
        try:
            for arrow in self._file.iter_batches(BATCH):
                before, number = number, number + arrow.num_rows
                columns = [[cell or "" for cell in column.to_pylist()] for column in arrow.columns]
                yield ParquetChunk(columns, before, number / total)
        except (OSError, pyarrow.ArrowException):
            raise ImportFileError(f"{self._path}: cannot be read after row {number}: damaged") from None


def _require_text(path: Path, field: Any) -> None:
    """A code that is kept as a number has lost its leading zeros."""
    kind = field.type.value_type if pyarrow.types.is_dictionary(field.type) else field.type
    if not (pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind)):
        raise ImportFileError(f"{path}: column {field.name}: is {kind}; write it as text (string)")
