"""The realm as its administrator sees it, and the codes as the help desk does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests
from customer_code_validator.store import codes, queues
from customer_code_validator.store.codes import Record
from customer_code_validator.store.engine import open_engine, reading
from sqlalchemy import Connection

from stack.administrator import Administrator
from stack.local import Stack
from stack.settings import realm_name
from tests.support.registration import Registrant


class Realm:
    """Admin REST of the customers' realm. Any answer that is no success fails the test."""

    def __init__(self, stack: Stack) -> None:
        self._administrator = Administrator(stack.keycloak)

    def users(self, **query: str) -> list[dict[str, Any]]:
        """The users that a search finds, with their attributes, for example `username="anna"`."""
        found: list[dict[str, Any]] = self.call("GET", "/users", params={"exact": "true", **query}).json()
        return found

    def user(self, username: str) -> dict[str, Any] | None:
        """The user of this name, None where there is none."""
        found = self.users(username=username)
        return found[0] if found else None

    def with_code(self, code: str) -> list[dict[str, Any]]:
        """Every user who has this customer code."""
        return self.users(q=f"customerCode:{code}")

    def guesses(self, user_id: str) -> dict[str, Any]:
        """What Keycloak holds of a user's wrong passwords; counted after the answer to each of them."""
        held: dict[str, Any] = self.call("GET", guesses_path(user_id)).json()
        return held

    def delete(self, user_id: str) -> None:
        """Remove a user, as the help desk does in the console."""
        self.call("DELETE", f"/users/{user_id}")

    def call(self, method: str, path: str, **sent: Any) -> requests.Response:
        """A request below /admin/realms/REALM."""
        answer = self._administrator.request(method, f"/{realm_name()}{path}", **sent)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer


def account_of(registrant: Registrant) -> dict[str, Any]:
    """The registrant’s account as Keycloak keeps it. Fails the test where there is none."""
    user = Realm(registrant.stack).user(registrant.username)
    assert user is not None
    return user


def state(stack: Stack, code: str) -> str:
    """Where the code is in its life: free, reserved, claimed or confirmed."""
    return _record(stack, code).state


def holder(stack: Stack, code: str) -> str | None:
    """The id of the user who holds the code, None where nobody does."""
    return _record(stack, code).user_id


def moves(stack: Stack, code: str, move: str) -> int:
    """How often the code has made a move, for example “reserved -> claimed”."""
    with _codes(stack) as connection:
        events = queues.history(connection, code)
    return [f"{event.from_state} -> {event.to_state}" for event in events].count(move)


def _record(stack: Stack, code: str) -> Record:
    with _codes(stack) as connection:
        found = codes.by_code(connection, code)
    assert found, f"the registry has no code {code}"
    return found


@contextmanager
def _codes(stack: Stack) -> Iterator[Connection]:
    """The validator's database: `customer-codes show` says the same, each time after a second of its own."""
    engine = open_engine(stack.validator.database_url)
    try:
        with reading(engine) as connection:
            yield connection
    finally:
        engine.dispose()


def guesses_path(user_id: str) -> str:
    """Where the realm's administrators see and forget a user's wrong passwords."""
    return f"/attack-detection/brute-force/users/{user_id}"


def eventually(asked: Callable[[], object], wanted: object, seconds: float = 10.0) -> None:
    """Wait until `asked()` is what is wanted: some things happen after the customer's answer."""
    deadline = time.monotonic() + seconds
    while (got := asked()) != wanted:
        assert time.monotonic() < deadline, f"after {seconds} s still {got!r} and not {wanted!r}"
        time.sleep(0.1)
