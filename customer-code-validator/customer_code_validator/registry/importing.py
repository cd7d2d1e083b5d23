"""Importing the co-op's export: read and check each row, compare with the registry, write the difference.

The rows go into a temporary table first, a chunk at a time, so that memory stays flat; then a few statements
over whole tables find the difference and write it in one transaction: all of it, or nothing. A customer who
is missing from a later export is left alone, unless the export is said to be complete; one who has ceased
can no longer register, and the account, if any, is only reported.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from customer_code_validator.identities import Identities
from customer_code_validator.registry import processes
from customer_code_validator.registry.checking import Checked, Checker
from customer_code_validator.registry.progress import Progress
from customer_code_validator.registry.rejects import Rejects
from customer_code_validator.registry.report import Allow, Read, Report, dangers
from customer_code_validator.registry.rows import OPTIONAL, RowError
from customer_code_validator.registry.source import Source
from customer_code_validator.store import registry as stored

ACCOUNTS_SHOWN = 50


@dataclass(frozen=True)
class Wishes:
    """How to import. `strict`: nothing if any row is wrong. `complete`: who is missing has ceased.

    `processes`: how many check the rows.
    """

    strict: bool = False
    complete: bool = False
    dry_run: bool = False
    allow: frozenset[Allow] = frozenset()
    processes: int = 1


def import_export(
    engine: Engine,
    source: Source,
    identities: Identities,
    now: datetime,
    wishes: Wishes,
    rejects: Rejects,
    progress: Progress,
) -> Report:
    """Import all of it; what is wrong goes to `rejects`. Raises `ImportFileError` if it cannot be read.

    Nothing is written where a danger is found that is not allowed: the report names them.
    """
    reading = Reading(source, Checker(source.header, identities), rejects, progress)
    with stored.connected(engine) as connection:
        stored.stage(connection, reading.staged(wishes.processes))
        with stored.alone(connection) as transaction:
            progress.step("comparing with the registry")
            read = reading.read if reading.ascending else _without_repeated(connection, reading.read, rejects)
            report = _compare(connection, read, source, wishes)
            if wishes.dry_run or report.dangers or (wishes.strict and read.rejected):
                transaction.rollback()
                return report
            progress.step("writing the difference")
            stored.write(connection, _told(source), now, report.counts.first)
    return replace(report, written=True)


def _without_repeated(connection: Connection, read: Read, rejects: Rejects) -> Read:
    """Of several rows with one code the first one counts."""
    repeated = 0
    for line, first in stored.repeated(connection):
        rejects.add([RowError(line, "code", f"the same as in line {first}")])
        repeated += 1
    if repeated:
        stored.drop_repeated(connection)
    return replace(read, customers=read.customers - repeated, rejected=read.rejected + repeated)


def _compare(connection: Connection, read: Read, source: Source, wishes: Wishes) -> Report:
    counts = stored.compare(connection, _told(source), wishes.complete)
    found = [one for one in dangers(read, counts, wishes.complete) if one.name not in wishes.allow]
    return Report(read, counts, found, stored.ceased_accounts(connection, ACCOUNTS_SHOWN))


def _told(source: Source) -> list[str]:
    """The columns that the export tells: what it has not is left as the registry has it."""
    return ["codice_fiscale", *(name for name in OPTIONAL if name in source.header)]


class Reading:
    """Rows on their way from the file into the temporary table; `read` tells what they were like.

    `ascending`: each valid row's code is greater than the one before, and so none is there twice.
    """

    def __init__(self, source: Source, checker: Checker, rejects: Rejects, progress: Progress) -> None:
        self.read = Read()
        self.ascending = True
        self._greatest = ""
        self._checker = checker
        self._source = source
        self._rejects = rejects
        self._progress = progress

    def staged(self, by: int) -> Iterator[str]:
        """The rows to stage, checked by so many processes."""
        rejected_last = False
        for checked in processes.checked(self._source.chunks(), self._checker, by):
            if checked.rows:
                rejected_last = checked.last_is_rejected
            self._compare_codes(checked.codes)
            self._count(checked)
            self._progress.rows(self.read.customers + self.read.rejected, checked.done)
            yield checked.staged
        self.read = replace(self.read, cut_short=self._source.ends_open and rejected_last)

    def _compare_codes(self, codes: tuple[str, str] | None) -> None:
        if codes is None:
            self.ascending = False
        elif codes[1]:
            self.ascending = self.ascending and codes[0] > self._greatest
            self._greatest = codes[1]

    def _count(self, checked: Checked) -> None:
        for row in checked.rejected:
            self._rejects.add(row.errors)
        self.read = replace(
            self.read,
            customers=self.read.customers + checked.rows - len(checked.rejected),
            rejected=self.read.rejected + len(checked.rejected),
            unreadable=self.read.unreadable + sum(not row.code for row in checked.rejected),
        )
