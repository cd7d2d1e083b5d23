"""The benchmark of registrations: its arithmetic, and a run too short to say anything about time."""

from __future__ import annotations

import pytest

from benchmarks.registrations import report
from benchmarks.registrations.__main__ import parse, run
from benchmarks.registrations.measure import Times, percentile
from stack.local import Stack
from tests.support.realm import Realm


def test_a_percentile_is_the_time_that_so_many_do_not_exceed() -> None:
    times = [float(number) for number in range(100, 0, -1)]
    assert [percentile(times, share) for share in (0.5, 0.95, 1.0)] == [50.0, 95.0, 100.0]
    assert percentile([3.0], 0.95) == 3.0


def test_twice_as_slow_reads_as_half_in_throughput_and_in_time() -> None:
    ours = Times(opening=2.0, sending=2.0, journeys=[0.4] * 10, posts=[0.2] * 10)
    stock = Times(opening=1.0, sending=1.0, journeys=[0.2] * 10, posts=[0.1] * 10)
    lines = list(report.lines({1: (ours, stock)}))
    assert lines[1].split() == ["1", "customer", "code", "2.5", "400.0", "400.0", "5.0", "200.0", "200.0"]
    assert lines[3].split() == ["1", "ratio", "0.50", "0.50", "0.50", "0.50", "0.50", "0.50"]
    beside = [(round(bar.value, 2), bar.goal, bar.at_most) for bar in report.bars({1: (ours, stock)})]
    assert beside == [(0.5, 0.95, False), (0.5, 0.95, False), (3.33, 1.0, True)]


def test_a_quick_run_registers_both_variants_and_leaves_the_realm_as_it_was(stack: Stack) -> None:
    realm = Realm(stack)
    before = realm.call("GET", "").json()
    users = realm.call("GET", "/users/count").json()
    lines = list(run(stack, parse(["--quick", "--concurrency", "2"])))
    assert [line.split()[0] for line in lines if line.split()[:2] in (["2", "customer"], ["2", "stock"])]
    assert realm.call("GET", "/users/count").json() == users + 40
    assert realm.call("GET", "").json() == before
    with pytest.raises(AssertionError, match="404"):
        realm.call("GET", "/../stock")
