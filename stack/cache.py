"""The user's cache folder: one writer at a time, nothing half-made under a final name."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.errors import StackError


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Create the folder if needed and hold its lock, so that parallel starts do each piece of work once.

    Raises StackError naming the folder where it cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise unusable(folder, error) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder to make things in and rename them from, atomically; removed afterwards."""
    try:
        made = Path(tempfile.mkdtemp(prefix="unfinished-", dir=folder))
    except OSError as error:
        raise unusable(folder, error) from error
    try:
        yield made
    except OSError as error:
        raise unusable(folder, error) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def unusable(folder: Path, error: OSError) -> StackError:
    """The error for a cache folder that cannot be written to (read-only, full, not a folder)."""
    return StackError(
        f"the cache folder {folder} cannot be written to ({error.strerror}): "
        "make it writable, or set XDG_CACHE_HOME to a folder that is"
    )
