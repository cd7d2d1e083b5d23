"""An import whose rows are checked by several processes: the same result, in order, and none left over."""

from __future__ import annotations

import csv
import io
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import pytest
from customer_code_validator.registry import csvfile, processes
from customer_code_validator.registry.checking import Checked, Checker
from customer_code_validator.registry.csvfile import CsvSource
from customer_code_validator.registry.importing import Wishes
from customer_code_validator.registry.rows import COLUMNS, ImportFileError, Unreadable
from customer_code_validator.registry.source import Chunk, NumberedRow
from hypothesis import given
from hypothesis import strategies as st

from tests.support.realm import eventually
from tests.validator.test_registry import ANNA, HEADER, load, many
from tests.validator.world import IDENTITIES, World

CHECKER = Checker(COLUMNS, IDENTITIES)
TWO = Wishes(processes=2)


@dataclass(frozen=True)
class Deadly:
    """Rows that end the process which reads them, as the kernel does where memory is short."""

    done: float = 0.5

    def rows(self) -> Iterator[NumberedRow]:
        """None."""
        os.kill(os.getpid(), signal.SIGKILL)
        yield from ()


@dataclass(frozen=True)
class OneRow:
    """One row that is not a customer."""

    done: float = 0.5

    def rows(self) -> Iterator[NumberedRow]:
        """It."""
        yield 7, Unreadable("for a test")


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some ten rows in a chunk."""
    monkeypatch.setattr(csvfile, "CHUNK", 500)


@pytest.mark.usefixtures("small_chunks")
def test_rejects_are_listed_in_the_order_of_the_file(world: World, tmp_path: Path) -> None:
    wrong = "12,50123450582,A,B,active,\n"
    text = HEADER + "".join(many(20, first=4_000_000_000 + start) + wrong for start in range(0, 800, 20))
    done = load(world, tmp_path, text, TWO)
    assert [int(line.split(":")[0]) for line in done.rejects] == [22 + 21 * each for each in range(40)]
    assert (done.counts, done.report.read.rejected) == ((800, 0, 0, 0), 40)


@pytest.mark.usefixtures("small_chunks")
def test_a_code_that_comes_again_in_another_chunk_is_named_and_the_first_row_counts(
    world: World, tmp_path: Path
) -> None:
    done = load(world, tmp_path, HEADER + ANNA + many(100) + ANNA.replace("Anna", "Nina"), TWO)
    assert done.rejects == ["103: code: the same as in line 2"]
    assert world.record("2000000001").first_name == "Anna"


@pytest.mark.parametrize("second", ["4000000000", "4000000019"])
def test_a_code_that_comes_again_at_the_edge_of_two_chunks_is_named(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    """Codes in ascending order are not compared with each other."""
    monkeypatch.setattr(csvfile, "CHUNK", len(many(20)) - 1)
    again = f"{second},50123450582,A,B,active,\n"
    done = load(world, tmp_path, HEADER + many(20) + again + many(5, first=4_000_000_020))
    assert done.rejects == [f"22: code: the same as in line {2 + int(second) % 100}"]
    assert done.counts == (25, 0, 0, 0)


@pytest.mark.usefixtures("small_chunks")
def test_a_later_export_is_the_same_difference(world: World, tmp_path: Path) -> None:
    load(world, tmp_path, HEADER + many(200), TWO)
    later = HEADER + many(200).replace("4000000007,50123450582,A", "4000000007,50123450582,C")
    assert load(world, tmp_path, later + ANNA, TWO).counts == (1, 1, 0, 0)


@pytest.mark.usefixtures("small_chunks")
def test_a_file_that_is_cut_in_its_last_line_is_noticed(world: World, tmp_path: Path) -> None:
    assert load(world, tmp_path, HEADER + many(100) + ANNA[:20], TWO).dangers == ["cut-short"]


def test_a_process_that_dies_ends_the_import_in_words() -> None:
    with pytest.raises(ImportFileError, match="nothing is imported; run it again"):
        list(processes.checked(iter([OneRow(), Deadly(), OneRow()]), CHECKER, 2))


def test_a_file_of_one_chunk_needs_no_process_of_its_own() -> None:
    own = os.getpid()
    seen = []

    def check(_: Chunk) -> Checked:
        seen.append(os.getpid())
        return Checked("", None, 0, [], last_is_rejected=False, done=1.0)

    list(processes.checked(iter([OneRow()]), check, 4))
    assert seen == [own]


def test_only_a_few_chunks_are_under_way_at_once() -> None:
    """Memory is flat: what has not been asked for is not read."""
    read = iter(repeat(OneRow(), 100))
    results = processes.checked(read, CHECKER, 2)
    assert next(results).rejected[0].errors[0].line == 7
    left = sum(1 for _ in read)
    results.close()
    assert left >= 90


_PARENT = """
import multiprocessing, time
from customer_code_validator.registry import processes
from tests.validator.test_registry_processes import CHECKER, OneRow
if __name__ == "__main__":
    results = processes.checked(iter([OneRow()] * 100), CHECKER, 2)
    next(results)
    print(*(process.pid for process in multiprocessing.active_children()), flush=True)
    time.sleep(60)
"""


def test_no_process_is_left_when_the_import_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = [int(process) for process in parent.stdout.readline().split()]
        parent.kill()
    assert len(children) == 2
    eventually(lambda: [process for process in children if Path(f"/proc/{process}").exists()], [], 20)


def test_the_keys_reach_another_process() -> None:
    again = pickle.loads(pickle.dumps(IDENTITIES))  # noqa: S301 - its own
    assert again.seal("2000000001", "50123450582") == IDENTITIES.seal("2000000001", "50123450582")


@given(st.text(st.sampled_from('ab",\n\r'), max_size=60), st.integers(1, 9))
def test_a_file_is_cut_between_rows_wherever_they_end(text: str, size: int) -> None:
    """Quoted line ends, quotes out of place, every kind of line end: the rows are the same."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(csvfile, "CHUNK", size)
        path = Path(folder) / "export.csv"
        path.write_bytes(("code,codice_fiscale\n" + text).encode())
        rows = [row for chunk in CsvSource(path).chunks() for row in chunk.rows()]
    assert list(map(_without_reason, rows)) == list(_read_at_once(text))


def _without_reason(row: NumberedRow) -> NumberedRow:
    line, cells = row
    return line, Unreadable("") if isinstance(cells, Unreadable) else cells


def _read_at_once(text: str) -> Iterator[NumberedRow]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        try:
            for cells in reader:
                if cells:
                    yield reader.line_num + 1, cells
            return
        except csv.Error:
            yield reader.line_num + 1, Unreadable("")
