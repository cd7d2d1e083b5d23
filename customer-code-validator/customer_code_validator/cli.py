"""The command line `customer-codes`: arguments, printing, exit codes. 0 is done, 1 is an error.

Errors are one line on standard error, never a traceback.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from customer_code_validator import settings
from customer_code_validator.claims import utc_now
from customer_code_validator.commands import (
    correcting,
    desk,
    migrating,
    reconciling,
    registry,
    serving,
    watching,
)
from customer_code_validator.commands.context import CommandError, open_database
from customer_code_validator.identities import UnknownKeyError
from customer_code_validator.logs import where
from customer_code_validator.settings import SettingsError


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(1, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except KeyboardInterrupt:
        return _fail("interrupted")
    except BrokenPipeError:
        # The reader (head, less) has seen enough; without this Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (CommandError, SettingsError, UnknownKeyError) as error:
        return _fail(str(error))
    except OperationalError as error:
        return _fail(f"the database does not answer: {_first_line(error)}")
    except SQLAlchemyError as error:
        return _fail(f"the database refuses: {_first_line(error)}")
    except Exception as error:  # its text may hold a customer's data
        return _fail(f"failed in a way that nobody has foreseen: {where(error)}")


def _consents(options: argparse.Namespace) -> int:
    """Exit code 1 if something of it is not proved."""
    from customer_code_validator.consents import prove
    from customer_code_validator.directory import NoAnswer
    from customer_code_validator.keycloak import KeycloakDirectory

    known = settings.keycloak(os.environ)
    if known is None:
        raise CommandError("KEYCLOAK_URL and KEYCLOAK_CLIENT_SECRET: not set; consents has nobody to ask")
    if not options.texts.is_dir():
        raise CommandError(f"{options.texts}: no such folder; --texts names the one with the privacy texts")
    found = KeycloakDirectory(known).accounts(options.customer)
    if isinstance(found, NoAnswer):
        raise CommandError(f"{options.customer}: not looked up: {found.why}")
    if len(found) != 1:
        many = "no customer has" if not found else "more than one customer has"
        raise CommandError(f"{options.customer}: {many} this username or customer code")
    proof = prove(found[0], options.texts)
    print("\n".join(proof.lines))
    for problem in proof.problems:
        print(f"customer-codes: {problem}", file=sys.stderr)
    return 1 if proof.problems else 0


def _purge_unconfirmed(options: argparse.Namespace) -> int:
    """Exit code 1 if something that was due had to be left."""
    from customer_code_validator import purge
    from customer_code_validator.accounts import KeycloakAccounts
    from customer_code_validator.admin_api import UnansweredError
    from customer_code_validator.store import settling

    known = settings.keycloak_for_purge(os.environ)
    if known is None:
        raise CommandError(
            "KEYCLOAK_URL and KEYCLOAK_PURGE_CLIENT_SECRET: not set; the purge has an account of its own"
        )
    engine = open_database(os.environ)

    def free_code(user_id: str) -> None:
        with engine.begin() as connection:
            settling.free_user(connection, user_id, "unconfirmed", utc_now())

    report = purge.Report(dry_run=options.dry_run)
    try:
        purge.Purge(KeycloakAccounts(known), free_code, utc_now, options.older_than).run(
            report, options.allow_many
        )
    except UnansweredError as why:
        report.stopped = str(why)
    print("\n".join(report.lines()))
    return 0 if report.complete else 1


def _days(text: str) -> timedelta:
    """ "30d"; a day at least, for so long a confirmation link is good."""
    number = text.removesuffix("d")
    if not (text.endswith("d") and number.isascii() and number.isdigit() and 0 < int(number) < 10_000):
        raise argparse.ArgumentTypeError(f"not a number of days such as 30d: {text}")
    return timedelta(days=int(number))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="customer-codes", description="Which customer code belongs to which account.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    serving.add(commands)
    migrating.add(commands)
    registry.add(commands)
    desk.add(commands)
    correcting.add(commands)
    reconciling.add(commands)
    watching.add(commands)

    consents = commands.add_parser("consents", help="print the proof of one customer's consents")
    consents.set_defaults(command=_consents)
    consents.add_argument("customer", metavar="USERNAME|CODE")
    consents.add_argument(
        "--texts",
        type=Path,
        default=Path("realm-config/privacy"),
        metavar="FOLDER",
        help="holds VERSION/LOCALE.md (default: %(default)s)",
    )

    purging = commands.add_parser(
        "purge-unconfirmed", help="delete old accounts whose email nobody confirmed"
    )
    purging.set_defaults(command=_purge_unconfirmed)
    purging.add_argument("--older-than", type=_days, default=timedelta(days=30), metavar="DAYSd")
    purging.add_argument("--dry-run", action="store_true", help="only count them")
    purging.add_argument(
        "--allow-many", action="store_true", help="delete even a large share of all accounts"
    )
    return parser


def _first_line(error: SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    return (str(cause).splitlines() or [type(cause).__name__])[0]


def _fail(message: str) -> int:
    print(f"customer-codes: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
