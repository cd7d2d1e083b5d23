"""The passwords and secrets of one local stack, generated once and kept with its data."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Self

from stack.errors import StackError


@dataclass(frozen=True, repr=False)
class Credentials:
    """Never printed as a whole: only the administrator's password is shown, in the ready block."""

    admin_password: str
    validator_secret: str
    validator_hash_key: str
    validator_identity_key: str
    validator_client_secret: str
    purge_client_secret: str

    @classmethod
    def load_or_create(cls, path: Path) -> Self:
        """Those of the file; new ones for what it lacks, written so that only the owner can read them.

        Raises StackError where the file is damaged.
        """
        new = {field.name: secrets.token_urlsafe(32) for field in fields(cls)}
        try:
            kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
            # A file of an earlier version lacks what has been added since.
            loaded = cls(**{**new, **kept})
        except (ValueError, TypeError) as error:
            raise StackError(
                f"{path} is damaged: `make clean` starts afresh, with new data and secrets"
            ) from error
        if len(kept) < len(new):
            loaded._write(path)
        return loaded

    def _write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=2)
        unfinished.replace(path)
