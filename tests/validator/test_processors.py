"""How many processes an import takes by itself: as many as the container's processors, not the machine's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from customer_code_validator.registry import processes, processors


@pytest.fixture(autouse=True)
def eight_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the process is bound to, where no control group says less."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(8)), raising=False)


def usable(folder: Path, own: str, **files: str) -> int:
    """With control groups that hold these files; `__` in a name stands for a folder."""
    for name, text in files.items():
        path = folder.joinpath(*name.split("__")[:-1], name.split("__")[-1].replace("_max", ".max"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
    listed = folder / "own"
    listed.write_text(own, encoding="ascii")
    return processors.usable(folder, listed)


@pytest.mark.parametrize(
    ("quota", "expected"),
    [("max 100000", 8), ("200000 100000", 2), ("250000 100000", 2), ("50000 100000", 1), ("broken", 8)],
)
def test_a_container_uses_the_processors_that_its_quota_makes_up(
    tmp_path: Path, quota: str, expected: int
) -> None:
    assert usable(tmp_path, "0::/\n", cpu_max=quota) == expected


def test_the_least_quota_of_the_groups_above_counts(tmp_path: Path) -> None:
    own = "0::/kubepods/pod\n"
    files = {"kubepods__pod__cpu_max": "400000 100000", "kubepods__cpu_max": "300000 100000"}
    assert usable(tmp_path, own, **files) == 3


def test_a_container_that_is_told_its_path_on_the_machine_finds_its_quota_at_the_root(tmp_path: Path) -> None:
    assert usable(tmp_path, "0::/machine/not/seen/here\n", cpu_max="100000 100000") == 1


@pytest.mark.parametrize(("quota", "expected"), [("-1", 8), ("200000", 2)])
def test_the_first_version_of_control_groups_counts_too(tmp_path: Path, quota: str, expected: int) -> None:
    folder = tmp_path / "cpu,cpuacct"
    folder.mkdir()
    (folder / "cpu.cfs_quota_us").write_text(quota, encoding="ascii")
    (folder / "cpu.cfs_period_us").write_text("100000", encoding="ascii")
    assert usable(tmp_path, "4:memory:/x\n3:cpu,cpuacct:/x\n") == expected


def test_without_control_groups_those_count_that_the_process_is_bound_to(tmp_path: Path) -> None:
    assert processors.usable(tmp_path, tmp_path / "none") == 8


def test_an_import_takes_no_more_processes_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processors, "usable", lambda: 3)
    assert processes.usual() == 3
    monkeypatch.setattr(processors, "usable", lambda: 64)
    assert processes.usual() == processes.MOST
