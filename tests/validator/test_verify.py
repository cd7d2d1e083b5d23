"""The proof that accounts and codes agree: what it calls a disagreement, and what only moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from customer_code_validator.customers import Customer
from customer_code_validator.directory import Holding
from customer_code_validator.identities import Identities, UnknownKeyError
from customer_code_validator.verify import Agreement, Verifier

from tests.validator.world import BIANCHI, CEASED, IDENTITIES, ROSSI, World, add

MADE = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Accounts:
    """Keycloak's accounts, as user id and code; `meanwhile` is done once they are read.

    `other`: by user id, a codice fiscale that is not that of the code's customer.
    """

    users: dict[str, str]
    other: dict[str, str] = field(default_factory=dict)
    meanwhile: list[Callable[[], None]] = field(default_factory=list)

    def pages(self, most: int) -> Iterator[list[Holding]]:
        everybody = [self._of(user) for user, code in sorted(self.users.items()) if code]
        for first in range(0, len(everybody), most):
            yield everybody[first : first + most]
        for action in self.meanwhile:
            action()

    def holding(self, user_id: str) -> Holding | None:
        return self._of(user_id) if user_id in self.users else None

    def _of(self, user_id: str) -> Holding:
        code = self.users[user_id]
        customer = BIANCHI if code == BIANCHI.code else ROSSI
        return Holding(user_id, code, self.other.get(user_id, customer.codice_fiscale), MADE)


def verified(
    world: World, accounts: Accounts | None = None, identities: Identities = IDENTITIES
) -> Agreement:
    """The outcome, in pages of two."""
    grace = timedelta(minutes=2)
    known = accounts or Accounts(world.directory.users)
    verifier = Verifier(
        world.engine, known, identities, lambda: world.clock.now - grace, page=2, pause_seconds=0
    )
    return verifier.run()


def test_accounts_and_codes_that_agree_are_counted(world: World) -> None:
    people = [Customer(f"20000000{n:02d}", ROSSI.codice_fiscale, "A", "B", "active", "") for n in range(7)]
    with world.engine.begin() as connection:
        add(connection, people, world.clock.now)
    for number, person in enumerate(people):
        world.confirmed(person, user=f"user-{number}", owner=f"session-{number}")
    world.directory.users["an administrator"] = ""
    report = verified(world)
    assert (report.accounts, report.held, report.in_flight) == (7, 7, 0)
    assert report.lines()[-1] == "accounts and codes agree one to one"


def test_a_registration_under_way_is_no_disagreement_until_its_grace_is_over(world: World) -> None:
    world.claimed()
    assert (verified(world).in_flight, verified(world).disagreements) == (1, [])
    world.clock.forward(minutes=2)
    assert verified(world).disagreements == [
        f"code {ROSSI.code} is claimed by user user-1, whom Keycloak does not have"
    ]


def test_an_unconfirmed_claim_of_an_account_agrees(world: World) -> None:
    world.claimed()
    world.directory.users["user-1"] = ROSSI.code
    world.clock.forward(minutes=2)
    report = verified(world)
    assert (report.held, report.disagreements) == (1, [])


def _user_lost(world: World) -> str:
    world.confirmed()
    del world.directory.users["user-1"]
    return f"code {ROSSI.code} is confirmed by user user-1, whom Keycloak does not have"


def _code_lost(world: World) -> str:
    world.directory.users["user-1"] = ROSSI.code
    return f"user user-1 has code {ROSSI.code}, which is free"


def _unknown_code(world: World) -> str:
    world.directory.users["user-1"] = "9999999999"
    return "user user-1 has code 9999999999, which is not in the registry"


def _second_account(world: World) -> str:
    world.confirmed()
    world.directory.users["user-2"] = ROSSI.code
    return f"user user-2 has code {ROSSI.code}, which is confirmed by user user-1"


def _account_forgot_its_code(world: World) -> str:
    world.confirmed()
    world.directory.users["user-1"] = ""
    return f"code {ROSSI.code} is confirmed by user user-1, who has no code in Keycloak"


@pytest.mark.parametrize(
    "disagree", [_user_lost, _code_lost, _unknown_code, _second_account, _account_forgot_its_code]
)
def test_each_disagreement_is_named_by_code_and_user_and_nothing_is_changed(
    world: World, disagree: Callable[[World], str]
) -> None:
    expected = disagree(world)
    before = world.audit_rows()
    report = verified(world)
    assert report.disagreements == [expected]
    assert report.lines()[-1] == "disagreements: 1"
    assert world.audit_rows() == before


@pytest.mark.parametrize("known", [BIANCHI.codice_fiscale, "not one at all", ""])
def test_an_account_whose_codice_fiscale_is_not_the_registrys_is_named_without_it(
    known: str, world: World
) -> None:
    """The registry was corrected, or Keycloak restored to a moment before the account was."""
    world.confirmed()
    report = verified(world, Accounts(world.directory.users, {"user-1": known}))
    assert report.disagreements == [
        f"code {ROSSI.code} is confirmed by user user-1, whose codice fiscale in Keycloak is not the "
        f"registry's: customer-codes correct {ROSSI.code}"
    ]


def test_a_registry_hashed_under_an_unknown_key_proves_nothing(world: World) -> None:
    world.confirmed()
    with pytest.raises(UnknownKeyError, match="hashed under the key"):
        verified(world, identities=Identities("another-key-for-tests-of-40-characters.."))


def test_codes_swapped_between_two_accounts_are_both_named(world: World) -> None:
    world.confirmed(ROSSI, "user-1")
    world.confirmed(BIANCHI, "user-2", "session-2")
    world.directory.users.update({"user-1": BIANCHI.code, "user-2": ROSSI.code})
    assert len(verified(world).disagreements) == 2


def test_what_moves_while_it_is_read_is_looked_at_again(world: World) -> None:
    """A registration that ends and an account that is deleted between the two readings."""
    world.confirmed(ROSSI, "user-1")
    accounts = Accounts(world.directory.users)

    def move() -> None:
        del world.directory.users["user-1"]
        world.claims.user_deleted("user-1")
        world.confirmed(BIANCHI, "user-2", "session-2")

    accounts.meanwhile.append(move)
    report = verified(world, accounts)
    assert (report.held, report.disagreements) == (1, [])


def test_a_ceased_customers_account_still_agrees(world: World) -> None:
    from customer_code_validator.store.tables import codes
    from sqlalchemy import update

    world.confirmed()
    with world.engine.begin() as connection:
        connection.execute(update(codes).where(codes.c.code == ROSSI.code).values(status=CEASED.status))
    assert verified(world).disagreements == []
