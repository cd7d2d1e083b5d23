"""`python -m benchmarks.hashing`: starts Keycloak again and again, logs in, prints; never fails on time.

The peer is the same Keycloak without `KEYCLOAK_COMPILATION`: Java then compiles the hash as it happens to.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence

from benchmarks import processor
from benchmarks.running import (
    BenchmarkError,
    compile_as_it_happens,
    compile_as_one_piece,
    machine,
    on_stack,
)
from stack.administrator import Administrator
from stack.keycloak import Keycloak

_SIDES = ("as it happens", "as one piece")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0, or 1 where something failed to start or to log in."""
    options = parse(arguments)
    return on_stack("hashing", lambda stack: run(stack.keycloak, options), customers=None)


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hashing", description=__doc__)
    parser.add_argument("--starts", type=int, default=4, help="of Keycloak, of each side, in turns")
    parser.add_argument("--logins", type=int, default=300, help="measured after each start, one at a time")
    parser.add_argument("--warm-up", type=int, default=1000, help="logins after each start, before these")
    return parser.parse_args(arguments)


def run(keycloak: Keycloak, options: argparse.Namespace) -> Iterator[str]:
    """The report's lines, each as it is known. Raises BenchmarkError, StackError, RequestException."""
    yield machine()
    yield f"{'start':>5}  {'compiled':<14}{'ms of the processor a login':>28}"
    took: dict[str, list[float]] = {side: [] for side in _SIDES}
    for start in range(1, options.starts + 1):
        for side in _SIDES:
            _start(keycloak, left_alone=side == _SIDES[0])
            _log_in(keycloak, options.warm_up)
            took[side].append(_processor_of(keycloak, options.logins))
            yield f"{start:>5}  {side:<14}{took[side][-1]:>28.1f}"
    yield from summary(took)


def _start(keycloak: Keycloak, *, left_alone: bool) -> None:
    keycloak.stop()
    (compile_as_it_happens if left_alone else compile_as_one_piece)(keycloak)
    keycloak.start()


def _processor_of(keycloak: Keycloak, logins: int) -> float:
    """Milliseconds of one login, all threads of Keycloak's counted."""
    process = keycloak.process.pid
    if process is None:
        raise BenchmarkError("Keycloak has ended")
    before = processor.seconds([process])
    _log_in(keycloak, logins)
    return 1000 * (processor.seconds([process]) - before) / logins


def _log_in(keycloak: Keycloak, times: int) -> None:
    """By Keycloak's direct grant: nearly all of it is the password's hash."""
    administrator = Administrator(keycloak)
    for _ in range(times):
        administrator.log_in()


def summary(took: Mapping[str, Sequence[float]]) -> Iterator[str]:
    """The report's end; milliseconds of each start, of the peer's first and then of ours."""
    yield ""
    for side, times in took.items():
        median = statistics.median(times)
        yield f"{side:<14} least {min(times):.1f}, median {median:.1f}, most {max(times):.1f} ms"
    alone, ours = took.values()
    middle, most = statistics.median(alone) / statistics.median(ours), max(alone) / max(ours)
    yield f"as it happens / as one piece: median {middle:.2f}, most {most:.2f}; more is better"


if __name__ == "__main__":
    sys.exit(main())
