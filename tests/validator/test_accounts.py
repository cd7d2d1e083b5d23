"""Accounts as Keycloak tells of them: what is missing or unreadable keeps an account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from customer_code_validator.accounts import KeycloakAccounts
from customer_code_validator.admin_api import UnansweredError
from customer_code_validator.purge import is_due
from customer_code_validator.settings import KeycloakSettings

from tests.validator.test_keycloak import TOKEN, Script

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD: dict[str, Any] = {
    "id": "u",
    "createdTimestamp": int((NOW - timedelta(days=31)).timestamp() * 1000),
    "email": "anna@example.org",
    "emailVerified": False,
    "attributes": {"customerCode": ["1000234567"]},
}
MAILED = "2026-01-29T12:00:00Z / {} / anna@example.org"


def accounts(**answers: tuple[int, object]) -> KeycloakAccounts:
    """Those of a Keycloak that answers so."""
    made = KeycloakAccounts(KeycloakSettings("https://login.example.org", "r", "purge", "secret"))
    made._api._session.mount("https://", Script({"token": TOKEN, **answers}))
    return made


def due(user: dict[str, Any]) -> bool:
    """Whether the purge would delete this user of Keycloak's."""
    account = accounts(u=(200, user)).account("u")
    assert account is not None
    return is_due(account, NOW, timedelta(days=30))


def mailed(until: str) -> dict[str, Any]:
    """The old account with a confirmation mail whose link is good so long."""
    attributes = {**OLD["attributes"], "confirmationMail": [MAILED.format(until)]}
    return {**OLD, "attributes": attributes}


def test_an_old_unconfirmed_customer_is_due() -> None:
    assert due(OLD)
    assert due(mailed("2026-01-30T12:00:00Z"))


@pytest.mark.parametrize("missing", ["createdTimestamp", "email", "emailVerified", "attributes"])
def test_what_keycloak_does_not_tell_keeps_the_account(missing: str) -> None:
    assert not due({name: value for name, value in OLD.items() if name != missing})


@pytest.mark.parametrize("until", ["2026-03-01T12:00:00Z", "tomorrow", ""])
def test_a_link_that_is_good_or_unreadable_keeps_the_account(until: str) -> None:
    assert not due(mailed(until))


@pytest.mark.parametrize(
    ("realm_roles", "groups", "rights"),
    [
        (["default-roles-r"], [], False),
        ([], [], False),
        (["default-roles-r", "help-desk"], [], True),
        (["default-roles-r"], [{"name": "staff"}], True),
    ],
)
def test_roles_and_groups_of_its_own_are_rights(
    realm_roles: list[str], groups: list[object], rights: bool
) -> None:
    mappings = {"realmMappings": [{"name": name} for name in realm_roles]}
    told = {"default-roles-r": (200, {}), "role-mappings": (200, mappings), "groups": (200, groups)}
    assert accounts(**told).has_rights("u") is rights


def test_an_account_that_does_not_see_roles_concludes_nothing_from_none() -> None:
    blind = accounts(**{"default-roles-r": (403, {}), "role-mappings": (200, {}), "groups": (200, [])})
    with pytest.raises(UnansweredError, match="view-realm"):
        blind.has_rights("u")


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_deletion_that_keycloak_refuses_is_told(status: int) -> None:
    with pytest.raises(UnansweredError, match=f"answered {status} to the deletion"):
        accounts(u=(status, {})).delete("u")


def test_the_list_is_read_page_by_page_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customer_code_validator.accounts.PAGE", 2)
    pages = {"0": [OLD, OLD], "2": [OLD]}
    made = accounts()
    monkeypatch.setattr(made._api, "users", lambda query: pages[query["first"]])
    assert len(list(made.unconfirmed())) == 3
