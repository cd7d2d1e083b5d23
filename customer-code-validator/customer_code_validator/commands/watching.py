"""What tells an operator how the service fares."""

import argparse
import os
from typing import Any

from customer_code_validator import settings
from customer_code_validator.claims import utc_now
from customer_code_validator.commands.context import open_database


def add(commands: Any) -> None:
    """The commands' arguments."""
    refused = commands.add_parser("refusals", help="tell how much is refused over everything; exit 2: alarm")
    refused.set_defaults(command=_refusals)


def _refusals(_options: argparse.Namespace) -> int:
    """Exit code 2 while the alarm's figure is reached."""
    from customer_code_validator.store import refusals
    from customer_code_validator.store.engine import reading

    alarm = settings.alarm(os.environ)
    with reading(open_database(os.environ)) as connection:
        counts = refusals.since(connection, utc_now() - alarm.window)
    for reason, count in sorted(counts.items()):
        print(f"{reason:<18} {count}")
    total, loud = sum(counts.values()), sum(counts.values()) >= alarm.most
    within = f"in {int(alarm.window.total_seconds())} s, alarm at {alarm.most}"
    print(f"{'ALARM' if loud else 'quiet'}: {total} refusals {within}")
    return 2 if loud else 0
