"""`customer-codes correct`: the registry's codice fiscale into the account of its customer.

It is read from standard input: on the command line every user of the machine would see it.
"""

import argparse
import os
import sys
from typing import Any

from customer_code_validator import settings
from customer_code_validator.claims import utc_now
from customer_code_validator.commands.context import CommandError, open_database


def add(commands: Any) -> None:
    """The command's arguments."""
    parser = commands.add_parser(
        "correct", help="bring an account's codice fiscale, asked for, in line with the registry"
    )
    parser.set_defaults(command=_correct)
    parser.add_argument("code")


def _correct(options: argparse.Namespace) -> int:
    from customer_code_validator import correction
    from customer_code_validator.admin_api import UnansweredError
    from customer_code_validator.helpdesk import RefusedError

    known = settings.keycloak_for_purge(os.environ)
    if known is None:
        raise CommandError(
            "KEYCLOAK_URL and KEYCLOAK_PURGE_CLIENT_SECRET: not set; only that account may change users"
        )
    engine, identities = open_database(os.environ), settings.identities(os.environ)
    if sys.stdin.isatty():
        print("Codice fiscale: ", end="", file=sys.stderr, flush=True)
    typed = (options.code, sys.stdin.readline())
    try:
        changed = correction.correct(engine, correction.KeycloakAccounts(known), identities, typed, utc_now())
    except RefusedError as error:
        raise CommandError(str(error)) from None
    except UnansweredError as why:
        raise CommandError(f"{options.code}: not corrected: {why}; try again later") from None
    print("corrected: the account has the registry's codice fiscale" if changed else "nothing to correct")
    return 0
