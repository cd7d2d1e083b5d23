"""A server of the stack, wherever it runs: what can be asked of it and done to it."""

from __future__ import annotations

import re
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from stack.errors import StackError

#: Seconds that a server has for its orderly end before it is killed.
STOP_SECONDS = 20.0
_POLL_SECONDS = 0.05
#: Java's and Python's: where in a program it happened, which is for who writes it.
_OF_A_STACK_TRACE = re.compile(r"\s+at [\w.$/@]+\(|\s*\.\.\. \d+ (more|common frames)|  File \"")


class Server(ABC):
    """Logged to a file; `stack.process` runs one on this machine, `stack.container` in a container."""

    def __init__(self, name: str, log: Path, ending: signal.Signals = signal.SIGTERM) -> None:
        """`ending` is the signal that asks the program to end in order."""
        self.name = name
        self.log = log
        self._ending = ending

    @property
    @abstractmethod
    def pid(self) -> int | None:
        """The server's process id on this machine (Java's own for Keycloak), None while it does not run."""

    @property
    @abstractmethod
    def running(self) -> bool:
        """Whether it was started and has not ended."""

    @property
    @abstractmethod
    def exit_code(self) -> int | None:
        """What it ended with; None while it runs or before it was started."""

    @abstractmethod
    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it, its output appended to the log. Raises StackError where it cannot be run."""

    @abstractmethod
    def send(self, number: signal.Signals) -> None:
        """Send it a signal, where it still runs."""

    @abstractmethod
    def wait(self, seconds: float = STOP_SECONDS) -> None:
        """Wait for its end; kill it when it is not done in time."""

    @abstractmethod
    def kill(self) -> None:
        """`kill -9` of every process of it; return when none is left."""

    def terminate(self) -> None:
        """Ask it to end, without waiting."""
        self.send(self._ending)

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """End it in order; kill it when it is not done in time."""
        self.terminate()
        self.wait(seconds)

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until `ready()`. Raises StackError, with the log's end, where it ends before or is late."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running:
                raise StackError(self.account_of_end())
            if time.monotonic() > deadline:
                raise StackError(f"{self.name} is not ready after {seconds:.0f} s. {self.tail()}")
            time.sleep(_POLL_SECONDS)

    def account_of_end(self) -> str:
        """How it ended and the last lines it wrote."""
        code = self.exit_code
        how = f"killed by signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return f"{self.name} ended ({how}). {self.tail()}"

    def tail(self, lines: int = 15) -> str:
        """The end of the log, with its path; the lines of stack traces stay in it."""
        try:
            text = self.log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            text = ""
        told = [line for line in text.splitlines() if not _OF_A_STACK_TRACE.match(line)]
        last = "\n".join(f"    {line}" for line in told[-lines:])
        return f"The end of {self.log}:\n{last or '    (empty)'}"
