"""How far an import is, for who waits at a terminal or reads a log later."""

import time
from collections.abc import Callable
from typing import TextIO

TERMINAL_SECONDS = 0.5
LOG_SECONDS = 30.0


class Progress:
    """One line that changes on a terminal, one line every half minute elsewhere."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._is_terminal = stream.isatty()
        self._clean = "\r\x1b[K" if self._is_terminal else ""
        self._every = TERMINAL_SECONDS if self._is_terminal else LOG_SECONDS
        self._started = self._told = clock()

    def rows(self, count: int, done: float) -> None:
        """So many rows are read, this share of the file."""
        now = self._clock()
        if now - self._told >= self._every:
            self._told = now
            self._tell(f"{count:,} rows read, {done:.0%}, {now - self._started:.0f} s")

    def step(self, what: str) -> None:
        """A step without rows to count begins."""
        if self._is_terminal or self._told > self._started:
            self._tell(f"{what}, {self._clock() - self._started:.0f} s")

    def say(self, line: str) -> None:
        """A line that stays."""
        self._stream.write(f"{self._clean}{line}\n")

    def done(self) -> None:
        """Leave the terminal's line clean."""
        self._stream.write(self._clean)
        self._stream.flush()

    def _tell(self, text: str) -> None:
        self._stream.write(f"{self._clean}{text}" if self._is_terminal else f"{text}\n")
        self._stream.flush()
