"""A database restored from a backup that is older than Keycloak's accounts."""

from __future__ import annotations

from collections.abc import Iterator

from customer_code_validator.directory import Holding
from customer_code_validator.outcomes import CodeRefused
from customer_code_validator.restore import Report, Restorer

from tests.validator.world import BIANCHI, ROSSI, UNKNOWN, World


class Accounts:
    """Keycloak's accounts, in pages of two."""

    def __init__(self, users: dict[str, str]) -> None:
        self._all = [Holding(user, code) for user, code in users.items()]

    def pages(self, most: int) -> Iterator[list[Holding]]:
        yield from (self._all[first : first + most] for first in range(0, len(self._all), most))

    def holding(self, user_id: str) -> Holding | None:
        return next((one for one in self._all if one.user_id == user_id), None)


def restored(world: World, **users: str) -> Report:
    return Restorer(world.engine, Accounts(users), world.clock, page=2).run()


def test_codes_of_accounts_made_after_the_backup_are_given_back(world: World) -> None:
    world.reserve(BIANCHI)
    report = restored(world, anna=ROSSI.code, admin="", bruno=BIANCHI.code)
    assert (report.accounts, report.given_back, report.settled) == (2, 2, True)
    assert world.history() == [("free", "confirmed", "restored")]
    assert (world.record(ROSSI.code).user_id, world.record(BIANCHI.code).user_id) == ("anna", "bruno")
    assert world.claims.reserve(ROSSI.code, "session-2", "198.51.100.1") == CodeRefused()
    world.directory.users = {"anna": ROSSI.code, "bruno": BIANCHI.code}
    assert world.reconciler.run(world.clock.now).deleted_users_freed == 0


def test_a_second_run_and_one_at_any_other_time_change_nothing(world: World) -> None:
    world.confirmed()
    before = world.audit_rows()
    for _ in range(2):
        report = restored(world, **{"user-1": ROSSI.code})
        assert (report.given_back, report.settled) == (0, True)
    assert world.audit_rows() == before


def test_what_a_person_must_look_at_is_told_and_left(world: World) -> None:
    world.confirmed()
    report = restored(world, stranger=ROSSI.code, anna=UNKNOWN)
    assert (report.given_back, report.unknown, report.settled) == (0, 1, False)
    assert report.contested == [f"code {ROSSI.code}: of user stranger in Keycloak, of user-1 here"]
    assert "import the newest export" in report.lines()[-1]
    assert world.record(ROSSI.code).user_id == "user-1"
