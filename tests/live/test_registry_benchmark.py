"""The benchmark of the import: its ratios, and a run too short to say anything about time."""

from __future__ import annotations

from benchmarks.registry import report
from benchmarks.registry.__main__ import parse, run


def test_the_ratios_are_of_the_import_to_its_peers() -> None:
    seconds = {
        report.PARSE: 1.0,
        report.BARE_COPY: 1.0,
        report.COPY: 5.0,
        report.SMALL: 0.5,
        report.IMPORT: 10.0,
        report.READ: 4.0,
        report.DIFFERENCE: 6.0,
    }
    memory = {**dict.fromkeys(seconds, 0.0), report.SMALL: 50.0, report.IMPORT: 55.0}
    told = list(report.lines(seconds, memory))
    assert told[-5:] == [
        "import / COPY like the registry's: 2.00 (goal: at most 3.0)",
        "import / COPY without any index: 10.00",
        "difference / reading: 1.50 (goal: at most 1.5)",
        "difference / csv.reader alone: 6.00",
        "memory of the import / of a hundredth of it: 1.10",
    ]


def test_a_quick_run_imports_and_finds_the_difference() -> None:
    told = list(run(parse(["--rows", "2000", "--rounds", "1"])))
    assert any(line.startswith(report.DIFFERENCE) for line in told)
    assert told[-1].startswith("memory of the import")
