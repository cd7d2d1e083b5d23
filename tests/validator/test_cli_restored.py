"""What a person types to decide after a restore, where it is wrong: one line, before anything is read."""

from __future__ import annotations

import pytest
from customer_code_validator import cli

RESTORED = ("reconcile", "--restored")


@pytest.mark.parametrize("typed", ["1000234567", "=anna", "1000234567=", ""])
def test_a_decision_that_names_no_code_or_no_account_is_refused(
    typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([*RESTORED, f"--give={typed}"])
    assert left.value.code == 1
    assert f"{typed!r} is not CODE=USER_ID" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("reconcile", "--give=1000234567=anna"), "--give goes with --restored"),
        (("reconcile", "--verify", "--give=1000234567=anna"), "--give goes with --restored"),
        ((*RESTORED, "--give=1000234567=anna", "--give=1000234567=bruno"), "names a code twice"),
        ((*RESTORED, "--give=1000234567=anna", "--give= 1000234567 =bruno"), "names a code twice"),
    ],
)
def test_decisions_that_cannot_be_meant_are_refused(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 1
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1
