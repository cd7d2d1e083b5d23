"""Importing the customers' registry and listing it."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from customer_code_validator import settings
from customer_code_validator.claims import utc_now
from customer_code_validator.commands.context import CommandError, open_database
from customer_code_validator.registry import processes
from customer_code_validator.registry.importing import Wishes, import_export
from customer_code_validator.registry.progress import Progress
from customer_code_validator.registry.rejects import Rejects
from customer_code_validator.registry.report import Allow, Report
from customer_code_validator.registry.rows import ImportFileError
from customer_code_validator.registry.source import open_source

DONE, REFUSED, DONE_IN_PART = 0, 1, 2
BUSY_SECONDS = 30.0


def add(commands: Any) -> None:
    """The commands' arguments."""
    importing = commands.add_parser(
        "import",
        help="import the customers' registry as a difference",
        description="Import the customers' registry as a difference. Exit code 0: all of it is imported; "
        "1: nothing is; 2: some rows were rejected, the others are imported.",
    )
    importing.set_defaults(command=_import)
    importing.add_argument("file", type=Path, metavar="FILE.csv|FILE.parquet")
    importing.add_argument("--dry-run", action="store_true", help="say what would change and write nothing")
    importing.add_argument("--strict", action="store_true", help="import nothing if any row is wrong")
    importing.add_argument(
        "--complete", action="store_true", help="the file holds all customers: who is missing has ceased"
    )
    importing.add_argument(
        "--rejects",
        type=Path,
        metavar="FILE",
        help="where wrong rows are listed, if there are any (default: FILE.rejects.csv beside the file)",
    )
    importing.add_argument(
        "--allow",
        action="append",
        type=Allow,
        choices=list(Allow),
        default=[],
        metavar="DANGER",
        help=f"import in spite of what looks like a damaged export: {', '.join(Allow)}",
    )
    importing.add_argument(
        "--processes",
        type=int,
        metavar="N",
        default=processes.usual(),
        help="how many processes check the rows of a large file (default here: %(default)s)",
    )

    listing = commands.add_parser("list", help="list codes and their states")
    listing.set_defaults(command=_list)
    listing.add_argument("--state", choices=["free", "reserved", "claimed", "confirmed"])
    listing.add_argument("--status", choices=["active", "ceased"], help="of the customer")
    listing.add_argument("--limit", type=int, default=100)


def _list(options: argparse.Namespace) -> int:
    from customer_code_validator.store import queues
    from customer_code_validator.store.engine import reading

    with reading(open_database(os.environ)) as connection:
        for record in queues.listed(connection, options.limit, state=options.state, status=options.status):
            since = f"{record.changed_at:%Y-%m-%d %H:%M:%S}" if record.changed_at else "-"
            print(f"{record.code}  {record.status:<6}  {record.state:<9}  {since}")
    return 0


def _import(options: argparse.Namespace) -> int:
    try:
        return _imported(options)
    except ImportFileError as error:
        raise CommandError(str(error)) from None


def _imported(options: argparse.Namespace) -> int:
    engine, identities = open_database(os.environ, BUSY_SECONDS), settings.identities(os.environ)
    wishes = Wishes(
        options.strict, options.complete, options.dry_run, frozenset(options.allow), options.processes
    )
    beside = None if options.dry_run else options.file.with_name(options.file.name + ".rejects.csv")
    source = open_source(options.file)
    progress = Progress(sys.stderr)
    with Rejects(options.file, options.rejects or beside, progress.say) as rejects:
        report = import_export(engine, source, identities, utc_now(), wishes, rejects, progress)
    progress.done()
    if options.dry_run:
        print("dry run, nothing is written:")
    if report.written or options.dry_run:
        print("\n".join(report.lines()))
    return _conclude(report, rejects, wishes)


def _conclude(report: Report, rejects: Rejects, wishes: Wishes) -> int:
    if rejects.errors and rejects.file:
        _tell(f"rejected rows are listed in {rejects.file}")
    for danger in report.dangers:
        _tell(f"{danger} (--allow {danger.name}, if that is right)")
    if report.dangers:
        _tell("nothing imported: the file looks damaged")
        return REFUSED
    if wishes.strict and report.read.rejected:
        _tell(f"nothing imported: {report.read.rejected} rows are wrong, and --strict was asked for")
        return REFUSED
    return DONE_IN_PART if report.read.rejected else DONE


def _tell(line: str) -> None:
    print(f"customer-codes: {line}", file=sys.stderr)
