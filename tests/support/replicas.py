"""Several replicas of the customer-code service on one database, each with two workers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from stack.local import Stack
from stack.ports import free_port
from stack.progress import quiet
from stack.settings import SAMPLE_CUSTOMERS
from stack.validator import Validator

SECRET = "the-secret-of-replicas-40-characters...."
HASH_KEY = "the-hash-key-of-replicas-40-characters.."
IDENTITY_KEY = "the-identity-key-of-replicas-40-chars..."


class Replicas:
    """`post` asks one after the other, each time over a new connection, so that any worker answers."""

    def __init__(self, members: list[Validator]) -> None:
        self.members = members
        self._turns = itertools.cycle(members)

    def post(self, path: str, body: dict[str, Any]) -> requests.Response:
        """One call of the contract."""
        here = next(self._turns)
        return requests.post(f"{here.url}/v1{path}", json=body, headers=bearer(), timeout=10)

    def reserve(self, code: str, owner: str, address: str) -> requests.Response:
        """The code page."""
        return self.post("/reservations", {"code": code, "owner": owner, "address": address})

    def check(self, reservation: str, codice_fiscale: str) -> requests.Response:
        """The form."""
        body = {"codiceFiscale": codice_fiscale, "firstName": "Mario", "lastName": "Rossi"}
        return self.post(f"/reservations/{reservation}/check", body)

    def restart(self) -> None:
        """All of them at once, as after a power cut."""
        for member in self.members:
            member.kill()
        for member in self.members:
            member.start(wait=False)
        for member in self.members:
            member.wait_ready()


def beside(stack: Stack) -> Validator:
    """Another replica of a stack's validator, on the same database; not started."""
    return Validator(
        stack.folder / "validator-2",
        stack.folder / "log" / "validator-2.log",
        free_port(),
        stack.validator_environment(),
        stack.validator.database_url,
        free_port(),
    )


def bearer() -> dict[str, str]:
    """The header of a caller who knows the secret."""
    return {"Authorization": f"Bearer {SECRET}"}


@contextmanager
def replicas(folder: Path, database_url: str, count: int = 2, **environment: str) -> Iterator[Replicas]:
    """Running until the block ends."""
    known = {
        "CUSTOMER_CODES_SECRET": SECRET,
        "CUSTOMER_CODES_HASH_KEY": HASH_KEY,
        "CUSTOMER_CODES_IDENTITY_KEY": IDENTITY_KEY,
        **environment,
    }
    members = [
        Validator(
            folder / f"replica-{number}",
            folder / f"{number}.log",
            free_port(),
            known,
            database_url,
            free_port(),
        )
        for number in range(count)
    ]
    members[0].prepare(quiet, SAMPLE_CUSTOMERS)
    try:
        for member in members:
            member.start(wait=False)
        for member in members:
            member.wait_ready()
        yield Replicas(members)
    finally:
        for member in members:
            member.stop()
