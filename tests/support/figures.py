"""What a load met while something happened, as one row of a table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise

from tests.support.steady_load import Login, SteadyLoad

COLUMNS = (
    "while customers register and log in",
    "registrations",
    "sent again",
    "typed again",
    "begun again",
    "logins refused there for, s",
    "longest time without a login there, s",
    "the part is back after, s",
    "accounts and codes agree after, s",
)


@dataclass(frozen=True)
class Row:
    """Counts and seconds, in the order of the columns."""

    event: str
    registrations: int
    sent_again: int
    typed_again: int
    begun_again: int
    refused: float
    without_login: float
    back: float
    agreed: float


def row(event: str, load: SteadyLoad, lost_nodes: Collection[int], seconds: tuple[float, float]) -> Row:
    """The figures; those of logins are for the nodes that were up."""
    surviving = [
        [one for one in load.logins if one.node == node] for node in load.regulars if node not in lost_nodes
    ]
    return Row(
        event,
        len(load.registrations),
        sum(one.retries > 0 for one in load.registrations),
        sum(one.typed_again for one in load.registrations),
        sum(one.begun_again for one in load.registrations),
        max(max(_refusals(logins), default=0.0) for logins in surviving),
        max(max(_waits(logins)) for logins in surviving),
        *seconds,
    )


def markdown(rows: Sequence[Row]) -> str:
    """The table."""
    shown = [
        [f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in astuple(row)] for row in rows
    ]
    lines = [COLUMNS, ["---"] * len(COLUMNS), *shown]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _refusals(logins: list[Login]) -> Iterator[float]:
    """From each refused login's beginning to the next success."""
    for refused in (one for one in logins if one.failure):
        later = [one.ended for one in logins if not one.failure and one.ended > refused.ended]
        yield min(later, default=float("inf")) - (refused.ended - refused.seconds)


def _waits(logins: list[Login]) -> Iterator[float]:
    """Between two successful logins of anybody, the first attempt and the last one's end included."""
    begin, end = min(one.ended - one.seconds for one in logins), max(one.ended for one in logins)
    moments = sorted(one.ended for one in logins if not one.failure)
    return (after - before for before, after in pairwise([begin, *moments, end]))
