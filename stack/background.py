"""`up` and `down`: the same stack as `run`, in the background."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from stack import running
from stack.errors import StackError
from stack.settings import LOCAL_DATA, REPOSITORY

LOG = LOCAL_DATA / "log" / "stack.log"
_POLL_SECONDS = 0.1
_STOP_SECONDS = 60.0


def up() -> int:
    """Start the stack in the background, show its lines, return once it is ready (0) or has failed (1)."""
    if (found := running.find(LOCAL_DATA)) is not None:
        print(f"a stack already runs here (process {found.pid}): `make status` tells its addresses")
        return 0
    LOCAL_DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "stack", "run"],
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        return _follow(process, LOG)
    except BaseException:
        process.terminate()
        process.wait()
        raise


def _follow(process: subprocess.Popen[bytes], log: Path) -> int:
    with log.open(encoding="utf-8") as lines:
        while True:
            ended = process.poll() is not None
            ready = _is_ready(process.pid)
            print(lines.read(), end="", flush=True)
            if ready:
                return 0
            if ended:
                print(f"the stack did not start; all its logs are in {log.parent}", file=sys.stderr)
                return 1
            time.sleep(_POLL_SECONDS)


def _is_ready(pid: int) -> bool:
    found = running.find(LOCAL_DATA)
    return found is not None and found.pid == pid and found.ready


def down() -> int:
    """Stop the stack that runs here and return once every part has ended. Does nothing where none runs."""
    found = running.find(LOCAL_DATA)
    if found is None:
        print("no stack runs here")
        return 0
    os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while running.find(LOCAL_DATA) is not None:
        if time.monotonic() > deadline:
            raise StackError(
                f"the stack (process {found.pid}) has not stopped after {_STOP_SECONDS:.0f} s: see {LOG}"
            )
        time.sleep(_POLL_SECONDS)
    print("stopped")
    return 0
