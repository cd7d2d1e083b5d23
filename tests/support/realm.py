"""The realm as its administrator sees it, and the codes as the help desk does."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import requests

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


def shown(stack: Stack, code: str) -> str:
    """What `customer-codes show CODE` prints: the state and the history."""
    return stack.validator.command("show", code)


def state(stack: Stack, code: str) -> str:
    """Where the code is in its life: free, reserved, claimed or confirmed."""
    found = re.search(r"^state\s+(\w+)$", shown(stack, code), re.MULTILINE)
    assert found, f"customer-codes show {code} names no state"
    return found[1]


def holder(stack: Stack, code: str) -> str | None:
    """The id of the user who holds the code, None where nobody does."""
    found = re.search(r"^user\s+(\S+)$", shown(stack, code), re.MULTILINE)
    return found[1] if found else None


def moves(stack: Stack, code: str, move: str) -> int:
    """How often the code has made a move, for example “reserved -> claimed”."""
    return shown(stack, code).count(move)


def eventually(asked: Callable[[], object], wanted: object, seconds: float = 10.0) -> None:
    """Wait until `asked()` is what is wanted: some things happen after the customer's answer."""
    deadline = time.monotonic() + seconds
    while (got := asked()) != wanted:
        assert time.monotonic() < deadline, f"after {seconds} s still {got!r} and not {wanted!r}"
        time.sleep(0.1)
