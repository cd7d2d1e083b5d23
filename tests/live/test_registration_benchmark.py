"""The benchmark of registrations: its arithmetic, and a run too short to say anything about time."""

from __future__ import annotations

import pytest

from benchmarks.registrations import report
from benchmarks.registrations.__main__ import parse, run
from benchmarks.registrations.measure import Times, percentile, together
from stack.local import Stack
from tests.support.realm import Realm


def test_a_percentile_is_the_time_that_so_many_do_not_exceed() -> None:
    times = [float(number) for number in range(100, 0, -1)]
    assert [percentile(times, share) for share in (0.5, 0.95, 1.0)] == [50.0, 95.0, 100.0]
    assert percentile([3.0], 0.95) == 3.0


def test_twice_as_slow_reads_as_half_in_throughput_and_in_time() -> None:
    ours = Times(opening=2.0, sending=2.0, journeys=[0.4] * 10, posts=[0.2] * 10)
    stock = Times(opening=1.0, sending=1.0, journeys=[0.2] * 10, posts=[0.1] * 10)
    beside = Times(opening=1.0, sending=3.0, journeys=[0.4] * 10, posts=[0.3] * 10)
    levels = {1: report.Compared(ours, stock, beside)}
    lines = list(report.lines(levels))
    assert lines[1].split() == ["1", "customer", "code", "2.5", "400.0", "400.0", "5.0", "200.0", "200.0"]
    assert lines[4].split()[-6:] == ["0.50", "0.50", "0.50", "0.50", "0.50", "0.50"]
    assert lines[5].split()[-6:] == ["1.00", "1.00", "1.00", "1.50", "1.50", "1.50"]
    told = [(round(bar.value, 2), bar.goal, bar.at_most) for bar in report.bars(levels)]
    assert told == [(0.5, 0.95, False), (3.33, 1.0, True), (1.0, 0.95, False), (0.0, 1.0, True)]


def test_starts_of_the_servers_count_by_what_was_done_in_them() -> None:
    quick = Times(opening=1.0, sending=1.0, journeys=[0.1] * 20, posts=[0.05] * 20)
    slow = Times(opening=3.0, sending=3.0, journeys=[0.3] * 20, posts=[0.15] * 20)
    both = together([quick, slow])
    assert (both.journeys_per_second, both.posts_per_second) == (5.0, 10.0)
    assert percentile(both.posts, 0.95) == 0.15


def test_a_quick_run_registers_in_all_variants_and_leaves_the_realm_as_it_was(stack: Stack) -> None:
    realm = Realm(stack)
    before = realm.call("GET", "").json()
    users = realm.call("GET", "/users/count").json()
    lines = list(run(stack, parse(["--quick", "--concurrency", "2"])))
    assert [line.split()[0] for line in lines if line.split()[:2] in (["2", "customer"], ["2", "stock"])]
    assert realm.call("GET", "/users/count").json() == users + 40
    assert realm.call("GET", "").json() == before
    with pytest.raises(AssertionError, match="404"):
        realm.call("GET", "/../stock")
