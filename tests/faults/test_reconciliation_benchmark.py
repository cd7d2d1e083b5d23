"""The benchmark of the reconciliation: a base too small to say anything about time."""

from __future__ import annotations

from pathlib import Path

from benchmarks.reconciliation.__main__ import measured
from benchmarks.reconciliation.base import Base
from tests.faults.on_postgresql import System


def test_a_quick_run_proves_the_agreement_and_frees_what_was_deleted(system: System, tmp_path: Path) -> None:
    base = Base(system.stack, system.accounts_url, system.codes_url, 2000)
    told = list(measured(base, tmp_path, pages=1))
    assert any("10 of 10 codes freed" in line for line in told)
    assert told[-1].startswith("verify / the pages")
