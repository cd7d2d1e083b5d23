"""Deleting the accounts that nobody confirmed, so that their codes are free for their owners.

All candidates are listed first and each is read again just before its deletion. Who is about to confirm is
not lost: an account whose confirmation link is still good is kept, and without one nobody can confirm it
before a login has sent another. A run that is cut short leaves nothing half done; the next one goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from customer_code_validator.accounts import Accounts, Candidate

MANY_FLOOR = 50
MANY_SHARE = 0.2
"""More candidates than these, of all accounts, look like a broken mail system or a wrong setting: nothing is
deleted then until a person says so."""


@dataclass
class Report:
    """What one run did: counts, no personal data."""

    seen: int = 0
    due: int = 0
    accounts: int = 0
    purged: int = 0
    changed: int = 0
    with_rights: int = 0
    held_back: bool = False
    dry_run: bool = False
    stopped: str = ""

    @property
    def complete(self) -> bool:
        """Whether all that was due is gone, or would be."""
        return not self.held_back and not self.stopped

    def lines(self) -> list[str]:
        """The report for a terminal."""
        told = [f"unconfirmed customers: {self.seen} seen, {self.due} due, of {self.accounts} accounts"]
        if self.held_back:
            return [
                *told,
                "held back: too many to be forgotten registrations; check that mails arrive and that this is "
                "the right realm, then run again with --allow-many",
            ]
        verb = "would be purged" if self.dry_run else "purged, their codes are free"
        told.append(f"{self.purged} {verb}")
        if self.changed:
            told.append(f"kept: {self.changed} changed since they were listed")
        if self.with_rights:
            told.append(f"kept: {self.with_rights} with roles or groups of their own")
        if self.stopped:
            told.append(f"stopped: {self.stopped}; run again to go on")
        return told


def is_due(account: Candidate, now: datetime, older_than: timedelta) -> bool:
    """Registered long ago with an email that was never confirmed and that no link can confirm now."""
    return (
        account.is_customer
        and account.has_email
        and not account.confirmed
        and account.created <= now - older_than
        and (account.link_until is None or account.link_until < now)
    )


@dataclass(frozen=True)
class Purge:
    """One run over the accounts; `free_code` frees the code of a user who is gone."""

    accounts: Accounts
    free_code: Callable[[str], object]
    clock: Callable[[], datetime]
    older_than: timedelta

    def run(self, report: Report, allow_many: bool = False) -> None:
        """Fill the report, which holds also where an `UnansweredError` ends the run before its time."""
        due = self._listed(report)
        report.accounts = self.accounts.count()
        if len(due) > max(MANY_FLOOR, MANY_SHARE * report.accounts) and not allow_many:
            report.held_back = True
            return
        for user_id in due:
            self._purge(user_id, report)

    def _listed(self, report: Report) -> list[str]:
        now, due = self.clock(), dict[str, None]()
        for account in self.accounts.unconfirmed():
            report.seen += account.is_customer
            if is_due(account, now, self.older_than):
                due[account.id] = None
        report.due = len(due)
        return list(due)

    def _purge(self, user_id: str, report: Report) -> None:
        if self.accounts.has_rights(user_id):
            report.with_rights += 1
            return
        account = self.accounts.account(user_id)
        if account is None or not is_due(account, self.clock(), self.older_than):
            report.changed += 1
            return
        if not report.dry_run:
            self.accounts.delete(user_id)
            self.free_code(user_id)
        report.purged += 1
