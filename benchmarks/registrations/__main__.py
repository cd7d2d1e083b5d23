"""`python -m benchmarks.registrations`: starts a system of its own, measures, prints; never fails on time."""

from __future__ import annotations

import argparse
import itertools
import secrets
import sys
from collections.abc import Iterator, Sequence

from benchmarks import chart
from benchmarks.registrations import report
from benchmarks.registrations.measure import alternate, together
from benchmarks.registrations.variants import Variants, prepared
from benchmarks.running import machine, on_stack, published_keycloak
from stack.customers import fictitious
from stack.local import Stack

_BLOCK = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0, or 1 where something failed to start or to register."""
    options = parse(arguments)
    return on_stack("registrations", lambda stack: run(stack, options), customers=None)


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.registrations", description=__doc__)
    parser.add_argument("--starts", type=int, default=5, help="of the servers: what Java compiles is chance")
    parser.add_argument("--warm-up", type=int, default=800, help="of each variant after each start")
    parser.add_argument("--registrations", type=int, default=200, help="of each variant, level and start")
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 4], help="levels, for example 1 4")
    parser.add_argument("--quick", action="store_true", help="a few: tries the benchmark itself")
    chart.add_option(parser)
    options = parser.parse_args(arguments)
    if options.quick:
        options.starts, options.warm_up, options.registrations = 1, _BLOCK, _BLOCK
    return options


def run(stack: Stack, options: argparse.Namespace) -> Iterator[str]:
    """The report's lines, each as soon as it is known, measured on a running system.

    Raises BenchmarkError, StackError and requests.RequestException.
    """
    warm_up, measured = _blocks(options.warm_up), _blocks(options.registrations)
    people = _BLOCK * (warm_up + measured * len(options.concurrency)) * options.starts
    customers = list(itertools.islice(fictitious(seed=secrets.randbelow(10_000)), people))
    stack.import_customers(customers)
    starts: list[report.Levels] = []
    with (
        published_keycloak() as published,
        prepared(stack.keycloak, published, customers) as variants,
    ):
        yield from _conditions(options.starts, warm_up * _BLOCK, measured * _BLOCK)
        for number in range(1, options.starts + 1):
            if number > 1:
                stack.keycloak.restart()
                published.restart()
            alternate(variants, warm_up, _BLOCK, max(options.concurrency))
            starts.append({level: _level(variants, measured, level) for level in options.concurrency})
            yield report.start(number, starts[-1])
    levels = {level: _together([each[level] for each in starts]) for level in options.concurrency}
    yield from report.lines(levels)
    title = "Registrations with the customer code against Keycloak’s own"
    yield from chart.tell(list(report.bars(levels)), title, options.chart)


def _blocks(registrations: int) -> int:
    return max(1, -(-registrations // _BLOCK))


def _level(variants: Variants, blocks: int, concurrency: int) -> report.Compared:
    return report.Compared(*alternate(variants, blocks, _BLOCK, concurrency))


def _together(starts: Sequence[report.Compared]) -> report.Compared:
    return report.Compared(*map(together, zip(*starts, strict=True)))


def _conditions(starts: int, warm_up: int, measured: int) -> Iterator[str]:
    yield machine()
    yield "Keycloak on its embedded database, validator on SQLite, no mails, email typed"
    yield f"{starts} starts of both servers; {warm_up} of each to warm up, {measured} of each a level,"
    yield f"in blocks of {_BLOCK} in turn"


if __name__ == "__main__":
    sys.exit(main())
