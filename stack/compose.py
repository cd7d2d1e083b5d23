"""What `docker compose up` needs and no repository may hold: `.env`, and the secrets as files.

`make env` calls it with the system's Python, before anything is installed: standard library only.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from stack.errors import StackError
from stack.ports import Ports

ENVIRONMENT = ".env"
SECRETS = "secrets"
_PROJECT = "customer-identity"
_HEAD = "# Written by `make env`, yours to change. No secret is in here: they are the files of secrets/.\n"

#: Random each; who uses which is said in docker-compose.yml.
_RANDOM = (
    "postgres-password",
    "keycloak-database-password",
    "validator-database-password",
    "validator-secret",
    "validator-hash-key",
    "validator-identity-key",
    "validator-client-secret",
    "purge-client-secret",
    "admin-password",
    "grafana-password",
)


def _keycloak_configuration(secret: Callable[[str], str]) -> str:
    return (
        f"db-password={secret('keycloak-database-password')}\n"
        f"bootstrap-admin-password={secret('admin-password')}\n"
    )


def _validator_database_url(secret: Callable[[str], str]) -> str:
    return f"postgresql://validator:{secret('validator-database-password')}@postgres/validator"


#: Made of the random ones, in the form that a program reads.
_COMPOSED = {"keycloak.conf": _keycloak_configuration, "validator-database-url": _validator_database_url}


def write(folder: Path, ports: Ports) -> list[Path]:
    """Write what is missing and return it; what exists is never touched. Raises StackError."""
    kept = folder / SECRETS
    lines = {
        "COMPOSE_PROJECT_NAME": _PROJECT,
        "KEYCLOAK_PORT": str(ports.keycloak),
        "MAILBOX_PORT": str(ports.mailbox),
    }
    try:
        # Closed to everybody else here; the files are not, for each container reads as a user of its own.
        kept.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = [_new(kept / name, secrets.token_urlsafe(32)) for name in _RANDOM]
        written += [_new(kept / name, compose(_reader(kept))) for name, compose in _COMPOSED.items()]
        content = _HEAD + "".join(f"{name}={value}\n" for name, value in lines.items())
        written.append(_new(folder / ENVIRONMENT, content))
    except OSError as error:
        raise StackError(f"{error.filename} cannot be written: {error.strerror}") from error
    return [path for path in written if path is not None]


def _reader(folder: Path) -> Callable[[str], str]:
    return lambda name: (folder / name).read_text(encoding="utf-8").strip()


def _new(path: Path, content: str) -> Path | None:
    """Write a file whole or not at all; None where there is one already."""
    if path.is_dir():
        raise StackError(f"{path} is a folder: an engine makes one where a file is missing; remove it first")
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    unfinished.chmod(0o444 if path.parent.name == SECRETS else 0o644)
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return None
    finally:
        unfinished.unlink()
    return path
