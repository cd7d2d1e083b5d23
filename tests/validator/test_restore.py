"""Backups are put back, of Keycloak, of the codes or of both, and never of one moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from customer_code_validator.customers import Customer
from customer_code_validator.directory import Holding
from customer_code_validator.outcomes import CodeRefused
from customer_code_validator.restore import Report, Restorer
from customer_code_validator.store import settling

from tests.validator.world import BIANCHI, ROSSI, UNKNOWN, World, add


class Accounts:
    """Keycloak's accounts, in pages of two: the code of each, and when it was made."""

    def __init__(self, accounts: list[Holding]) -> None:
        self._all = accounts

    def pages(self, most: int) -> Iterator[list[Holding]]:
        holders = [one for one in self._all if one.code]
        yield from (holders[first : first + most] for first in range(0, len(holders), most))

    def holding(self, user_id: str) -> Holding | None:
        return next((one for one in self._all if one.user_id == user_id), None)


def restored(
    world: World,
    users: dict[str, str] | None = None,
    made: datetime | None = None,
    allow_many: bool = False,
    decided: dict[str, str] | None = None,
) -> Report:
    """The outcome, where Keycloak has these accounts, all made now or at that time."""
    accounts = [Holding(user, code, "", made or world.clock.now) for user, code in (users or {}).items()]
    grace = timedelta(minutes=2)
    restorer = Restorer(
        world.engine, Accounts(accounts), world.clock, lambda: world.clock.now - grace, page=2
    )
    return restorer.run(allow_many, decided)


def deleted(world: World, user: str = "user-1") -> None:
    """Keycloak tells of a deletion, a minute later than all before."""
    world.clock.forward(minutes=1)
    world.claims.user_deleted(user)
    world.clock.forward(minutes=1)


def test_codes_of_accounts_made_after_the_backup_are_given_back(world: World) -> None:
    world.reserve(BIANCHI)
    report = restored(world, {"anna": ROSSI.code, "admin": "", "bruno": BIANCHI.code})
    assert (report.accounts, len(report.given_back), report.settled) == (2, 2, True)
    assert report.lines()[0] == f"code {ROSSI.code}: given back to user anna"
    assert world.history() == [("free", "confirmed", "restored")]
    assert (world.record(ROSSI.code).user_id, world.record(BIANCHI.code).user_id) == ("anna", "bruno")
    assert world.claims.reserve(ROSSI.code, "session-2", "198.51.100.1") == CodeRefused()
    world.directory.users = {"anna": ROSSI.code, "bruno": BIANCHI.code}
    assert world.reconciler.run(world.clock.now).deleted_users_freed == 0


def test_a_second_run_and_one_at_any_other_time_change_nothing(world: World) -> None:
    world.confirmed()
    before = world.audit_rows()
    for _ in range(2):
        report = restored(world, {"user-1": ROSSI.code})
        assert (report.given_back, report.freed, report.settled) == ([], [], True)
    assert world.audit_rows() == before


def test_a_code_whose_account_is_newer_than_keycloaks_backup_is_free_and_names_nobody(world: World) -> None:
    world.confirmed()
    report = restored(world)
    assert report.freed == [f"code {ROSSI.code}: freed, Keycloak lacks user user-1"]
    assert report.settled
    assert world.state() == "free"
    assert "user-1" not in str(world.audit_rows())
    world.reserve(owner="session-2")


def test_a_registration_under_way_keeps_its_code(world: World) -> None:
    world.claimed()
    assert restored(world).freed == []
    world.clock.forward(minutes=3)
    assert len(restored(world).freed) == 1


def test_a_keycloak_without_most_accounts_is_believed_once_a_person_says_so(world: World) -> None:
    people = [Customer(f"20000000{n:02d}", ROSSI.codice_fiscale, "A", "B", "active", "") for n in range(11)]
    with world.engine.begin() as connection:
        add(connection, people, world.clock.now)
    for number, person in enumerate(people):
        world.confirmed(person, user=f"user-{number}", owner=f"session-{number}")
    report = restored(world)
    assert (report.held_back, report.freed, report.settled) == (11, [], False)
    assert "reconcile --restored --allow-many" in report.lines()[-1]
    assert len(restored(world, allow_many=True).freed) == 11


def test_an_account_that_was_deleted_after_keycloaks_backup_gets_no_code_by_itself(world: World) -> None:
    """The customer wanted it gone; the restore has brought it back."""
    made = world.clock.now
    world.confirmed()
    deleted(world)
    report = restored(world, {"user-1": ROSSI.code}, made)
    assert report.undecided == [
        f"code {ROSSI.code}: of user user-1 in Keycloak, but was freed on 2026-03-01 12:01 UTC"
    ]
    assert (world.state(), report.settled) == ("free", False)


def test_who_registered_again_after_a_deletion_that_the_codes_backup_knows_has_the_code_again(
    world: World,
) -> None:
    world.confirmed()
    deleted(world)
    assert len(restored(world, {"anna": ROSSI.code}).given_back) == 1


def test_a_code_passes_to_the_younger_account_where_the_older_one_is_no_more(world: World) -> None:
    world.confirmed()
    world.clock.forward(minutes=1)
    report = restored(world, {"anna": ROSSI.code})
    assert report.given_back == [f"code {ROSSI.code}: given back to user anna"]
    assert world.record(ROSSI.code).user_id == "anna"
    assert "user-1" not in str(world.audit_rows())


def test_a_code_that_went_to_somebody_younger_whom_keycloak_lacks_is_for_a_person(world: World) -> None:
    made = world.clock.now
    world.clock.forward(minutes=1)
    world.confirmed(user="bruno")
    report = restored(world, {"anna": ROSSI.code}, made)
    assert report.undecided == [
        f"code {ROSSI.code}: of user anna in Keycloak, but went to user bruno on 2026-03-01 12:01 UTC"
    ]
    assert (report.given_back, report.freed, world.state()) == ([], [], "confirmed")


def test_two_accounts_with_one_code_are_for_a_person_whoever_has_it_here(world: World) -> None:
    report = restored(world, {"anna": ROSSI.code, "bruno": ROSSI.code})
    assert report.undecided == [f"code {ROSSI.code}: of users anna, bruno in Keycloak, of nobody here"]
    assert world.state() == "free"
    world.confirmed(user="bruno")
    world.clock.forward(minutes=1)
    report = restored(world, {"anna": ROSSI.code, "bruno": ROSSI.code})
    assert report.undecided == [f"code {ROSSI.code}: of user anna in Keycloak, of user bruno here"]
    assert world.record(ROSSI.code).user_id == "bruno"


def test_an_account_whose_code_is_another_here_is_for_a_person(world: World) -> None:
    world.confirmed(BIANCHI, user="anna")
    report = restored(world, {"anna": ROSSI.code})
    assert report.undecided == [
        f"code {ROSSI.code}: user anna has another one here",
    ]
    assert (world.state(ROSSI.code), world.state(BIANCHI.code)) == ("free", "confirmed")


def test_a_holder_whose_account_has_no_code_is_for_a_person(world: World) -> None:
    world.confirmed()
    report = restored(world, {"user-1": ""})
    assert report.undecided == [
        f"code {ROSSI.code}: of user user-1 here, who has no code in Keycloak",
    ]


@pytest.mark.parametrize("chosen", ["anna", "bruno"])
def test_a_person_decides_between_two_accounts(world: World, chosen: str) -> None:
    world.confirmed(user="bruno")
    if chosen == "bruno":
        with world.engine.begin() as connection:
            settling.free_by_hand(connection, world.record(ROSSI.code), "forced", world.clock.now)
    other = {"anna": "bruno", "bruno": "anna"}[chosen]
    report = restored(world, {"anna": ROSSI.code, "bruno": ROSSI.code}, decided={ROSSI.code: chosen})
    assert report.given_back == [f"code {ROSSI.code}: given back to user {chosen}"]
    assert report.undecided == [
        f"code {ROSSI.code}: user {other} is without it from now on; delete that account"
    ]
    assert world.record(ROSSI.code).user_id == chosen


def test_a_decision_for_somebody_who_has_it_not_in_keycloak_is_refused(world: World) -> None:
    decided = {ROSSI.code: "bruno", BIANCHI.code: "anna"}
    report = restored(world, {"anna": ROSSI.code}, decided=decided)
    assert report.undecided == [
        f"code {BIANCHI.code}: no account in Keycloak is without it; nothing to decide",
        f"code {ROSSI.code}: user bruno does not have it in Keycloak",
    ]
    assert world.state() == "free"


def test_a_code_that_the_registry_lacks_waits_for_the_next_export(world: World) -> None:
    report = restored(world, {"anna": UNKNOWN})
    assert (report.unknown, report.settled) == ([f"code {UNKNOWN}: not in the registry"], False)
    assert "import the newest export" in report.lines()[-1]
