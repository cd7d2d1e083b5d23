"""Reading every account that has a customer code from a real Keycloak, while customers come and go.

The extension lists them in the order of their ids, each page from the last id of the one before: nobody who
comes or goes meanwhile moves another one past the reader, and no page costs more than the first.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from customer_code_validator.admin_api import AdminApi, UnansweredError
from customer_code_validator.directory import Holding
from customer_code_validator.keycloak import created
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

    def pages(self, most: int) -> Iterator[list[Holding]]:
        """Every holder that exists throughout the reading, at most so many at a time."""
        after = ""
        while holders := _again(partial(self._api.holders, after, most)):
            yield [
                Holding(one["id"], one["customerCode"], one["codiceFiscale"] or "", created(one))
                for one in holders
            ]
            after = holders[-1]["id"]

    def holding(self, user_id: str) -> Holding | None:
        """One account as it is now."""
        user = _again(partial(self._api.user, user_id))
        if user is None:
            return None
        attributes = user.get("attributes") or {}
        code, codice_fiscale = (
            str((attributes.get(name) or [""])[0]) for name in ("customerCode", "codiceFiscale")
        )
        return Holding(user_id, code, codice_fiscale, created(user))


def _again(question: Callable[[], _Answer]) -> _Answer:
    """The answer, where need be at a later try."""
    for _ in range(TRIES - 1):
        try:
            return question()
        except UnansweredError:
            time.sleep(TRY_AGAIN_SECONDS)
    return question()
