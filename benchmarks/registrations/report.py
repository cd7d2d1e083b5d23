"""The figures as a table, and the ratios against the goal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from benchmarks.chart import Bar
from benchmarks.registrations.measure import Times, percentile

GOAL_THROUGHPUT = 0.95
GOAL_ADDED = 0.030
"""Seconds that the 95th percentile of the form's POST may have more: 1.00 in the chart."""


class Compared(NamedTuple):
    """What each variant took at one level of concurrency (`variants.Variants`)."""

    ours: Times
    stock: Times
    beside: Times


NAMES = ("customer code", "stock Keycloak", "stock in ours")
"""Of these in their order."""

Levels = Mapping[int, Compared]
"""By the number of registrations at once."""


def start(number: int, levels: Levels) -> str:
    """One line: how one start of the servers came out, which is partly Java's chance."""
    told = (
        f"{level} at once {_journeys(each.ours, each.stock):.2f} of stock Keycloak,"
        f" {_journeys(each.ours, each.beside):.2f} of stock in ours"
        for level, each in levels.items()
    )
    return f"start {number}, journeys/s: {'; '.join(told)}"


def lines(levels: Levels) -> Iterator[str]:
    """The report; of each level of concurrency the times of each variant, and ours against the others."""
    yield f"{'at once':>7}  {'variant':<19}{'journeys/s':>11}{'p50 ms':>9}{'p95 ms':>9}    " + (
        f"{'form POSTs/s':>12}{'p50 ms':>9}{'p95 ms':>9}"
    )
    for concurrency, compared in levels.items():
        ours, *peers = compared
        for name, times in zip(NAMES, compared, strict=True):
            yield f"{concurrency:>7}  {name:<19}" + _row(times)
        for name, peer in zip(NAMES[1:], peers, strict=True):
            yield f"{concurrency:>7}  {f'of {name}':<19}" + _ratios(ours, peer)
    yield ""
    yield "ratio: ours / stock of what happens a second, stock / ours of times; 1.00 is equal, more is better"
    yield "the journey with the customer code has one page more than the stock one: the form POST is alike"


def bars(levels: Levels) -> Iterator[Bar]:
    """Each figure beside its goal."""
    for concurrency, (ours, *peers) in levels.items():
        for name, peer in zip(NAMES[1:], peers, strict=True):
            at = f"{concurrency} at once, of {name}"
            added = percentile(ours.posts, 0.95) - percentile(peer.posts, 0.95)
            yield Bar(f"{at}: journeys/s", _journeys(ours, peer), GOAL_THROUGHPUT)
            yield Bar(f"{at}: p95 {1000 * added:+.0f} ms", max(0.0, added / GOAL_ADDED), 1.0, at_most=True)


def _row(times: Times) -> str:
    journeys = _times(times.journeys_per_second, times.journeys)
    return journeys + "    " + _times(times.posts_per_second, times.posts, width=12)


def _times(per_second: float, taken: list[float], width: int = 11) -> str:
    middle, high = (1000 * percentile(taken, share) for share in (0.5, 0.95))
    return f"{per_second:>{width}.1f}{middle:>9.1f}{high:>9.1f}"


def _ratios(ours: Times, peer: Times) -> str:
    posts = ours.posts_per_second / peer.posts_per_second
    return (
        f"{_journeys(ours, peer):>11.2f}{_faster(ours.journeys, peer.journeys)}    "
        f"{posts:>12.2f}{_faster(ours.posts, peer.posts)}"
    )


def _journeys(ours: Times, peer: Times) -> float:
    return ours.journeys_per_second / peer.journeys_per_second


def _faster(ours: list[float], stock: list[float]) -> str:
    return "".join(f"{percentile(stock, share) / percentile(ours, share):>9.2f}" for share in (0.5, 0.95))
