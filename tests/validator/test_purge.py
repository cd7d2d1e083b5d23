"""Which accounts the purge deletes and which never, with a Keycloak that says what it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from customer_code_validator import purge
from customer_code_validator.accounts import Candidate
from customer_code_validator.admin_api import UnansweredError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MONTH = timedelta(days=30)
FORGOTTEN = Candidate(
    id="forgotten",
    created=NOW - MONTH,
    confirmed=False,
    has_email=True,
    is_customer=True,
    link_until=NOW - timedelta(days=29),
)


@dataclass
class FakeAccounts:
    """Accounts by id; `meanwhile`: what they are when read again; the `broken` ones cannot be deleted."""

    users: dict[str, Candidate]
    meanwhile: dict[str, Candidate | None] = field(default_factory=dict)
    with_rights: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    others: int = 0
    deleted: list[str] = field(default_factory=list)

    def unconfirmed(self) -> Iterator[Candidate]:
        """All of them: the purge judges by itself."""
        return iter(list(self.users.values()))

    def count(self) -> int:
        """With those that are never listed."""
        return len(self.users) + self.others

    def account(self, user_id: str) -> Candidate | None:
        """As it is by now."""
        return self.meanwhile.get(user_id, self.users.get(user_id))

    def has_rights(self, user_id: str) -> bool:
        """As told."""
        return user_id in self.with_rights

    def delete(self, user_id: str) -> None:
        """Remember."""
        if user_id in self.broken:
            raise UnansweredError("Keycloak cannot be reached (ConnectionError)")
        del self.users[user_id]
        self.deleted.append(user_id)


def run(accounts: FakeAccounts, allow_many: bool = False, dry_run: bool = False) -> purge.Report:
    """One run of the purge over these accounts."""
    report = purge.Report(dry_run=dry_run)
    try:
        purge.Purge(accounts, lambda _: None, lambda: NOW, MONTH).run(report, allow_many)
    except UnansweredError as why:
        report.stopped = str(why)
    return report


def many(number: int) -> dict[str, Candidate]:
    """So many forgotten accounts."""
    return {f"u{n}": replace(FORGOTTEN, id=f"u{n}") for n in range(number)}


def test_an_old_account_that_nobody_confirmed_is_deleted_and_its_code_freed() -> None:
    accounts, freed = FakeAccounts({"forgotten": FORGOTTEN}), list[str]()
    purge.Purge(accounts, freed.append, lambda: NOW, MONTH).run(purge.Report())
    assert accounts.deleted == freed == ["forgotten"]


@pytest.mark.parametrize(
    "kept",
    [
        replace(FORGOTTEN, created=NOW - MONTH + timedelta(seconds=1)),
        replace(FORGOTTEN, confirmed=True),
        replace(FORGOTTEN, has_email=False),
        replace(FORGOTTEN, is_customer=False),
        replace(FORGOTTEN, link_until=NOW),
    ],
    ids=["a second too young", "confirmed", "without email", "no customer", "with a link that is still good"],
)
def test_every_other_account_is_kept(kept: Candidate) -> None:
    accounts = FakeAccounts({kept.id: kept})
    assert run(accounts).due == 0
    assert accounts.deleted == []


@pytest.mark.parametrize(
    "now",
    [
        replace(FORGOTTEN, confirmed=True),
        replace(FORGOTTEN, has_email=False),
        replace(FORGOTTEN, link_until=NOW + timedelta(hours=24)),
        None,
    ],
    ids=["confirmed", "email removed", "mailed again", "deleted"],
)
def test_an_account_that_has_changed_since_it_was_listed_is_kept(now: Candidate | None) -> None:
    accounts = FakeAccounts({"forgotten": FORGOTTEN}, meanwhile={"forgotten": now})
    report = run(accounts)
    assert accounts.deleted == []
    assert (report.due, report.purged, report.changed) == (1, 0, 1)
    assert report.complete


def test_an_account_with_roles_or_groups_of_its_own_is_kept() -> None:
    accounts = FakeAccounts({"forgotten": FORGOTTEN}, with_rights={"forgotten"})
    assert run(accounts).with_rights == 1
    assert accounts.deleted == []


def test_a_dry_run_only_counts() -> None:
    accounts = FakeAccounts(many(3))
    report = run(accounts, dry_run=True)
    assert accounts.deleted == []
    assert "3 would be purged" in report.lines()


def test_a_large_share_of_all_accounts_is_not_deleted_unless_a_person_says_so() -> None:
    accounts = FakeAccounts(many(51), others=51 * 4 - 1)
    report = run(accounts)
    assert report.held_back
    assert not report.complete
    assert "--allow-many" in report.lines()[-1]
    assert accounts.deleted == []
    assert run(accounts, allow_many=True).purged == 51


def test_a_fifth_of_all_accounts_is_deleted_without_asking() -> None:
    assert run(FakeAccounts(many(60), others=240)).purged == 60


def test_a_run_that_keycloak_cuts_short_says_so_and_the_next_one_goes_on() -> None:
    accounts = FakeAccounts(many(5), broken={"u2"})
    report = run(accounts)
    assert (report.purged, report.complete) == (2, False)
    assert report.lines()[-1] == ("stopped: Keycloak cannot be reached (ConnectionError); run again to go on")
    accounts.broken.clear()
    assert run(accounts).purged == 3
    assert accounts.deleted == ["u0", "u1", "u2", "u3", "u4"]
