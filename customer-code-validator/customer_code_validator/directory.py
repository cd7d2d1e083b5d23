"""What the service asks Keycloak, and the three answers that decide what may be freed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Present:
    """Keycloak has the user."""

    user_id: str


@dataclass(frozen=True)
class Absent:
    """Keycloak itself said that there is no such user."""


@dataclass(frozen=True)
class NoAnswer:
    """Anything else: nothing may be concluded from it. `why` is one line without personal data."""

    why: str


Answer = Present | Absent | NoAnswer


@dataclass(frozen=True)
class Account:
    """A customer's account as Keycloak shows it; `created` in UTC."""

    user_id: str
    username: str
    first_name: str
    last_name: str
    email: str
    email_verified: bool
    created: datetime
    attributes: dict[str, list[str]]


class Directory(Protocol):
    """Where accounts live. Implementations never raise: a failure is a `NoAnswer`."""

    def user(self, user_id: str) -> Answer:
        """Is there a user with this id?"""

    def present(self, user_ids: list[str]) -> frozenset[str] | NoAnswer:
        """Those of these users, at most 1000, that there are; `user` has the last word on who is not."""

    def user_with_code(self, code: str) -> Answer:
        """Is there a user whose customerCode attribute is this code?"""


@dataclass(frozen=True)
class Holding:
    """An account, the customer code and the codice fiscale that it says it has ("" for none), and since when
    it exists."""

    user_id: str
    code: str
    codice_fiscale: str
    created: datetime


class Census(Protocol):
    """All accounts of customers, for a proof over the whole base. Raises where there is no answer."""

    def pages(self, most: int) -> Iterator[list[Holding]]:
        """Every such account that exists throughout the reading, at most so many at a time."""

    def holding(self, user_id: str) -> Holding | None:
        """One account as it is now, None where there is none."""


class NoDirectory:
    """Stands in where Keycloak is not configured: nothing is ever freed on its word."""

    def user(self, user_id: str) -> Answer:
        """Always `NoAnswer`."""
        return NoAnswer("Keycloak is not configured")

    def present(self, user_ids: list[str]) -> frozenset[str] | NoAnswer:
        """Always `NoAnswer`."""
        return NoAnswer("Keycloak is not configured")

    def user_with_code(self, code: str) -> Answer:
        """Always `NoAnswer`."""
        return NoAnswer("Keycloak is not configured")
