"""`python -m benchmarks.credentials`: does the time of an answer tell who has an account?

Starts a system of its own, asks for known and unknown accounts in random order, prints; never fails on time.
"""

from __future__ import annotations

import argparse
import itertools
import secrets
import sys
from collections.abc import Iterator, Sequence
from functools import partial

from benchmarks.credentials import mails
from benchmarks.credentials.accounts import prepared
from benchmarks.credentials.ways import Way, ours, stock
from benchmarks.running import machine, on_stack
from benchmarks.separation import interleaved, row, title
from stack.customers import Customer, fictitious
from stack.local import Stack


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0, or 1 where something failed to start or to answer."""
    options = parse(arguments)
    return on_stack("credentials", lambda stack: run(stack, options), customers=None)


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.credentials", description=__doc__)
    parser.add_argument("--requests", type=int, default=2000, help="of each way, half of them for an account")
    parser.add_argument("--warm-up", type=int, default=400, help="for nobody, of each way")
    return parser.parse_args(arguments)


def run(stack: Stack, options: argparse.Namespace) -> Iterator[str]:
    """The report's lines, each as soon as it is known. Raises BenchmarkError and RequestException."""
    each = options.requests // 2
    customers = list(itertools.islice(fictitious(seed=secrets.randbelow(10_000)), each))
    stack.import_customers(customers)
    with prepared(stack, customers):
        yield machine()
        yield title("known", "unknown")
        for way in (*ours(), stock()):
            for number in range(options.warm_up):
                way.ask(stack.keycloak.url, way.unknown(number))
            before = mails.count(stack.mailbox)
            measured = times(way, stack.keycloak.url, customers)
            mails.require(stack.mailbox, way.name, before, len(customers))
            yield row(way.name, *measured)
        yield f"each account asked for has got its mail, {mails.count(stack.mailbox)} in all, and nobody else"


def times(way: Way, keycloak_url: str, customers: Sequence[Customer]) -> tuple[list[float], list[float]]:
    """Seconds for each account, once, and for as many that are nobody's, in random order."""
    known = [partial(way.ask, keycloak_url, way.known(one)) for one in customers]
    nobody = range(10_000_000, 10_000_000 + len(customers))
    return interleaved(known, [partial(way.ask, keycloak_url, way.unknown(number)) for number in nobody])


if __name__ == "__main__":
    sys.exit(main())
