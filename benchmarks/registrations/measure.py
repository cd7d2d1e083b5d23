"""Running blocks of registrations and keeping their times."""

from __future__ import annotations

import itertools
import math
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from benchmarks.registrations.variants import Opened, Variant
from stack.customers import Customer

_Given = TypeVar("_Given")
_Got = TypeVar("_Got")
_run = secrets.token_hex(3)
_numbers = itertools.count(1)


@dataclass
class Times:
    """What one variant took at one level of concurrency; all in seconds.

    opening, sending  wall-clock time of all blocks' two halves: coming to the form, and its POST
    journeys, posts   time of each whole journey (without waiting between the halves) and of its last POST
    """

    opening: float = 0.0
    sending: float = 0.0
    journeys: list[float] = field(default_factory=list)
    posts: list[float] = field(default_factory=list)

    @property
    def journeys_per_second(self) -> float:
        """Registrations completed a second, all pages counted."""
        return len(self.journeys) / (self.opening + self.sending)

    @property
    def posts_per_second(self) -> float:
        """Registrations completed a second, the last POST alone."""
        return len(self.posts) / self.sending


def together(several: Iterable[Times]) -> Times:
    """The times of one variant and level from several starts of the servers."""
    total = Times()
    for times in several:
        total.opening += times.opening
        total.sending += times.sending
        total.journeys += times.journeys
        total.posts += times.posts
    return total


def percentile(times: Sequence[float], share: float) -> float:
    """The time that this share of the times does not exceed (nearest rank). Raises ValueError for none."""
    if not times:
        raise ValueError("no times")
    return sorted(times)[max(0, math.ceil(share * len(times)) - 1)]


def run_block(variant: Variant, size: int, concurrency: int, into: Times) -> None:
    """Register so many customers, so many at once; the forms are opened first, then all are sent."""
    people = list(itertools.islice(variant.customers, size))
    with ThreadPoolExecutor(concurrency) as threads:
        opening, forms = _all(threads, partial(_open, variant), people)
        sending, sent = _all(threads, variant.send, [form for _, form in forms])
    into.opening += opening
    into.sending += sending
    into.posts += [took for took, _ in sent]
    into.journeys += [before + last for (before, _), (last, _) in zip(forms, sent, strict=True)]


def alternate(variants: Sequence[Variant], blocks: int, size: int, concurrency: int) -> list[Times]:
    """Blocks of each variant in turn, the order reversed each time, so that drift hits all alike."""
    times = [Times() for _ in variants]
    for block in range(blocks):
        order = list(zip(variants, times, strict=True))
        for variant, kept in order if block % 2 == 0 else reversed(order):
            run_block(variant, size, concurrency, kept)
    return times


def _open(variant: Variant, customer: Customer) -> Opened:
    return variant.open(customer, f"b{_run}{next(_numbers):07d}")


def _all(
    threads: Executor, step: Callable[[_Given], _Got], given: Iterable[_Given]
) -> tuple[float, list[tuple[float, _Got]]]:
    """The wall-clock time of a step for all, and of each one its time and result."""
    began = time.perf_counter()
    done = list(threads.map(partial(_timed, step), given))
    return time.perf_counter() - began, done


def _timed(step: Callable[[_Given], _Got], given: _Given) -> tuple[float, _Got]:
    began = time.perf_counter()
    got = step(given)
    return time.perf_counter() - began, got
