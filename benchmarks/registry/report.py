"""The figures as lines, and the ratios against the goals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

GOAL_IMPORT = 3.0
GOAL_DIFFERENCE = 1.5

PARSE = "Python's csv.reader over the file"
BARE_COPY = "COPY into a table without any index"
COPY = "COPY into a table like the registry's"
SMALL = "import of a hundredth of it"
IMPORT = "import into the empty registry"
READ = "the file checked, hashed and brought to the database"
DIFFERENCE = "import of a later export, 1 % changed"


@dataclass(frozen=True)
class Done:
    """How long it took and, of a process of its own, its peak memory in MB."""

    seconds: float
    megabytes: float = 0.0


def lines(seconds: Mapping[str, float], megabytes: Mapping[str, float]) -> Iterator[str]:
    """Each figure, then the ratios with their goals."""
    for name, value in seconds.items():
        memory = f"{megabytes[name]:8.0f} MB" if megabytes[name] else ""
        yield f"{name:<54}{value:>9.2f} s{memory}"
    imported, difference = seconds[IMPORT], seconds[DIFFERENCE]
    yield f"import / COPY like the registry's: {imported / seconds[COPY]:.2f} (goal: at most {GOAL_IMPORT})"
    yield f"import / COPY without any index: {imported / seconds[BARE_COPY]:.2f}"
    yield f"difference / reading: {difference / seconds[READ]:.2f} (goal: at most {GOAL_DIFFERENCE})"
    yield f"difference / csv.reader alone: {difference / seconds[PARSE]:.2f}"
    yield f"memory of the import / of a hundredth of it: {megabytes[IMPORT] / megabytes[SMALL]:.2f}"
