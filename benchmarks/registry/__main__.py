"""`python -m benchmarks.registry`: the import against a plain COPY; prints, never fails on time."""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import chart
from benchmarks.registry import report
from benchmarks.registry.work import Work
from benchmarks.running import machine, printed
from stack import postgresql
from stack.customers import Customer, fictitious, write

_SEED = 1
_DIFFERENCE_OF = 200
"""So many customers have one who changed and one who is new: 1 %."""
_FEWER = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0, or 1 where something failed to start or to be imported."""
    return printed("registry", run(parse(arguments)))


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.registry", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3, help="of everything, in turns; the medians count")
    chart.add_option(parser)
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> Iterator[str]:
    """The report's lines. Raises BenchmarkError and StackError."""
    yield machine()
    with tempfile.TemporaryDirectory() as named, postgresql.running(Path(named) / "postgresql.log") as server:
        folder = Path(named)
        first, later, few = folder / "first.csv", folder / "later.csv", folder / "few.csv"
        write(first, _customers(options.rows))
        write(later, _later(_customers(options.rows)))
        write(few, _customers(options.rows // _FEWER))
        size = first.stat().st_size / 1e6
        yield f"{options.rows:,} rows, {size:.0f} MB; PostgreSQL, medians of {options.rounds}"
        work = Work(server, folder)
        rounds = [_round(work, first, later, few, options.rows) for _ in range(options.rounds)]
        done = {name: report.middle([each[name] for each in rounds]) for name in rounds[0]}
        yield from report.lines(done)
        yield from chart.tell(list(report.bars(done)), "The import against a plain COPY", options.chart)


def _round(work: Work, first: Path, later: Path, few: Path, rows: int) -> dict[str, report.Done]:
    work.empty()
    small = work.imported(few, new=rows // _FEWER)
    work.empty()
    done = {
        report.PARSE: work.parsed(first),
        report.BARE_COPY: work.copied(first, "bare"),
        report.COPY: work.copied(first, "peer"),
        report.SMALL: small,
        report.IMPORT: work.imported(first, new=rows),
    }
    work.rest()
    others = rows // _DIFFERENCE_OF
    return done | {
        report.READ: work.read(later),
        report.DIFFERENCE: work.imported(later, new=others, changed=others),
    }


def _customers(rows: int) -> Iterator[Customer]:
    """In the order of their codes, as an export has them."""
    for number, customer in enumerate(itertools.islice(fictitious(_SEED), rows)):
        yield replace(customer, code=f"{number:010d}")


def _later(customers: Iterator[Customer]) -> Iterator[Customer]:
    """One in a hundred is another: by turns one with another name, and a new one after them."""
    for number, customer in enumerate(customers):
        changes = number % _DIFFERENCE_OF == 0
        yield replace(customer, last_name=f"{customer.last_name}ni") if changes else customer
        if number % _DIFFERENCE_OF == _DIFFERENCE_OF // 2:
            yield replace(customer, code=f"{customer.code}N")


if __name__ == "__main__":
    sys.exit(main())
