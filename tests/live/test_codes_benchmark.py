"""The benchmark of refusals: a run too short to say anything about time; an answer that differs fails it."""

from __future__ import annotations

from benchmarks.codes.__main__ import parse, run
from stack.local import Stack


def test_a_quick_run_of_the_benchmark_tries_both_ways(stack: Stack) -> None:
    lines = list(run(stack, parse(["--requests", "20", "--warm-up", "2"])))
    assert [line.split("  ")[0] for line in lines[2:]] == ["at the service", "on Keycloak’s page"]
