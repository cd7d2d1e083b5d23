"""The benchmark of the import: its ratios, and a run too short to say anything about time."""

from __future__ import annotations

from benchmarks.registry import report
from benchmarks.registry.__main__ import parse, run
from benchmarks.registry.report import Done


def test_the_ratios_are_of_the_import_to_its_peers() -> None:
    done = {
        report.PARSE: Done(1.0, 1.0),
        report.BARE_COPY: Done(1.0, 1.0),
        report.COPY: Done(5.0, 4.0),
        report.SMALL: Done(0.5, 1.0, 50.0),
        report.IMPORT: Done(10.0, 12.0, 55.0),
        report.READ: Done(4.0, 6.0),
        report.DIFFERENCE: Done(6.0, 7.5),
    }
    assert list(report.lines(done))[-2:] == [
        "import / COPY without any index: 10.00, processors 12.00",
        "difference / csv.reader alone: 6.00, processors 7.50",
    ]
    told = [(round(bar.value, 2), bar.goal, bar.reached) for bar in report.bars(done)]
    assert told == [(2, 3, True), (3, 3, True), (1.5, 1.5, True), (1.25, 1.5, True), (1.1, 1.2, True)]
    done[report.DIFFERENCE] = Done(6.1, 9.6)
    assert [bar.reached for bar in report.bars(done)] == [True, True, False, False, True]


def test_a_quick_run_imports_and_finds_the_difference() -> None:
    told = list(run(parse(["--rows", "2000", "--rounds", "1"])))
    assert any(line.startswith(report.DIFFERENCE) for line in told)
    assert told[-1].startswith("memory of the import")
