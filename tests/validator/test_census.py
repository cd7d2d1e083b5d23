"""Reading all accounts that have a code in pages while some of them vanish."""

from __future__ import annotations

from typing import Any

import pytest
from customer_code_validator import census
from customer_code_validator.admin_api import UnansweredError
from customer_code_validator.census import KeycloakCensus
from customer_code_validator.settings import KeycloakSettings


class Api:
    """The extension's list, in order; `deletions[n]` are gone before the n-th page is asked for."""

    def __init__(self, ids: list[str], deletions: dict[int, list[str]], silent: int = 0) -> None:
        self.ids = ids
        self.deletions = deletions
        self.silent = silent
        self.asked = 0

    def holders(self, after: str, most: int) -> list[dict[str, Any]]:
        if self.silent:
            self.silent -= 1
            raise UnansweredError("too busy")
        self.asked += 1
        self.ids = [one for one in self.ids if one not in self.deletions.get(self.asked, [])]
        found = [one for one in self.ids if one > after][:most]
        return [
            {"id": one, "customerCode": one, "codiceFiscale": None, "createdTimestamp": 0} for one in found
        ]


EVERYBODY = [f"{number:03d}" for number in range(95)]


def read(api: Api, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The accounts as they come, in pages of 20."""
    monkeypatch.setattr(census, "AdminApi", lambda *_: api)
    monkeypatch.setattr(census, "TRY_AGAIN_SECONDS", 0)
    settings = KeycloakSettings("http://localhost", "realm", "client", "secret")
    pages = list(KeycloakCensus(settings).pages(20))
    assert all(0 < len(page) <= 20 for page in pages)
    return [one.user_id for page in pages for one in page]


def test_every_account_comes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(Api(EVERYBODY, {}), monkeypatch) == EVERYBODY


@pytest.mark.parametrize("vanished", [1, 2, 15, 20, 45])
def test_accounts_deleted_meanwhile_hide_no_other(vanished: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does the one that the next page begins after."""
    gone = EVERYBODY[:vanished]
    found = read(Api(EVERYBODY, {3: gone}), monkeypatch)
    assert found == EVERYBODY[:40] + [one for one in EVERYBODY[40:] if one not in gone]


def test_a_busy_keycloak_is_asked_again_and_a_silent_one_proves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert read(Api(EVERYBODY, {}, silent=3), monkeypatch) == EVERYBODY
    with pytest.raises(UnansweredError):
        read(Api(EVERYBODY, {}, silent=9), monkeypatch)


def test_where_nobody_has_a_code_there_are_no_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(Api([], {}), monkeypatch) == []
