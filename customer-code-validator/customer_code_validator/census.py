"""Reading every account of a real Keycloak, page by page, while customers come and go.

Keycloak orders accounts by username and knows pages only by number: an account that is deleted moves all
behind it forward, past the reader. So pages overlap, and one that shares nothing with the page before it is
read again from further back.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from customer_code_validator.admin_api import AdminApi, UnansweredError
from customer_code_validator.directory import Holding
from customer_code_validator.keycloak import created, require_view
from customer_code_validator.settings import KeycloakSettings

TIMEOUT = (2.0, 60.0)
"""Seconds to connect and to read: nobody waits at a page, and a busy Keycloak may take its time."""

_Answer = TypeVar("_Answer")

TRIES = 5
TRY_AGAIN_SECONDS = 2.0


class KeycloakCensus:
    """The `Census` of a real Keycloak. Raises `UnansweredError`."""

    def __init__(self, settings: KeycloakSettings) -> None:
        self._api = AdminApi(settings, TIMEOUT)
        self._own_client = settings.client_id

    def pages(self, most: int) -> Iterator[list[Holding]]:
        """Every account that exists throughout the reading, at most so many at a time."""
        _again(lambda: require_view(self._api, self._own_client))
        overlap = max(1, most // 10)
        first, before = 0, set[str]()
        while True:
            users = self._page(first, most)
            ids = {str(user["id"]) for user in users}
            if before.isdisjoint(ids) and first > 0:
                # More was deleted than the overlap covers.
                first = max(0, first - most)
                continue
            yield [_holding(user) for user in users if user["id"] not in before]
            if len(users) < most:
                return
            first, before = first + most - overlap, ids

    def holding(self, user_id: str) -> Holding | None:
        """One account as it is now."""
        user = _again(lambda: self._api.user(user_id))
        return _holding(user) if user else None

    def _page(self, first: int, most: int) -> list[dict[str, Any]]:
        return _again(lambda: self._api.users({"first": str(first), "max": str(most)}))


def _again(question: Callable[[], _Answer]) -> _Answer:
    """The answer, where need be at a later try."""
    for _ in range(TRIES - 1):
        try:
            return question()
        except UnansweredError:
            time.sleep(TRY_AGAIN_SECONDS)
    return question()


def _holding(user: dict[str, Any]) -> Holding:
    codes = (user.get("attributes") or {}).get("customerCode") or [""]
    return Holding(str(user["id"]), str(codes[0]), created(user))
