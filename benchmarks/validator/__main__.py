"""`python -m benchmarks.validator`: reserve and claim against a bare route; prints, never fails on time."""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks import chart
from benchmarks.running import machine, printed
from benchmarks.validator import report
from benchmarks.validator.report import Measured
from benchmarks.validator.sides import Database, Store, served
from stack import postgresql
from stack.customers import fictitious, write

STORES = ("SQLite", "PostgreSQL")
WORKER_CLASSES = ("gthread", "customer_code_validator.server.DrainingWorker")
"""Of the bare route: gunicorn's own, or ours, which spreads connections over the workers."""
_SEED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0, or 1 where something failed to start or to answer."""
    return printed("validator", run(parse(arguments)))


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validator", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs=2, default=[1000, 1_000_000], help="codes of the stores")
    parser.add_argument("--stores", nargs="+", choices=STORES, default=STORES)
    parser.add_argument("--rounds", type=int, default=20, help="blocks of each side over each store")
    parser.add_argument("--block", type=int, default=500, help="customers a block")
    parser.add_argument("--concurrency", type=int, default=4, help="requests at once")
    parser.add_argument(
        "--peer-worker", choices=WORKER_CLASSES, default=WORKER_CLASSES[0], help="of the bare route"
    )
    chart.add_option(parser)
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> Iterator[str]:
    """The report's lines, each as soon as it is known. Raises BenchmarkError and StackError."""
    yield machine()
    yield (
        f"{options.rounds} blocks of {options.block} customers a server and store, in turns, "
        f"{options.concurrency} at once: all reserve, then all claim; gunicorn with 2 workers of 8 threads"
    )
    yield report.header()
    done: list[Measured] = []
    for name in options.stores:
        with ExitStack() as opened:
            stores = [opened.enter_context(_store(name, size, options.peer_worker)) for size in options.sizes]
            for store in stores:
                _round(store, options, timed=False)
            for number in range(options.rounds):
                for store in stores:
                    _round(store, options, turned=number % 2 == 1)
            for size, store in zip(options.sizes, stores, strict=True):
                done.append(Measured(name, size, *store.sides))
                yield from report.table(done[-1])
    title = "The validator against a bare route on the same store"
    yield from chart.tell(list(report.ratios(done)), title, options.chart)


def _round(store: Store, options: argparse.Namespace, *, timed: bool = True, turned: bool = False) -> None:
    for side in reversed(store.sides) if turned else store.sides:
        customers = random.sample(store.customers, options.block)
        side.block(customers, options.concurrency, timed=timed)
        store.reset()


@contextmanager
def _store(name: str, size: int, peer_worker: str) -> Iterator[Store]:
    customers = list(itertools.islice(fictitious(_SEED), size))
    with tempfile.TemporaryDirectory() as folder, _database(name, Path(folder)) as database:
        listed = Path(folder, "customers.csv")
        write(listed, customers)
        with served(Path(folder), database, listed, customers, peer_worker) as store:
            yield store


@contextmanager
def _database(name: str, folder: Path) -> Iterator[Database]:
    if name == "SQLite":
        yield Database()
        return
    with postgresql.running(folder / "postgresql.log") as server:
        yield Database(server.url(), [server.process.pid or 0])


if __name__ == "__main__":
    sys.exit(main())
