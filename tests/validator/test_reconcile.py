"""Reconciliation against a Keycloak that is present, absent or silent."""

from dataclasses import dataclass

import pytest
from customer_code_validator import reconcile
from customer_code_validator.customers import Customer
from customer_code_validator.directory import Answer, NoAnswer
from customer_code_validator.reconcile import Reconciler
from customer_code_validator.runner import Runner

from tests.validator.world import BIANCHI, ROSSI, FakeDirectory, World, add


def test_an_unconfirmed_claim_whose_user_exists_is_confirmed(world: World) -> None:
    world.claimed()
    world.directory.users["user-1"] = ROSSI.code
    world.clock.forward(minutes=2)
    report = world.reconciler.run(world.clock.now)
    assert (report.claims_confirmed, report.settled) == (1, True)
    assert world.history()[-1] == ("claimed", "confirmed", "reconciled_present")


def test_an_unconfirmed_claim_whose_user_is_absent_is_freed(world: World) -> None:
    world.claimed()
    world.clock.forward(minutes=2)
    assert world.reconciler.run(world.clock.now).claims_freed == 1
    assert world.history()[-1] == ("claimed", "free", "reconciled_absent")


def test_a_claim_younger_than_the_grace_is_not_even_asked_about(world: World) -> None:
    """Its transaction in Keycloak may still be running."""
    world.claimed()
    world.clock.forward(seconds=119)
    world.reconciler.run(world.clock.now)
    assert (world.state(), world.directory.asked) == ("claimed", [])


def test_without_an_answer_everything_stays_untouched_and_the_report_says_so(world: World) -> None:
    world.claimed()
    world.reserve(BIANCHI)
    world.directory.down = True
    world.clock.forward(days=30)
    report = world.reconciler.run(world.clock.now)
    assert (world.state(), world.state(BIANCHI.code)) == ("claimed", "reserved")
    assert (report.untouched, report.settled) == (2, False)
    assert "left untouched: 2 (Keycloak is down)" in report.lines()


def test_after_some_silence_a_run_asks_no_more(world: World) -> None:
    """Each question costs seconds when Keycloak hangs."""
    people = [Customer(f"20000000{n:02d}", ROSSI.codice_fiscale, "A", "B", "active", "") for n in range(20)]
    with world.engine.begin() as connection:
        add(connection, people, world.clock.now)
    for number, person in enumerate(people):
        world.claimed(person, user=f"user-{number}", owner=f"session-{number}")
    world.directory.down = True
    world.clock.forward(minutes=5)
    report = world.reconciler.run(world.clock.now)
    assert (len(world.directory.asked), report.untouched) == (3, 20)


def test_a_reservation_past_its_lease_is_freed_if_nobody_has_its_code(world: World) -> None:
    world.reserve()
    world.clock.forward(hours=2)
    assert world.reconciler.run(world.clock.now).reservations_freed == 1
    assert world.history()[-1] == ("reserved", "free", "lease_over")


def test_a_reservation_past_its_lease_is_confirmed_if_a_user_has_its_code(world: World) -> None:
    world.reserve()
    world.directory.users["user-9"] = ROSSI.code
    world.clock.forward(hours=2)
    assert world.reconciler.run(world.clock.now).reservations_confirmed == 1
    assert world.record(ROSSI.code).user_id == "user-9"


def test_a_reservation_renewed_while_keycloak_was_asked_is_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reservation = world.reserve()
    world.clock.forward(hours=2)
    ask = world.directory.user_with_code

    def renewed_meanwhile(code: str) -> object:
        world.reserve()
        return ask(code)

    monkeypatch.setattr(world.directory, "user_with_code", renewed_meanwhile)
    world.reconciler.run(world.clock.now)
    assert world.record(ROSSI.code).reservation == reservation


def test_the_sweep_frees_the_codes_of_users_deleted_unnoticed(world: World) -> None:
    world.confirmed(ROSSI, "user-1")
    world.confirmed(BIANCHI, "user-2", "session-2")
    del world.directory.users["user-1"]
    report = world.reconciler.run(world.clock.now)
    assert (report.users_checked, report.deleted_users_freed) == (2, 1)
    assert (world.state(), world.state(BIANCHI.code)) == ("free", "confirmed")


def fill_with_confirmed(world: World, count: int) -> None:
    people = [Customer(f"3000000{n:03d}", ROSSI.codice_fiscale, "A", "B", "active", "") for n in range(count)]
    with world.engine.begin() as connection:
        add(connection, people, world.clock.now)
    for number, person in enumerate(people):
        world.confirmed(person, user=f"user-{number}", owner=f"session-{number}")


def test_the_sweep_goes_round_in_pages(world: World) -> None:
    """120 codes, 50 a run: the third run is at the end, the fourth begins again."""
    fill_with_confirmed(world, 120)
    runner = Runner(world.engine, world.reconciler, world.reconciler._times.reconcile_every, world.clock)
    reports = [runner.run_once() for _ in range(4)]
    assert [report.users_checked for report in reports if report] == [50, 50, 20, 50]
    first_three = [user for users in world.directory.listed[:-1] for user in users]
    assert sorted(first_three) == sorted(f"user-{n}" for n in range(120))
    assert world.directory.asked == []


def test_a_run_asks_about_many_users_at_once_and_about_those_alone_whom_keycloak_does_not_list(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "AT_ONCE", 20)
    fill_with_confirmed(world, 50)
    del world.directory.users["user-7"]
    report = world.reconciler.run(world.clock.now)
    assert (report.users_checked, report.deleted_users_freed) == (50, 1)
    assert [len(users) for users in world.directory.listed] == [20, 20, 10]
    assert world.directory.asked == ["user-7"]


def test_whom_keycloak_leaves_out_of_its_list_and_has_keeps_the_code(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.confirmed(ROSSI, "user-1")
    monkeypatch.setattr(world.directory, "present", lambda _: frozenset())
    assert world.reconciler.run(world.clock.now).deleted_users_freed == 0
    assert (world.directory.asked, world.state()) == (["user-1"], "confirmed")


@dataclass
class Slow:
    """A Keycloak that takes ten seconds for each answer, and the clock that shows it."""

    directory: FakeDirectory
    seconds: float = 0

    def present(self, user_ids: list[str]) -> frozenset[str] | NoAnswer:
        self.seconds += 10
        return self.directory.present(user_ids)

    def user(self, user_id: str) -> Answer:
        self.seconds += 10
        return self.directory.user(user_id)

    def user_with_code(self, code: str) -> Answer:
        self.seconds += 10
        return self.directory.user_with_code(code)

    def reconciler(self, world: World) -> Reconciler:
        """Its runs have thirty seconds each."""
        return Reconciler(world.engine, self, world.reconciler._times, 1000, monotonic=lambda: self.seconds)


def test_a_run_ends_in_time_for_the_next_which_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "AT_ONCE", 10)
    fill_with_confirmed(world, 50)
    slow = Slow(world.directory).reconciler(world)
    reports = [slow.run(world.clock.now) for _ in range(2)]
    assert [report.users_checked for report in reports] == [30, 20]
    assert len({user for users in world.directory.listed for user in users}) == 50
    assert all(report.settled for report in reports)


def test_runs_too_short_for_all_the_deleted_users_of_a_page_come_through_it_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "AT_ONCE", 25)
    fill_with_confirmed(world, 50)
    for number in range(8):
        del world.directory.users[f"user-{number}"]
    slow = Slow(world.directory).reconciler(world)
    freed = [slow.run(world.clock.now).deleted_users_freed for _ in range(4)]
    assert freed == [2, 2, 2, 2]
    assert world.state("3000000049") == "confirmed"


def test_claims_for_which_no_time_is_left_are_told_and_left_to_the_next_run(world: World) -> None:
    people = [ROSSI, BIANCHI, *(ROSSI._replace(code=f"200000000{number}") for number in range(3))]
    with world.engine.begin() as connection:
        add(connection, people[2:], world.clock.now)
    for number, customer in enumerate(people):
        world.claimed(customer, f"user-{number}", f"session-{number}")
    world.clock.forward(minutes=2)
    slow = Slow(world.directory).reconciler(world)
    first, second = slow.run(world.clock.now), slow.run(world.clock.now)
    assert (first.claims_freed, first.untouched, second.claims_freed) == (3, 2, 2)
    assert "left untouched: 2 (the time of the run was over)" in first.lines()
    assert second.settled


def test_a_page_without_an_answer_is_looked_at_again(world: World) -> None:
    fill_with_confirmed(world, 60)
    runner = Runner(world.engine, world.reconciler, world.reconciler._times.reconcile_every, world.clock)
    world.directory.down = True
    report = runner.run_once()
    assert report and report.untouched == 50
    world.directory.down = False
    runner.run_once()
    assert "user-0" in world.directory.listed[1]


def test_many_missing_users_look_like_a_wrong_keycloak_and_nothing_is_freed(world: World) -> None:
    fill_with_confirmed(world, 20)
    world.directory.users.clear()
    report = world.reconciler.run(world.clock.now)
    assert (report.held_back, report.deleted_users_freed, report.settled) == (20, 0, False)
    assert world.state("3000000000") == "confirmed"
    assert world.reconciler.run(world.clock.now, allow_many=True).deleted_users_freed == 20


def test_a_report_holds_no_personal_data(world: World) -> None:
    world.claimed(user="user-1")
    world.reserve(BIANCHI)
    world.clock.forward(hours=3)
    text = "\n".join(world.reconciler.run(world.clock.now).lines())
    for secret in (ROSSI.code, ROSSI.codice_fiscale, "user-1", "Rossi", BIANCHI.code):
        assert secret not in text


def test_old_address_hashes_are_forgotten(world: World) -> None:
    world.confirmed()
    world.clock.forward(days=91)
    world.reconciler.run(world.clock.now)
    assert {row["address_hash"] for row in world.audit_rows()} == {None}


def test_only_one_of_two_runners_works_until_it_resigns_or_dies(world: World) -> None:
    every = world.reconciler._times.reconcile_every
    first, second = (Runner(world.engine, world.reconciler, every, world.clock) for _ in range(2))
    assert first.run_once()
    assert second.run_once() is None
    assert first.run_once()
    world.clock.forward(minutes=6)
    assert second.run_once()
    assert first.run_once() is None
