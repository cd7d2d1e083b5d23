"""A server process: started in a group of its own, logged to a file, and never left behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from stack.children import children
from stack.errors import StackError
from stack.server import STOP_SECONDS, Server


class Process(Server):
    """One server on this machine. Start it from the main thread: see `with_parent_death_signal`."""

    def __init__(self, name: str, log: Path, ending: signal.Signals = signal.SIGTERM) -> None:
        super().__init__(name, log, ending)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self.running else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return None if self._process is None else self._process.poll()

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
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

    def send(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            # It may end between the question and the signal.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def wait(self, seconds: float = STOP_SECONDS) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        # Those of PostgreSQL lead sessions of their own, which the signal to its group does not reach.
        others = children(self.pid) if self.pid else []
        self.send(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        for pid in others:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # What they share is free for the next start when the last of them is gone.
        while any(Path("/proc", str(pid)).exists() for pid in others):
            time.sleep(0.01)


def with_parent_death_signal(command: Sequence[str]) -> list[str]:
    """The command, such that Linux ends it when the thread that started it is gone, be it by `kill -9`.

    `setpriv` (util-linux) sets the signal and replaces itself by the command, so the process id stays the
    server's. Elsewhere a killed supervisor leaves its servers running, and the next start names their ports.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--", *command] if setpriv else list(command)
