"""Settling what lies between the database and Keycloak, and proving that the two agree."""

import argparse
import os
from typing import Any

from sqlalchemy import Engine

from customer_code_validator import rules, settings
from customer_code_validator.claims import utc_now
from customer_code_validator.commands.context import CommandError, open_database


def add(commands: Any) -> None:
    """The commands' arguments."""
    reconcile = commands.add_parser("reconcile", help="settle unconfirmed claims by asking Keycloak, once")
    reconcile.set_defaults(command=_reconcile)
    reconcile.add_argument("--allow-many", action="store_true", help="free even many codes without users")
    reconcile.add_argument(
        "--give",
        action="append",
        default=[],
        type=_decision,
        metavar="CODE=USER_ID",
        help="with --restored: whose the code is, where a person has to decide; can be repeated",
    )
    whole = reconcile.add_mutually_exclusive_group()
    whole.add_argument(
        "--restored",
        action="store_true",
        help="after a restore of Keycloak’s database or of this one: make all accounts and all codes agree",
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

    if options.give and not options.restored:
        raise CommandError("--give goes with --restored")
    if len(dict(options.give)) < len(options.give):
        raise CommandError("--give names a code twice: a code has one account")
    known = settings.keycloak(os.environ)
    if known is None:
        raise CommandError("KEYCLOAK_URL and KEYCLOAK_CLIENT_SECRET: not set; reconcile has nobody to ask")
    engine, times = open_database(os.environ), settings.times(os.environ)
    if options.verify:
        return _verify(engine, known, times)
    if options.restored:
        return _restored(engine, known, times, options)
    reconciler = Reconciler(engine, KeycloakDirectory(known), times, settings.sweep_most(os.environ))
    report = reconciler.run(utc_now(), options.allow_many)
    print("\n".join(report.lines()))
    return 0 if report.settled else 1


def _verify(engine: Engine, known: settings.KeycloakSettings, times: settings.Times) -> int:
    """Exit code 2 if something disagrees."""
    from customer_code_validator.admin_api import UnansweredError
    from customer_code_validator.census import KeycloakCensus
    from customer_code_validator.identities import UnknownKeyError
    from customer_code_validator.verify import Verifier

    identities = settings.identities(os.environ)
    verifier = Verifier(engine, KeycloakCensus(known), identities, lambda: utc_now() - times.claim_grace)
    try:
        report = verifier.run()
    except (UnansweredError, UnknownKeyError) as why:
        raise CommandError(f"nothing is proved: {why}") from None
    print("\n".join(report.lines()))
    return 2 if report.disagreements else 0


def _restored(
    engine: Engine, known: settings.KeycloakSettings, times: settings.Times, options: argparse.Namespace
) -> int:
    """Exit code 1 if something is left to a person."""
    from customer_code_validator.admin_api import UnansweredError
    from customer_code_validator.census import KeycloakCensus
    from customer_code_validator.restore import Restorer

    restorer = Restorer(engine, KeycloakCensus(known), utc_now, lambda: utc_now() - times.claim_grace)
    try:
        report = restorer.run(options.allow_many, dict(options.give))
    except UnansweredError as why:
        raise CommandError(f"not all accounts were read: {why}; run it again") from None
    print("\n".join(report.lines()))
    return 0 if report.settled else 1


def _decision(typed: str) -> tuple[str, str]:
    code, equals, user_id = typed.partition("=")
    if not (code and equals and user_id):
        raise argparse.ArgumentTypeError(f"{typed!r} is not CODE=USER_ID")
    return rules.normalise_code(code), user_id
