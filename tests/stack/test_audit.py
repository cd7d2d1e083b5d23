"""What is known of locked packages; that nothing could be asked is no good news."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stack import audit

FINE = {"name": "flask", "version": "3.1.0", "vulns": []}
BAD = {"name": "jinja", "version": "3.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["3.1"]}]}
WITHOUT_A_CURE = {"name": "six", "version": "1.0", "vulns": [{"id": "PYSEC-2026-2", "fix_versions": []}]}
UNASKED = {"name": "gunicorn", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "exit_code"),
    [
        ([FINE], 0),
        ([FINE, BAD], audit.VULNERABLE),
        ([FINE, UNASKED], audit.UNANSWERED),
        ([BAD, UNASKED], audit.VULNERABLE),
        ([], audit.UNANSWERED),
    ],
)
def test_only_what_was_asked_about_and_found_sound_is_well(
    packages: list[dict[str, Any]], exit_code: int
) -> None:
    assert audit.judge({"dependencies": packages}).exit_code == exit_code


def test_each_advisory_is_told_with_its_cure_and_what_was_not_asked_too() -> None:
    assert audit.judge({"dependencies": [FINE, BAD, WITHOUT_A_CURE, UNASKED]}).lines() == [
        "jinja 3.0: PYSEC-2026-1, mended in 3.1",
        "six 1.0: PYSEC-2026-2, mended in no version yet",
        "no advisory data for 1 of 4 packages (gunicorn …)",
        "3 packages audited, 2 advisories",
    ]


def test_a_lock_file_that_cannot_be_read_is_no_good_news_either(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.main(tmp_path / "none.txt") == audit.UNANSWERED
    assert capsys.readouterr().err.startswith("error: no advisory data: pip-audit ended with ")
