"""What an import did, or would do, and what it must not do unasked."""

from dataclasses import dataclass, field
from enum import StrEnum

from customer_code_validator.store.registry import Counts

MANY_FLOOR = 20
MANY_SHARE = 0.05
"""More customers than these, of all active ones, who cease or change their codice fiscale at once look like
a damaged export."""


class Allow(StrEnum):
    """The names of the dangers, as `--allow` takes them."""

    EMPTY = "empty"
    CUT_SHORT = "cut-short"
    UNREADABLE = "unreadable"
    CEASE_MANY = "cease-many"
    CHANGE_MANY = "change-many"


@dataclass(frozen=True)
class Danger:
    """Something that looks like a damaged export: `name` is what `--allow` takes."""

    name: Allow
    words: str

    def __str__(self) -> str:
        return f"{self.name}: {self.words}"


@dataclass(frozen=True)
class Read:
    """What the file was like. `unreadable`: rows without even a code that could be read."""

    customers: int = 0
    rejected: int = 0
    unreadable: int = 0
    cut_short: bool = False


@dataclass(frozen=True)
class Report:
    """`ceased_accounts` are the first of the ceased customers who have an account: code and user id."""

    read: Read
    counts: Counts
    dangers: list[Danger] = field(default_factory=list)
    ceased_accounts: list[tuple[str, str]] = field(default_factory=list)
    written: bool = False

    def lines(self) -> list[str]:
        """The report for a terminal."""
        counts = self.counts
        unchanged = self.read.customers - counts.new - counts.changed
        told = f"{counts.new} new, {counts.changed} changed, {unchanged} unchanged, {counts.ceased} ceased"
        if counts.missing:
            told += f" ({counts.missing} not in the file)"
        if counts.rehashed:
            told += f", {counts.rehashed} hashed under the new key"
        if self.read.rejected:
            told += f", {self.read.rejected} rejected"
        if not counts.ceased_with_account:
            return [told]
        more = counts.ceased_with_account - len(self.ceased_accounts)
        return [
            told,
            f"{counts.ceased_with_account} of the ceased customers have an account; none was deleted:",
            *(f"  {code}  user {user_id}" for code, user_id in self.ceased_accounts),
            *([f"  and {more} more: customer-codes list --status ceased --state confirmed"] if more else []),
        ]


def dangers(read: Read, counts: Counts, complete: bool) -> list[Danger]:
    """What speaks against writing this."""
    many = max(MANY_FLOOR, MANY_SHARE * counts.active)
    found = []
    if not read.customers:
        found.append(Danger(Allow.EMPTY, "no row of the file could be imported"))
    if read.cut_short:
        found.append(Danger(Allow.CUT_SHORT, "the file ends in the middle of its last line"))
    if complete and read.unreadable:
        words = f"{read.unreadable} rows do not tell their code: who is missing from the file cannot be told"
        found.append(Danger(Allow.UNREADABLE, words))
    if counts.ceased_active > many:
        words = f"{counts.ceased_active} of {counts.active} active customers would cease"
        found.append(Danger(Allow.CEASE_MANY, words))
    if counts.identities > many:
        words = f"{counts.identities} of {counts.active} customers would have another codice fiscale"
        found.append(Danger(Allow.CHANGE_MANY, words))
    return found
