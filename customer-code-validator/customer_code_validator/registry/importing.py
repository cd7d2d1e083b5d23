"""Importing the co-op's export: read and check each row, compare with the registry, write the difference.

The rows go into a temporary table first, a chunk at a time, so that memory stays flat, where it can be told
without those that the registry has as they are; then a few statements over whole tables find the difference
and write it in one transaction: all of it, or nothing. A customer who is missing from a later export is left
alone, unless the export is said to be complete; one who has ceased can no longer register, and the account,
if any, is only reported.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from customer_code_validator.identities import Identities
from customer_code_validator.registry.checking import Checker
from customer_code_validator.registry.progress import Progress
from customer_code_validator.registry.reading import Reading
from customer_code_validator.registry.rejects import Rejects
from customer_code_validator.registry.report import Allow, Read, Report, dangers
from customer_code_validator.registry.rows import OPTIONAL, ImportFileError, RowError
from customer_code_validator.registry.source import Source
from customer_code_validator.store import registry as stored
from customer_code_validator.store import staging

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
    """Import all of it; what is wrong goes to `rejects`. Raises `ImportFileError` if it cannot be read, or
    another import or a migration is to end first.

    Nothing is written where a danger is found that is not allowed: the report names them.
    """
    reading = Reading(source, Checker(source.header, identities), rejects, progress)
    with _connected(engine) as connection:
        narrowed = _stage(connection, reading, wishes)
        with stored.writing(connection) as transaction:
            progress.step("comparing with the registry")
            read = reading.read
            if not reading.ascending:
                read = _without_repeated(connection, read, rejects, narrowed)
            report = _compare(connection, read, source, wishes, narrowed)
            if wishes.dry_run or report.dangers or (wishes.strict and read.rejected):
                transaction.rollback()
                return report
            progress.step("writing the difference")
            stored.write(connection, _told(source), now, report.counts.first)
    return replace(report, written=True)


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    try:
        with stored.connected(engine) as connection:
            yield connection
    except stored.BusyError:
        raise ImportFileError("another import is at work: try again when it has ended") from None
    except stored.UnhashedError:
        raise ImportFileError(
            "codici fiscali are stored that are not hashed; run customer-codes migrate first"
        ) from None


def _stage(connection: Connection, reading: Reading, wishes: Wishes) -> bool:
    """Whether rows may be left out because the registry has them as they are."""
    if not staging.can_narrow(connection):
        staging.stage(connection, reading.staged(wishes.processes))
        return False
    chunks = reading.in_order(wishes.processes)
    return staging.stage_unlike(connection, chunks, _told(reading.source), wishes.complete)


def _without_repeated(connection: Connection, read: Read, rejects: Rejects, narrowed: bool) -> Read:
    """Of several rows with one code the first one counts."""
    repeated = 0
    for line, first in stored.repeated(connection, narrowed):
        before = f"line {first}" if first else "an earlier line"
        rejects.add([RowError(line, "code", f"the same as in {before}")])
        repeated += 1
    if repeated:
        stored.drop_repeated(connection, narrowed)
    return replace(read, customers=read.customers - repeated, rejected=read.rejected + repeated)


def _compare(connection: Connection, read: Read, source: Source, wishes: Wishes, narrowed: bool) -> Report:
    counts = stored.compare(connection, _told(source), wishes.complete, narrowed)
    found = [one for one in dangers(read, counts, wishes.complete) if one.name not in wishes.allow]
    return Report(read, counts, found, stored.ceased_accounts(connection, ACCOUNTS_SHOWN))


def _told(source: Source) -> list[str]:
    """The columns that the export tells: what it has not is left as the registry has it."""
    return ["codice_fiscale", *(name for name in OPTIONAL if name in source.header)]
