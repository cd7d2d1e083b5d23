"""`python -m benchmarks.pages`: starts a system of its own, measures our pages and the stock ones, prints."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from playwright.sync_api import Browser, sync_playwright

from benchmarks.pages import lighthouse, measures
from benchmarks.pages.sides import Side, prepared
from benchmarks.running import on_stack
from stack import chromium, customers
from stack.local import Stack
from stack.settings import SAMPLE_CUSTOMERS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0, or 1 where something failed to start."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--warm-up", type=int, default=200, help="of each side, before any is timed")
    parser.add_argument("--rounds", type=int, default=500, help="timed requests of each side")
    options = parser.parse_args(arguments)
    return on_stack("pages", lambda stack: run(stack, options))


def run(stack: Stack, options: argparse.Namespace) -> Iterator[str]:
    """The report's lines, measured on a running system."""
    with prepared(stack, customers.read(SAMPLE_CUSTOMERS, 1)[0]) as (ours, stock):
        yield from report(ours, stock, options)


def report(ours: Side, stock: Side, options: argparse.Namespace) -> Iterator[str]:
    """The report's lines, each as soon as it is known."""
    yield from times(ours, stock, options)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=list(chromium.FLAGS))
        yield from weights(browser, ours, stock)
        for side in (ours, stock):
            found = measures.accessibility(browser, side)
            yield f"axe, {side.name}: {found['violations']} violations, {found['incomplete']} to review"
        yield from judged(browser, ours)
        browser.close()


def times(ours: Side, stock: Side, options: argparse.Namespace) -> Iterator[str]:
    """The first page's time."""
    taken = measures.first_page((ours, stock), options.warm_up, options.rounds)
    mine, theirs = (measures.median(taken[side.name]) for side in (ours, stock))
    yield f"first page, median ms: ours {mine:.2f}, stock {theirs:.2f}, ratio {mine / theirs:.2f} (goal 1.10)"


def weights(browser: Browser, ours: Side, stock: Side) -> Iterator[str]:
    """Each page's weight; the code page has no peer."""
    mine, theirs = measures.weight(browser, ours), measures.weight(browser, stock)
    for name, (number, size) in mine.items():
        beside = "{0[0]} requests, {0[1]:,} bytes".format(theirs[name]) if name in theirs else "no such page"
        yield f"weight, {name}: ours {number} requests, {size:,} bytes; stock {beside}"


def judged(browser: Browser, ours: Side) -> Iterator[str]:
    """Lighthouse's scores."""
    if not lighthouse.available():
        yield "Lighthouse: not run, there is no npx on this machine"
        return
    for name, scores in lighthouse.scores(browser, ours).items():
        yield f"Lighthouse, {name}: {', '.join(f'{kind} {score}' for kind, score in scores.items())}"


if __name__ == "__main__":
    sys.exit(main())
