"""The registry's codice fiscale into an account: whose, and when not. A Keycloak says what it is told."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from customer_code_validator.admin_api import UnansweredError
from customer_code_validator.correction import Attributes, KeycloakAccounts, correct
from customer_code_validator.helpdesk import RefusedError
from customer_code_validator.settings import KeycloakSettings
from customer_code_validator.store import queues
from customer_code_validator.store.engine import reading

from tests.validator.test_keycloak import TOKEN, Script
from tests.validator.world import IDENTITIES, ROSSI, UNKNOWN, World

RIGHT = ROSSI.codice_fiscale
WRONG = "BNCGLI88L62F205X"


@dataclass
class FakeAccounts:
    """Attributes by user id."""

    users: dict[str, Attributes] = field(default_factory=dict)

    def attributes(self, user_id: str) -> Attributes | None:
        """As told."""
        return self.users.get(user_id)

    def write(self, user_id: str, codice_fiscale: str) -> None:
        """Remember."""
        self.users[user_id]["codiceFiscale"] = [codice_fiscale]


def corrects(world: World, accounts: FakeAccounts, *, code: str = ROSSI.code, typed: str = RIGHT) -> bool:
    """The command."""
    return correct(world.engine, accounts, IDENTITIES, (code, typed), world.clock())


def registered(world: World, code: str = ROSSI.code, codice_fiscale: str = WRONG) -> FakeAccounts:
    """Rossi has an account, which says this."""
    world.confirmed(ROSSI, user="u")
    return FakeAccounts({"u": {"customerCode": [code], "codiceFiscale": [codice_fiscale]}})


def test_the_account_gets_what_the_registry_has_and_the_audit_says_so(world: World) -> None:
    accounts = registered(world)
    assert corrects(world, accounts, code=f" {ROSSI.code} ", typed=f" {RIGHT.lower()}\n")
    assert accounts.users["u"]["codiceFiscale"] == [RIGHT]
    with reading(world.engine) as connection:
        last = queues.history(connection, ROSSI.code)[-1]
    assert (last.reason, last.user_id) == ("codice_fiscale_corrected", "u")


def test_an_account_that_has_it_already_is_left_alone(world: World) -> None:
    accounts = registered(world, codice_fiscale=RIGHT)
    assert not corrects(world, accounts)


@pytest.mark.parametrize("code", [UNKNOWN, ROSSI.code])
def test_a_code_without_an_account_is_refused(world: World, code: str) -> None:
    with pytest.raises(RefusedError):
        corrects(world, FakeAccounts(), code=code)


@pytest.mark.parametrize("code", ["", UNKNOWN])
def test_an_account_that_does_not_hold_this_code_is_never_written_to(world: World, code: str) -> None:
    accounts = registered(world, code=code)
    with pytest.raises(RefusedError):
        corrects(world, accounts)
    assert accounts.users["u"]["codiceFiscale"] == [WRONG]


@pytest.mark.parametrize("typed", [WRONG, "", "RSSMRA75C14H501X"])
def test_only_the_one_that_the_registry_has_is_taken(world: World, typed: str) -> None:
    accounts = registered(world)
    with pytest.raises(RefusedError, match="correct it there first"):
        corrects(world, accounts, typed=typed)
    assert accounts.users["u"]["codiceFiscale"] == [WRONG]


def test_an_account_that_is_gone_is_refused(world: World) -> None:
    registered(world)
    with pytest.raises(RefusedError):
        corrects(world, FakeAccounts())


def test_a_keycloak_that_does_not_write_it_is_no_answer() -> None:
    accounts = KeycloakAccounts(KeycloakSettings("https://login.example.org", "r", "purge", "secret"))
    accounts._api._session.mount("https://", Script({"token": TOKEN, "codice-fiscale": (403, {})}))
    with pytest.raises(UnansweredError, match="403"):
        accounts.write("u", WRONG)
