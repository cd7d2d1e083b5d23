"""The rows that were not imported: all of them in the reject file, the first ones on the terminal too."""

import csv
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from customer_code_validator.registry.rows import ImportFileError, RowError

SHOWN = 50
HEADER = ("line", "column", "reason")


class Rejects:
    """Takes errors as they are found. The file is made with the first of them: none is left without any."""

    def __init__(self, exported: Path, file: Path | None, say: Callable[[str], None]) -> None:
        self.file = file
        self.errors = 0
        self._exported = exported
        self._say = say
        self._open = ExitStack()
        self._writer: Any = None

    def __enter__(self) -> Self:
        """Forget the rejects of an earlier import. Raises `ImportFileError` where that cannot be."""
        if self.file is not None:
            try:
                self.file.unlink(missing_ok=True)
            except OSError as error:
                raise _unwritable(self.file, error) from None
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        if self.errors > SHOWN:
            self._say(f"... and {self.errors - SHOWN} more")

    def add(self, errors: Iterable[RowError]) -> None:
        """Take down what is wrong in one or more rows. Raises `ImportFileError` if it cannot be written."""
        for error in errors:
            if self.errors < SHOWN:
                self._say(f"{self._exported}:{error}")
            self.errors += 1
            if self.file is not None:
                self._write(self.file, (error.line, error.column, error.reason))

    def _write(self, file: Path, row: tuple[object, ...]) -> None:
        try:
            if self._writer is None:
                stream = self._open.enter_context(file.open("w", encoding="utf-8", newline=""))
                self._writer = csv.writer(stream, lineterminator="\n")
                self._writer.writerow(HEADER)
            self._writer.writerow(row)
        except OSError as error:
            raise _unwritable(file, error) from None


def _unwritable(file: Path, error: OSError) -> ImportFileError:
    return ImportFileError(f"{file}: the rejects cannot be written there: {error.strerror}; see --rejects")
