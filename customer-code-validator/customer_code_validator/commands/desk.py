"""What the help desk asks an operator for: look at a code, free it, forget wrong tries."""

import argparse
import os
from typing import Any

from customer_code_validator import settings
from customer_code_validator.claims import utc_now
from customer_code_validator.commands.context import CommandError, directory, open_database
from customer_code_validator.hashing import KeyedHash


def add(commands: Any) -> None:
    """The commands' arguments."""
    show = commands.add_parser("show", help="show one code, its state and its history")
    show.set_defaults(command=_show)
    show.add_argument("code")

    history = commands.add_parser("history", help="print the audit trail of one code")
    history.set_defaults(command=_history)
    history.add_argument("code")

    release = commands.add_parser("release", help="free a code by hand and forget its wrong tries")
    release.set_defaults(command=_release)
    release.add_argument("code")
    release.add_argument("--force", action="store_true", help="even against Keycloak's answer, or without")

    unblock = commands.add_parser("unblock", help="forget the wrong tries of a code or of an address")
    unblock.set_defaults(command=_unblock)
    whose = unblock.add_mutually_exclusive_group(required=True)
    whose.add_argument("code", nargs="?")
    whose.add_argument("--address", help="of the customer; IPv6 with its whole /64")

    forget = commands.add_parser("forget", help="take a former customer out of the registry and the audit")
    forget.set_defaults(command=_forget)
    forget.add_argument("code")


def _show(options: argparse.Namespace) -> int:
    from customer_code_validator import helpdesk

    engine, hashed = open_database(os.environ), KeyedHash(settings.hash_key(os.environ))
    try:
        for line in helpdesk.describe(engine, hashed, settings.limits(os.environ), options.code, utc_now()):
            print(line)
    except helpdesk.RefusedError as error:
        raise CommandError(str(error)) from None
    return 0


def _history(options: argparse.Namespace) -> int:
    from customer_code_validator import helpdesk

    try:
        for line in helpdesk.trail(open_database(os.environ), options.code):
            print(line)
    except helpdesk.RefusedError as error:
        raise CommandError(str(error)) from None
    return 0


def _release(options: argparse.Namespace) -> int:
    from customer_code_validator import helpdesk

    hashed = KeyedHash(settings.hash_key(os.environ))
    try:
        freed = helpdesk.release(
            open_database(os.environ), directory(), hashed, options.code, utc_now(), options.force
        )
    except helpdesk.RefusedError as error:
        raise CommandError(str(error)) from None
    print(f"free (was {freed.was}); wrong tries forgotten")
    return 0


def _unblock(options: argparse.Namespace) -> int:
    from customer_code_validator import helpdesk

    engine, hashed = open_database(os.environ), KeyedHash(settings.hash_key(os.environ))
    try:
        if options.code:
            forgotten = helpdesk.unblock(engine, hashed, options.code, utc_now())
        else:
            forgotten = helpdesk.unblock_address(engine, hashed, options.address)
    except helpdesk.RefusedError as error:
        raise CommandError(str(error)) from None
    print("wrong tries forgotten" if forgotten else "there were no wrong tries")
    return 0


def _forget(options: argparse.Namespace) -> int:
    from customer_code_validator import helpdesk

    engine, hashed = open_database(os.environ), KeyedHash(settings.hash_key(os.environ))
    try:
        helpdesk.forget(engine, hashed, options.code, utc_now())
    except helpdesk.RefusedError as error:
        raise CommandError(str(error)) from None
    print("forgotten; an export that still names the customer brings the row back")
    return 0
