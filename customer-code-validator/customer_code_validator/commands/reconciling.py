"""Settling what lies between the database and Keycloak, and proving that the two agree."""

import argparse
import os
from typing import Any

from sqlalchemy import Engine

from customer_code_validator import settings
from customer_code_validator.claims import utc_now
from customer_code_validator.commands.context import CommandError, open_database


def add(commands: Any) -> None:
    """The commands' arguments."""
    reconcile = commands.add_parser("reconcile", help="settle unconfirmed claims by asking Keycloak, once")
    reconcile.set_defaults(command=_reconcile)
    reconcile.add_argument("--allow-many", action="store_true", help="free even many codes without users")
    whole = reconcile.add_mutually_exclusive_group()
    whole.add_argument(
        "--restored",
        action="store_true",
        help="after a restore: give each account in Keycloak the code that it says it has",
    )
    whole.add_argument(
        "--verify",
        action="store_true",
        help="change nothing; compare all accounts with all codes; exit 2: they disagree",
    )


def _reconcile(options: argparse.Namespace) -> int:
    """Exit code 1 if something had to be left untouched."""
    from customer_code_validator.keycloak import KeycloakDirectory
    from customer_code_validator.reconcile import Reconciler

    known = settings.keycloak(os.environ)
    if known is None:
        raise CommandError("KEYCLOAK_URL and KEYCLOAK_CLIENT_SECRET: not set; reconcile has nobody to ask")
    engine, times = open_database(os.environ), settings.times(os.environ)
    if options.verify:
        return _verify(engine, known, times)
    if options.restored:
        return _restored(engine, known)
    reconciler = Reconciler(engine, KeycloakDirectory(known), times, settings.sweep_page(os.environ))
    report = reconciler.run(utc_now(), options.allow_many)
    print("\n".join(report.lines()))
    return 0 if report.settled else 1


def _verify(engine: Engine, known: settings.KeycloakSettings, times: settings.Times) -> int:
    """Exit code 2 if something disagrees."""
    from customer_code_validator.admin_api import UnansweredError
    from customer_code_validator.census import KeycloakCensus
    from customer_code_validator.verify import Verifier

    try:
        report = Verifier(engine, KeycloakCensus(known), lambda: utc_now() - times.claim_grace).run()
    except UnansweredError as why:
        raise CommandError(f"nothing is proved: {why}") from None
    print("\n".join(report.lines()))
    return 2 if report.disagreements else 0


def _restored(engine: Engine, known: settings.KeycloakSettings) -> int:
    """Exit code 1 if an account has not got its code."""
    from customer_code_validator.admin_api import UnansweredError
    from customer_code_validator.census import KeycloakCensus
    from customer_code_validator.restore import Restorer

    try:
        report = Restorer(engine, KeycloakCensus(known), utc_now).run()
    except UnansweredError as why:
        raise CommandError(f"not all accounts were read: {why}; run it again") from None
    print("\n".join(report.lines()))
    return 0 if report.settled else 1
