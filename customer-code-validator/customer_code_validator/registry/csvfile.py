"""Reading a CSV export: UTF-8 with or without byte order mark, comma or semicolon, any line ends."""

import codecs
import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TextIO

from customer_code_validator.registry.rows import ImportFileError, Unreadable, require_header
from customer_code_validator.registry.source import NumberedRow

CHUNK = 2**19
"""Characters read at once: some 10,000 rows."""

csv.field_size_limit(1000)
"""Longer than any cell may be: a quote that nobody closes takes some twenty rows with it, not thousands."""


@dataclass(frozen=True)
class CsvChunk:
    """Some whole rows as they are written. A row's number is that of its last line."""

    text: str
    lines_before: int
    delimiter: str
    done: float

    def rows(self) -> Iterator[NumberedRow]:
        """All of them, blank lines left out."""
        reader = csv.reader(_lines(self.text), delimiter=self.delimiter, strict=True)
        before = 0
        while True:
            try:
                for cells in reader:
                    before = reader.line_num
                    if cells:
                        yield self.lines_before + before, cells
                return
            except csv.Error as error:
                # The reader goes on with the next line.
                first, last = self.lines_before + before + 1, self.lines_before + reader.line_num
                began = f", and the row began in line {first}: is a quote not closed?" if first < last else ""
                yield last, Unreadable(f"not valid CSV: {error}{began}")
                before = reader.line_num


class CsvSource:
    """One CSV file."""

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

    def chunks(self) -> Iterator[CsvChunk]:
        """All rows below the header. Raises `ImportFileError` where the file is not UTF-8."""
        with self._opened() as text:
            text.readline()
            lines = 1
            while piece := text.read(CHUNK):
                piece += text.readline()
                if '"' in piece:
                    piece += self._rest_of_row(piece, text)
                yield CsvChunk(piece, lines, self._delimiter, text.buffer.tell() / self._size)
                lines += _count_lines(piece)

    def _rest_of_row(self, piece: str, text: TextIO) -> str:
        """The lines with which the last row of `piece` goes on: a quoted cell may hold line ends."""
        rest: list[str] = []

        def further() -> Iterator[str]:
            while line := text.readline():
                rest.append(line)
                yield line

        reader = csv.reader(chain(_lines(piece), further()), delimiter=self._delimiter, strict=True)
        own_lines = _count_lines(piece)
        while reader.line_num < own_lines:
            with suppress(csv.Error, StopIteration):
                next(reader)
        return "".join(rest)

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


def _lines(text: str) -> Iterator[str]:
    return io.StringIO(text, newline="")


def _count_lines(text: str) -> int:
    """As the reader of the file counts them: `\\n`, `\\r` and both together end a line."""
    ends = text.count("\n")
    # Looking for one is quick, counting is not, and most files have none.
    return ends + text.count("\r") - text.count("\r\n") if "\r" in text else ends


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
