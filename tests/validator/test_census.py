"""Reading all accounts in pages while some of them vanish."""

from __future__ import annotations

from typing import Any

import pytest
from customer_code_validator import census
from customer_code_validator.admin_api import UnansweredError
from customer_code_validator.census import KeycloakCensus
from customer_code_validator.settings import KeycloakSettings


class Api:
    """Keycloak's list of accounts, in order; `deletions[n]` are gone before the n-th page is asked for."""

    def __init__(self, ids: list[str], deletions: dict[int, list[str]], silent: int = 0) -> None:
        self.ids = ids
        self.deletions = deletions
        self.silent = silent
        self.asked = 0

    def users(self, query: dict[str, str]) -> list[dict[str, Any]]:
        if "username" in query:
            return [{"id": "its own"}]
        if self.silent:
            self.silent -= 1
            raise UnansweredError("too busy")
        self.asked += 1
        gone = self.deletions.get(self.asked, [])
        self.ids = [one for one in self.ids if one not in gone]
        first, most = int(query["first"]), int(query["max"])
        return [{"id": one, "attributes": {"customerCode": [one]}} for one in self.ids[first : first + most]]


EVERYBODY = [f"{number:03d}" for number in range(95)]


def read(api: Api, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The accounts as they come, in pages of 20."""
    monkeypatch.setattr(census, "AdminApi", lambda *_: api)
    monkeypatch.setattr(census, "TRY_AGAIN_SECONDS", 0)
    settings = KeycloakSettings("http://localhost", "realm", "client", "secret")
    return [one.user_id for page in KeycloakCensus(settings).pages(20) for one in page]


def test_every_account_comes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(Api(EVERYBODY, {}), monkeypatch) == EVERYBODY


@pytest.mark.parametrize("vanished", [1, 2, 15, 20])
def test_accounts_deleted_meanwhile_hide_no_other(vanished: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those behind them move forward, past the page that would have shown them."""
    gone = EVERYBODY[:vanished]
    found = read(Api(EVERYBODY, {3: gone}), monkeypatch)
    assert set(found) >= set(EVERYBODY) - set(gone)


def test_a_busy_keycloak_is_asked_again_and_a_silent_one_proves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert read(Api(EVERYBODY, {}, silent=3), monkeypatch) == EVERYBODY
    with pytest.raises(UnansweredError):
        read(Api(EVERYBODY, {}, silent=9), monkeypatch)


def test_an_empty_realm_has_no_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(Api([], {}), monkeypatch) == []
