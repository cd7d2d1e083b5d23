"""What something was made from, as one hash, so that it is made again only when that changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

_NOT_SOURCES = frozenset({"__pycache__", "target", ".mypy_cache", ".ruff_cache", ".pytest_cache"})


def of_file(path: Path) -> str:
    """SHA-256 of a file's content, hexadecimal. Raises OSError."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def of_text(*parts: str) -> str:
    """SHA-256 of some texts, hexadecimal; where one ends and the next begins counts."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()


def of_sources(*roots: Path) -> str:
    """SHA-256 over names and contents of the files given and of all files below the folders given.

    Build results and Python's own caches are left out. A root that is absent counts as empty.
    """
    parts: list[str] = []
    for root in roots:
        for path in sorted(_files(root)):
            parts += [path.relative_to(root.parent).as_posix(), of_file(path)]
    return of_text(*parts)


def _files(root: Path) -> Iterable[Path]:
    if root.is_file():
        yield root
        return
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [name for name in subfolders if name not in _NOT_SOURCES]
        yield from (Path(folder, name) for name in names)
