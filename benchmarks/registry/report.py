"""The figures as lines, and the ratios against the goals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.chart import Bar

GOAL_IMPORT = 3.0
GOAL_DIFFERENCE = 1.5
GOAL_MEMORY = 1.2

PARSE = "Python's csv.reader over the file"
BARE_COPY = "COPY into a table without any index"
COPY = "COPY into a table like the registry's"
SMALL = "import of a tenth of it"
IMPORT = "import into the empty registry"
READ = "the file read, checked and hashed, no database"
DIFFERENCE = "import of a later export, 1 % new or changed"


@dataclass(frozen=True)
class Done:
    """How long it took, how long the processors worked, and the peak memory of a command."""

    seconds: float
    processor: float
    megabytes: float = 0.0


def middle(rounds: Sequence[Done]) -> Done:
    """The medians of several runs, and the most memory."""
    return Done(
        median(one.seconds for one in rounds),
        median(one.processor for one in rounds),
        max(one.megabytes for one in rounds),
    )


def lines(done: Mapping[str, Done]) -> Iterator[str]:
    """Each figure, then the ratios of the clock and of the processors."""
    for name, one in done.items():
        memory = f"{one.megabytes:8.0f} MB" if one.megabytes else ""
        yield f"{name:<52}{one.seconds:>8.2f} s{one.processor:>8.2f} s of processors{memory}"
    yield _ratio("import / COPY without any index", done[IMPORT], done[BARE_COPY])
    yield _ratio("difference / csv.reader alone", done[DIFFERENCE], done[PARSE])


def bars(done: Mapping[str, Done]) -> Iterator[Bar]:
    """Each figure beside its goal."""
    pairs = (
        ("import / COPY like the registry's", done[IMPORT], done[COPY], GOAL_IMPORT),
        ("difference of 1 % / reading", done[DIFFERENCE], done[READ], GOAL_DIFFERENCE),
    )
    for name, ours, theirs, goal in pairs:
        yield Bar(f"{name}: clock", ours.seconds / theirs.seconds, goal, at_most=True)
        yield Bar(f"{name}: processors", ours.processor / theirs.processor, goal, at_most=True)
    memory = done[IMPORT].megabytes / done[SMALL].megabytes
    yield Bar("memory of the import / of a tenth of it", memory, GOAL_MEMORY, at_most=True)


def _ratio(name: str, ours: Done, theirs: Done) -> str:
    clock, worked = ours.seconds / theirs.seconds, ours.processor / theirs.processor
    return f"{name}: {clock:.2f}, processors {worked:.2f}"
