"""`python -m benchmarks.codes`: does the time of a refusal tell whether a code is taken or unknown?

Starts a system of its own, tries taken and unknown codes in random order, prints; never fails on time.
"""

from __future__ import annotations

import argparse
import itertools
import secrets
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks.codes.ways import Service, Try, on_the_page
from benchmarks.running import machine, on_stack
from benchmarks.separation import interleaved, row, title
from benchmarks.taken import taken
from stack import postgresql
from stack.customers import Customer, fictitious
from stack.local import Stack

#: The accounts of the taken codes exist for the service alone: reconciliation would ask for them.
_NO_RECONCILIATION = {"CUSTOMER_CODES_RECONCILE_SECONDS": "86400"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0, or 1 where something failed to start or to answer."""
    options = parse(arguments)
    with ExitStack() as opened:
        url = None
        if options.postgresql:
            folder = opened.enter_context(tempfile.TemporaryDirectory())
            server = opened.enter_context(postgresql.running(Path(folder, "postgresql.log")))
            url = server.url()
        return on_stack(
            "codes",
            partial(run, options=options),
            customers=None,
            settings=_NO_RECONCILIATION,
            database_url=url,
        )


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.codes", description=__doc__)
    parser.add_argument("--requests", type=int, default=2000, help="of each way, half of them taken codes")
    parser.add_argument("--warm-up", type=int, default=200, help="of each way")
    parser.add_argument("--postgresql", action="store_true", help="in place of SQLite")
    return parser.parse_args(arguments)


def run(stack: Stack, options: argparse.Namespace) -> Iterator[str]:
    """The report's lines, each as soon as it is known. Raises BenchmarkError."""
    customers = list(itertools.islice(fictitious(seed=secrets.randbelow(10_000)), options.requests // 2))
    stack.import_customers(customers)
    yield f"{machine()}, {'PostgreSQL' if options.postgresql else 'SQLite'}"
    yield title("taken", "unknown")
    with taken(stack, customers):
        yield from _rows(stack, customers, options.warm_up)


def _rows(stack: Stack, customers: Sequence[Customer], warm_up: int) -> Iterator[str]:
    service = Service(stack.validator.url, stack.credentials.validator_secret)
    ways: dict[str, Try] = {
        "at the service": service.try_code,
        "on Keycloak’s page": on_the_page(stack.keycloak.url),
    }
    for name, ask in ways.items():
        for number in range(warm_up):
            ask(f"{9_000_000_000 + number}")
        held = [partial(ask, one.code) for one in customers]
        unknown = [partial(ask, f"{8_000_000_000 + number}") for number in range(len(customers))]
        yield row(name, *interleaved(held, unknown))


if __name__ == "__main__":
    sys.exit(main())
