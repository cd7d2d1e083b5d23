"""Bringing the database up to date while the service goes on."""

import argparse
import os
from typing import Any

from customer_code_validator import settings
from customer_code_validator.commands.context import CommandError, open_database

BUSY_SECONDS = 30.0


def add(commands: Any) -> None:
    """The command's arguments."""
    migrating = commands.add_parser("migrate", help="bring the database up to date while the service goes on")
    migrating.set_defaults(command=_migrate)
    migrating.add_argument(
        "--schema-only",
        action="store_true",
        help="leave the data as the previous version needs them, for as long as replicas of it run",
    )


def migrate(schema_only: bool = False) -> None:
    """First the tables, at once; then the data, in small transactions. Raises `CommandError`."""
    from customer_code_validator.store.engine import migrate as migrate_tables

    url = settings.database_url(os.environ)
    try:
        if not migrate_tables(url):
            print("the database is of a later version already: its tables stay as they are")
    except ImportError as error:
        raise CommandError(
            f"CUSTOMER_CODES_DATABASE_URL: its driver is not installed: {error.name}"
        ) from None
    if not schema_only:
        _hash_identities()


def _migrate(options: argparse.Namespace) -> int:
    migrate(options.schema_only)
    return 0


def _hash_identities() -> None:
    from customer_code_validator.store import sealing

    engine = open_database(os.environ, BUSY_SECONDS)
    if sealing.any_plain(engine):
        count = sealing.seal_all(engine, settings.identities(os.environ).seal)
        print(f"{count} codici fiscali hashed")
