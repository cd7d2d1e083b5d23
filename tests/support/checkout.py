"""The repository as somebody else has it who has just cloned it."""

from __future__ import annotations

import shutil
from pathlib import Path

from stack.settings import REPOSITORY

_NOT_IN_A_CLONE = (".git", ".venv", ".local", ".env", "secrets", "target", "__pycache__", ".*_cache")


def checkout(folder: Path) -> Path:
    """A copy in that folder, of what is worked on here; nothing that was made here is in it."""
    shutil.copytree(REPOSITORY, folder, ignore=shutil.ignore_patterns(*_NOT_IN_A_CLONE))
    return folder
