"""The figures as a table, and the ratios against the goals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.chart import Bar
from benchmarks.registrations.measure import percentile
from benchmarks.validator.sides import Side, Times

GOAL_THROUGHPUT = 0.70
GOAL_GROWTH = 1.20


@dataclass(frozen=True)
class Measured:
    """Both servers over one store of so many codes."""

    store: str
    size: int
    ours: Side
    bare: Side

    @property
    def throughput(self) -> float:
        """Of both steps together: our share of the bare route's requests a second."""
        return _both(self.ours) / _both(self.bare)


def header() -> str:
    """Above the lines of `table`."""
    figures = "".join(f"{step + '/s':>12}{'p50 ms':>8}{'p99 ms':>8}" for step in ("reserve", "claim"))
    return f"{'store':<12}{'codes':>10}  {'what':<10}{figures}{'both/s':>10}{'cpu ms':>8}"


def table(measured: Measured) -> Iterator[str]:
    """Three lines: ours, the peer's, and the ratio."""
    begin = f"{measured.store:<12}{measured.size:>10,}  "
    for side in (measured.ours, measured.bare):
        both = f"{_both(side):>10.0f}{_processor(side):>8.2f}"
        yield f"{begin}{side.name:<10}{_row(side.reserve)}{_row(side.claim)}{both}"
    ours, bare = measured.ours, measured.bare
    pairs = ((ours.reserve, bare.reserve), (ours.claim, bare.claim))
    ratios = "".join(f"{mine.per_second / peer.per_second:>12.2f}{'':>16}" for mine, peer in pairs)
    together = f"{measured.throughput:>10.2f}{_processor(bare) / _processor(ours):>8.2f}"
    yield f"{begin}{'ratio':<10}{ratios}{together}"


def growth(small: Measured, large: Measured) -> tuple[float, float]:
    """How many times the 99th percentile at the large store is that at the small one: reserve, claim."""
    return (
        _p99(large.ours.reserve.each) / _p99(small.ours.reserve.each),
        _p99(large.ours.claim.each) / _p99(small.ours.claim.each),
    )


def ratios(all_measured: Sequence[Measured]) -> Iterator[Bar]:
    """Each figure beside its goal."""
    for one in all_measured:
        yield Bar(f"{one.store}, {one.size:,} codes: requests/s", one.throughput, GOAL_THROUGHPUT)
    for small, large in zip(all_measured[::2], all_measured[1::2], strict=True):
        for step, grown in zip(("reserve", "claim"), growth(small, large), strict=True):
            label = f"{small.store}: p99 of a {step}, {large.size:,} / {small.size:,}"
            yield Bar(label, grown, GOAL_GROWTH, at_most=True)


def _row(times: Times) -> str:
    return (
        f"{times.per_second:>12.0f}{1000 * percentile(times.each, 0.5):>8.2f}{1000 * _p99(times.each):>8.2f}"
    )


def _p99(times: Sequence[float]) -> float:
    return percentile(times, 0.99)


def _processor(side: Side) -> float:
    """Milliseconds of the processor for one request, the database's included."""
    return 1000 * side.processor / (len(side.reserve.each) + len(side.claim.each))


def _both(side: Side) -> float:
    done = len(side.reserve.each) + len(side.claim.each)
    return done / (side.reserve.seconds + side.claim.seconds)
