"""What tells two samples of times apart."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence


def auc(known: Sequence[float], unknown: Sequence[float]) -> float:
    """How often a guess by the time alone would be right, the better way round: 0.5 tells nothing, 1 all."""
    ordered = sorted(unknown)
    below = sum(bisect_left(ordered, time) + bisect_right(ordered, time) for time in known) / 2
    share = below / (len(known) * len(unknown))
    return max(share, 1 - share)
