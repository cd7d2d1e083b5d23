"""An import that ends in the middle: all of it, or nothing; and what it says of itself on the way."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from unittest.mock import patch

from customer_code_validator.registry.importing import Wishes
from customer_code_validator.registry.progress import Progress
from customer_code_validator.store import registry
from customer_code_validator.store.engine import open_engine

from tests.validator.test_registry import AMINA, ANNA, HEADER, Import
from tests.validator.world import ROSSI, FakeClock, World

_LATER = HEADER + ANNA + AMINA + f"{ROSSI.code},{ROSSI.codice_fiscale},Mario,Russo,active,\n"


def die_while_writing(url: str, export: str) -> None:
    """In a process of its own: the new customers are in the transaction, the changed ones are not."""

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    world = SimpleNamespace(engine=open_engine(url), clock=FakeClock())
    with patch.object(registry, "_update", die):
        Import(cast(World, world), Path(export), Wishes())


def test_an_import_that_is_killed_while_it_writes_has_written_nothing_and_can_be_repeated(
    world: World, tmp_path: Path
) -> None:
    export = tmp_path / "export.csv"
    export.write_text(_LATER, encoding="utf-8")
    program = "import sys\nfrom tests.validator.test_registry_interrupted import die_while_writing\n"
    url = world.engine.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-c", f"{program}die_while_writing(*sys.argv[1:])", url, str(export)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert world.record(ROSSI.code).last_name == ROSSI.last_name
    assert Import(world, export, Wishes()).counts == (2, 1, 0, 0)
    assert world.record(ROSSI.code).last_name == "Russo"


def test_a_log_is_told_every_half_minute_how_far_an_import_is() -> None:
    seconds, log = iter([0.0, 12.0, 31.0, 45.0, 62.0, 70.0]), io.StringIO()
    progress = Progress(log, lambda: next(seconds))
    for number in range(1, 5):
        progress.rows(number * 10_000, number / 4)
    progress.step("writing the difference")
    progress.done()
    assert log.getvalue().splitlines() == [
        "20,000 rows read, 50%, 31 s",
        "40,000 rows read, 100%, 62 s",
        "writing the difference, 70 s",
    ]


def test_a_short_import_says_nothing_of_itself_to_a_log() -> None:
    seconds, log = iter([0.0, 12.0, 13.0]), io.StringIO()
    progress = Progress(log, lambda: next(seconds))
    progress.rows(10_000, 1)
    progress.step("writing the difference")
    progress.done()
    assert log.getvalue() == ""


def test_on_a_terminal_one_line_changes_and_is_gone_at_the_end() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    seconds, terminal = iter([0.0, 0.6, 1.2]), Terminal()
    progress = Progress(terminal, lambda: next(seconds))
    progress.rows(10_000, 0.5)
    progress.rows(20_000, 1)
    progress.done()
    assert terminal.getvalue().split("\r\x1b[K") == [
        "",
        "10,000 rows read, 50%, 1 s",
        "20,000 rows read, 100%, 1 s",
        "",
    ]
