"""Reading a CSV export: UTF-8 with or without byte order mark, comma or semicolon, any line ends."""

import codecs
import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TextIO

from customer_code_validator.registry.rows import ImportFileError, Unreadable, require_header
from customer_code_validator.registry.source import BATCH, Batch, NumberedRow


class CsvSource:
    """One CSV file. A row's number is that of its last line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._opened() as text:
            first = text.readline()
            self._delimiter = ";" if ";" in first else ","
            cells = next(csv.reader([first], delimiter=self._delimiter), [])
        self.header = [name.strip().lower() for name in cells]
        require_header(path, self.header)
        self._size = path.stat().st_size
        self.ends_open = _ends_open(path)

    def batches(self) -> Iterator[Batch]:
        """All rows below the header. Raises `ImportFileError` where the file is not UTF-8."""
        with self._opened() as text:
            text.readline()
            rows = self._rows(text)
            while batch := list(islice(rows, BATCH)):
                yield Batch(batch, text.buffer.tell() / self._size)

    def _rows(self, text: TextIO) -> Iterator[NumberedRow]:
        reader = csv.reader(text, delimiter=self._delimiter, strict=True)
        while True:
            try:
                for cells in reader:
                    if cells:
                        yield reader.line_num + 1, cells
                return
            except csv.Error as error:
                # The reader goes on with the next line.
                yield reader.line_num + 1, Unreadable(f"not valid CSV: {error}")

    @contextmanager
    def _opened(self) -> Iterator[TextIO]:
        try:
            with self._path.open(encoding="utf-8-sig", newline="") as text:
                yield text
        except OSError as error:
            raise ImportFileError(f"{self._path}: cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise ImportFileError(
                f"{self._path}:{_first_line_not_utf8(self._path)}: not UTF-8; export it again as "
                "“CSV UTF-8”, or convert it: iconv -f WINDOWS-1252 -t UTF-8 (UTF-16 if it is “Unicode text”)"
            ) from None


def _ends_open(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() not in (b"\n", b"\r")


def _first_line_not_utf8(path: Path) -> int:
    with path.open("rb") as file:
        return next((line for line, raw in enumerate(file, 1) if not _is_utf8(raw)), 1)


def _is_utf8(raw: bytes) -> bool:
    try:
        codecs.decode(raw, "utf-8")
    except UnicodeDecodeError:
        return False
    return True
