"""What tells two samples of times apart, and how such samples are taken."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from statistics import median

Ask = Callable[[], float]
"""One request; the seconds that its answer took."""


def auc(known: Sequence[float], unknown: Sequence[float]) -> float:
    """How often a guess by the time alone would be right, the better way round: 0.5 tells nothing, 1 all."""
    ordered = sorted(unknown)
    below = sum(bisect_left(ordered, time) + bisect_right(ordered, time) for time in known) / 2
    share = below / (len(known) * len(unknown))
    return max(share, 1 - share)


def interleaved(known: Sequence[Ask], unknown: Sequence[Ask]) -> tuple[list[float], list[float]]:
    """The seconds of both, asked in random order: whatever disturbs, disturbs both alike."""
    order = [(ask, True) for ask in known] + [(ask, False) for ask in unknown]
    random.shuffle(order)
    taken: dict[bool, list[float]] = {True: [], False: []}
    for ask, is_known in order:
        taken[is_known].append(ask())
    return taken[True], taken[False]


def title(known: str, unknown: str) -> str:
    """Of a table with a `row` for each way to ask."""
    heads = f"{known + ', ms':>12}{unknown + ', ms':>13}{'difference':>12}{'AUC':>8}"
    return f"{'way':<28}{'requests':>10}{heads}"


def row(name: str, known: Sequence[float], unknown: Sequence[float]) -> str:
    """Medians, their difference and the AUC."""
    ours_ms, other_ms = 1000 * median(known), 1000 * median(unknown)
    figures = f"{ours_ms:>12.2f}{other_ms:>13.2f}{ours_ms - other_ms:>12.2f}{auc(known, unknown):>8.3f}"
    return f"{name:<28}{len(known) + len(unknown):>10}{figures}"
