"""`python -m benchmarks.provisioning`: starts its own Keycloak, measures, prints; never fails on time."""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks.provisioning import kaji
from benchmarks.provisioning.subjects import Figure, Workbench, many
from benchmarks.running import machine, on_stack

_ROUNDS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0, or 1 where something did not do its work."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.provisioning", description=__doc__)
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="runs whose median is told")
    parser.add_argument("--large", action="store_true", help="10,000 clients and groups too: many minutes")
    parser.add_argument("--size", type=int, default=10_000, help="clients and groups of the large realm")
    options = parser.parse_args(arguments)
    return on_stack(
        "provisioning",
        lambda stack: run(Workbench(stack.keycloak, stack.folder), options),
        realm=False,
        extension=False,
        validator=False,
    )


def run(bench: Workbench, options: argparse.Namespace) -> Iterator[str]:
    """The report's lines, each as soon as it is known."""
    yield machine()
    yield "100 roles, 100 groups, 100 clients; medians; calls from Keycloak's access log, logins included"
    yield from small(bench, options.rounds)
    if options.large:
        yield from large(bench, options.size)


def small(bench: Workbench, rounds: int) -> Iterator[str]:
    """Creation, nothing to do, one change; each beside its peer, in turns."""
    content = many(100, 100, 100)
    bench.one_post("warm", content)

    def created() -> Figure:
        bench.remove("ours")
        return bench.ours("apply", "ours", content)

    def posted() -> Figure:
        bench.remove("post")
        return bench.one_post("post", content)

    def imported() -> Figure:
        bench.make("kcadm")
        return bench.kcadm("kcadm", content)

    ours, post, kcadm = _turns(rounds, created, posted, imported)
    yield _line("create", ours)
    yield _line("  one POST /admin/realms", post, ours)
    yield _line("  kcadm.sh partial import", kcadm, ours)
    ours, plan, kcadm = _turns(
        rounds,
        lambda: bench.ours("apply", "ours", content),
        lambda: bench.ours("plan", "ours", content),
        lambda: bench.kcadm("kcadm", content),
    )
    yield _line("nothing to do, apply", ours)
    yield _line("nothing to do, plan", plan)
    yield _line("  kcadm.sh partial import", kcadm, ours)
    names = iter(range(rounds))

    def changed() -> Figure:
        return bench.ours("apply", "ours", {**content, "displayName": f"Other {next(names)}"})

    (one,) = _turns(rounds, changed)
    yield _line("one field changed", one)
    if kaji.PROGRAM:
        yield from beside_kaji(bench, rounds, content)


def beside_kaji(bench: Workbench, rounds: int, content: dict[str, Any]) -> Iterator[str]:
    """kaji with the same objects, in a realm that exists: it makes none (0.0.4)."""

    def filled() -> Figure:
        bench.make("kaji")
        return bench.kaji("apply", "kaji", content)

    filling, plan, drift, apply, again = _turns(
        rounds,
        filled,
        lambda: bench.ours("plan", "kaji", content),
        lambda: bench.kaji("drift", "kaji", content),
        lambda: bench.ours("apply", "kaji", content),
        lambda: bench.kaji("apply", "kaji", content),
    )
    yield _line("  kaji apply to an empty realm", filling)
    yield _line("nothing to do, plan", plan)
    yield _line("  kaji drift", drift, plan)
    yield _line("nothing to do, apply", apply)
    yield _line("  kaji apply", again, apply)


def large(bench: Workbench, size: int) -> Iterator[str]:
    """Creation in chunks, its linearity, a kill in the middle; then plans beside the fastest reading."""
    half, whole = (many(max(1, part // 5), part, part) for part in (size // 2, size))
    figures = []
    for content in (half, whole):
        bench.remove("large")
        figures.append(bench.ours("apply", "large", content))
        yield _line("create " + _told(content), figures[-1])
    yield f"  twice the objects take {figures[1].seconds / figures[0].seconds:.2f} times as long"
    bench.remove("large")
    yield _line("  killed at half of its chunks", bench.killed("large", whole, 0.5))
    yield _line("  run again", bench.ours("apply", "large", whole))
    yield from readings(bench, "large", whole)


def _told(content: dict[str, Any]) -> str:
    clients, groups, roles = content["clients"], content["groups"], content["roles"]["realm"]
    return f"{len(clients)} clients, {len(groups)} groups, {len(roles)} roles"


def readings(bench: Workbench, realm: str, content: dict[str, Any], rounds: int = 3) -> Iterator[str]:
    """Plans beside the fastest reading of the same data, in turns, with the server's caches empty or full."""

    def cold(reading: Callable[[], Figure]) -> Callable[[], Figure]:
        def forget_and_read() -> Figure:
            bench.forget(realm)
            return reading()

        return forget_and_read

    def planned() -> Figure:
        return bench.ours("plan", realm, content)

    def read() -> Figure:
        return bench.fastest_reading(realm)

    for warmth, ours, least in (("cold", cold(planned), cold(read)), ("warm", planned, read)):
        plan, reading = _turns(rounds, ours, least)
        yield _line(f"plan, {warmth}", plan)
        yield _line("  the same lists in pages, nothing else", reading, plan)


def _turns(rounds: int, *subjects: Callable[[], Figure]) -> list[Figure]:
    """The median of each, measured in turns so that drift hits all alike."""
    taken: list[list[Figure]] = [[] for _ in subjects]
    for _ in range(rounds):
        for subject, figures in zip(subjects, taken, strict=True):
            figures.append(subject())
    return [
        Figure(
            statistics.median(figure.seconds for figure in figures),
            figures[-1].calls,
            max(figure.megabytes for figure in figures),
        )
        for figures in taken
    ]


def _line(what: str, figure: Figure, ours: Figure | None = None) -> str:
    ratio = f"   ours takes {ours.seconds / figure.seconds:.2f} of it" if ours else ""
    memory = f"{figure.megabytes:6.0f} MB" if figure.megabytes and not ours else " " * 9
    return f"{what:<52}{figure.seconds:8.2f} s{figure.calls:6d} calls {memory}{ratio}"


if __name__ == "__main__":
    sys.exit(main())
