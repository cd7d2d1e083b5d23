"""The figures as a table, and the ratios against the goal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchmarks.chart import Bar
from benchmarks.registrations.measure import Times, percentile

GOAL_THROUGHPUT = 0.95
GOAL_ADDED = 0.030
"""Seconds that the 95th percentile of the form's POST may have more."""


def lines(levels: Mapping[int, tuple[Times, Times]]) -> Iterator[str]:
    """The report; of each level of concurrency the times of ours and of the stock registration."""
    yield f"{'at once':>7}  {'variant':<14}{'journeys/s':>11}{'p50 ms':>9}{'p95 ms':>9}    " + (
        f"{'form POSTs/s':>12}{'p50 ms':>9}{'p95 ms':>9}"
    )
    for concurrency, (ours, stock) in levels.items():
        for name, times in (("customer code", ours), ("stock", stock)):
            yield f"{concurrency:>7}  {name:<14}" + _row(times)
        yield f"{concurrency:>7}  {'ratio':<14}" + _ratios(ours, stock)
    yield ""
    yield "ratio: ours / stock of what happens a second, stock / ours of times; 1.00 is equal, more is better"
    yield "the journey with the customer code has one page more than the stock one: the form POST is alike"


def bars(levels: Mapping[int, tuple[Times, Times]]) -> Iterator[Bar]:
    """Each figure beside its goal."""
    for concurrency, (ours, stock) in levels.items():
        journeys, posts = _throughputs(ours, stock)
        added = percentile(ours.posts, 0.95) - percentile(stock.posts, 0.95)
        yield Bar(f"{concurrency} at once: journeys/s", journeys, GOAL_THROUGHPUT)
        yield Bar(f"{concurrency} at once: form POSTs/s", posts, GOAL_THROUGHPUT)
        label = f"{concurrency} at once: p95 of a POST +{1000 * added:.0f} ms, of {1000 * GOAL_ADDED:.0f} ms"
        yield Bar(label, max(0.0, added / GOAL_ADDED), 1.0, at_most=True)


def _row(times: Times) -> str:
    journeys = _times(times.journeys_per_second, times.journeys)
    return journeys + "    " + _times(times.posts_per_second, times.posts, width=12)


def _times(per_second: float, taken: list[float], width: int = 11) -> str:
    middle, high = (1000 * percentile(taken, share) for share in (0.5, 0.95))
    return f"{per_second:>{width}.1f}{middle:>9.1f}{high:>9.1f}"


def _ratios(ours: Times, stock: Times) -> str:
    journeys, posts = _throughputs(ours, stock)
    return (
        f"{journeys:>11.2f}{_faster(ours.journeys, stock.journeys)}    "
        f"{posts:>12.2f}{_faster(ours.posts, stock.posts)}"
    )


def _throughputs(ours: Times, stock: Times) -> tuple[float, float]:
    """Ours of stock: whole journeys a second, form POSTs a second."""
    return (
        ours.journeys_per_second / stock.journeys_per_second,
        ours.posts_per_second / stock.posts_per_second,
    )


def _faster(ours: list[float], stock: list[float]) -> str:
    return "".join(f"{percentile(stock, share) / percentile(ours, share):>9.2f}" for share in (0.5, 0.95))
