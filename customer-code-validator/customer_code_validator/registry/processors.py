"""How many processors this process may use, which in a container is less than the machine has."""

import math
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUPS = Path("/proc/self/cgroup")


def usable(groups: Path = _CGROUPS, own: Path = _OWN_CGROUPS) -> int:
    """Those that it is bound to, and of these as many as the quota of its control groups makes up."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min([bound, *(max(1, math.floor(quota)) for quota in _quotas(groups, own))])


def _quotas(groups: Path, own: Path) -> Iterator[float]:
    """Processors' worth of time for each group above this process that has a bound."""
    for folder in _folders(groups, own):
        with suppress(OSError, ValueError, ZeroDivisionError):
            quota, period = (folder / "cpu.max").read_text(encoding="ascii").split()
            yield int(quota) / int(period)  # "max" where there is no bound
        with suppress(OSError, ValueError, ZeroDivisionError):
            first = int((folder / "cpu.cfs_quota_us").read_text(encoding="ascii"))
            if first > 0:  # -1 where there is no bound
                yield first / int((folder / "cpu.cfs_period_us").read_text(encoding="ascii"))


def _folders(groups: Path, own: Path) -> Iterator[Path]:
    """Of the process's groups and those above them: version 2 has one tree, version 1 one for `cpu`.

    A container sees its own group at the root, whatever path it is told.
    """
    with suppress(OSError):
        for line in own.read_text(encoding="ascii").splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers and "cpu" not in controllers.split(","):
                continue
            root = groups / controllers if controllers else groups
            yield from (root / above for above in (Path(path.lstrip("/")), *Path(path.lstrip("/")).parents))
