"""The Makefile: a target runs what it says it runs."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

from stack.settings import REPOSITORY

_RUN = "-m pytest "


def _said(*line: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        line, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_the_long_runs_leave_out_no_test_of_their_folder() -> None:
    (arguments,) = [
        line.split(_RUN)[1] for line in _said("make", "-n", "faults").splitlines() if _RUN in line
    ]
    collected = _said(sys.executable, "-m", "pytest", "--collect-only", "-q", *shlex.split(arguments))
    run = {line.split("::")[0] for line in collected.splitlines() if "::" in line}
    folder = REPOSITORY / "tests" / "faults"
    holding = [file for file in folder.glob("*.py") if "\ndef test_" in file.read_text(encoding="utf-8")]
    assert {str(file.relative_to(REPOSITORY)) for file in holding} - run == set()
