"""The benchmark of the validator: its arithmetic, its chart, and a run that is too short for figures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks import chart
from benchmarks.chart import Bar
from benchmarks.validator import report
from benchmarks.validator.__main__ import STORES, parse, run
from benchmarks.validator.report import Measured
from benchmarks.validator.sides import Side, Times


def _side(name: str, seconds: float) -> Side:
    return Side(name, 0, "", (), seconds, *(Times(10 * seconds, [seconds] * 10) for _ in range(2)))


def test_twice_as_slow_reads_as_half_and_growth_as_a_multiple() -> None:
    small = Measured("SQLite", 10, _side("validator", 0.2), _side("bare", 0.1))
    large = Measured("SQLite", 100, _side("validator", 0.3), _side("bare", 0.3))
    assert [round(bar.value, 2) for bar in report.ratios([small, large])] == [0.5, 1.0, 1.5, 1.5]
    assert [bar.reached for bar in report.ratios([small, large])] == [False, True, False, False]


def test_the_chart_has_each_figure_with_its_goal(tmp_path: Path) -> None:
    drawn = tmp_path / "deep" / "chart.svg"
    chart.draw(drawn, "A <title>", [Bar("one & only", 0.5, 0.7), Bar("growth", 1.1, 1.2, at_most=True)])
    text = drawn.read_text(encoding="utf-8")
    assert "A &lt;title&gt;" in text
    assert "one &amp; only" in text
    assert "0.50 (goal: at least 0.70)" in text
    assert "1.10 (goal: at most 1.20)" in text
    assert len(set(re.findall(r'height="20" fill="(#\w+)"', text))) == 2


@pytest.mark.server
@pytest.mark.parametrize("store", STORES)
def test_a_quick_run_measures_both_servers_at_both_sizes(store: str, tmp_path: Path) -> None:
    drawn = tmp_path / "chart.svg"
    few = ["--rounds", "1", "--block", "8", "--concurrency", "2", "--sizes", "10", "20"]
    lines = list(run(parse([*few, "--stores", store, "--chart", str(drawn)])))
    words = [line.split()[:3] for line in lines]
    assert [store, "10", "validator"] in words
    assert [store, "20", "bare"] in words
    assert drawn.exists()
