"""A server process: started in a group of its own, logged to a file, and never left behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from stack.errors import StackError

#: Seconds that a server has for its orderly end before it is killed.
STOP_SECONDS = 20.0
_POLL_SECONDS = 0.05


class Process:
    """One server of the stack. Start it from the main thread: see `with_parent_death_signal`."""

    def __init__(self, name: str, log: Path, ending: signal.Signals = signal.SIGTERM) -> None:
        """`ending` is the signal that asks the program to end in order."""
        self.name = name
        self.log = log
        self._ending = ending
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The server's process id (Java's own for Keycloak), None while it does not run."""
        return self._process.pid if self._process is not None and self.running else None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """What it ended with; None while it runs or before it was started."""
        return None if self._process is None else self._process.poll()

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it, its output appended to the log. Raises StackError where the program cannot be run."""
        if self.running:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            try:
                self._process = subprocess.Popen(
                    with_parent_death_signal(command),
                    env=dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                raise StackError(f"{self.name} cannot be started: {command[0]}: {error.strerror}") from error

    def terminate(self) -> None:
        """Ask it to end, without waiting."""
        self._signal(self._ending)

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """End it in order; kill it when it is not done in time."""
        self.terminate()
        self.wait(seconds)

    def wait(self, seconds: float = STOP_SECONDS) -> None:
        """Wait for its end; kill it when it is not done in time."""
        if self._process is None:
            return
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """`kill -9`, its children included."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

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
        """The end of the log, with its path."""
        try:
            text = self.log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            text = ""
        last = "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
        return f"The end of {self.log}:\n{last or '    (empty)'}"

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            # It may end between the question and the signal.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)


def with_parent_death_signal(command: Sequence[str]) -> list[str]:
    """The command, such that Linux ends it when the thread that started it is gone, be it by `kill -9`.

    `setpriv` (util-linux) sets the signal and replaces itself by the command, so the process id stays the
    server's. Elsewhere a killed supervisor leaves its servers running, and the next start names their ports.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--", *command] if setpriv else list(command)
