"""The export as Parquet: the same rows, errors by row, and words for what cannot be read."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow
import pytest
from customer_code_validator.registry.importing import Wishes
from customer_code_validator.registry.rows import ImportFileError
from customer_code_validator.registry.source import open_source
from pyarrow import csv, parquet

from tests.validator.test_registry import ANNA, HEADER, SAMPLES, Import
from tests.validator.world import World


def table(text: str) -> pyarrow.Table:
    """The rows of a CSV text, every column a string, what is empty a null."""
    names = text.splitlines()[0].split(",")
    options = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pyarrow.string()), strings_can_be_null=True
    )
    return csv.read_csv(pyarrow.py_buffer(text.encode()), convert_options=options)


def write(tmp_path: Path, rows: pyarrow.Table) -> Path:
    path = tmp_path / "export.parquet"
    parquet.write_table(rows, path)
    return path


def test_the_same_rows_as_parquet_are_no_difference(world: World, tmp_path: Path) -> None:
    Import(world, SAMPLES, Wishes())
    path = write(tmp_path, table(SAMPLES.read_text(encoding="utf-8")))
    done = Import(world, path, Wishes(complete=True))
    assert (done.counts, done.rejects, done.report.read.customers) == ((0, 0, 0, 0), [], 12)


def test_a_column_of_repeated_values_may_be_a_dictionary(world: World, tmp_path: Path) -> None:
    rows = table(HEADER + ANNA)
    rows = rows.set_column(4, "status", rows["status"].dictionary_encode())
    assert Import(world, write(tmp_path, rows), Wishes()).counts == (1, 0, 0, 0)


def test_a_wrong_row_is_named_by_its_number(world: World, tmp_path: Path) -> None:
    path = write(tmp_path, table(HEADER + ANNA * 6_000 + "12,50123450582,A,B,active,\n"))
    assert Import(world, path, Wishes()).rejects[0] == "6001: code: not 4 to 32 letters and digits"


def test_a_code_that_is_a_number_is_refused(tmp_path: Path) -> None:
    rows = pyarrow.table({"code": [2000000001], "codice_fiscale": ["FRRNNA83E57A9QQL"]})
    with pytest.raises(ImportFileError, match="column code: is int64; write it as text"):
        open_source(write(tmp_path, rows))


@pytest.mark.parametrize("kept", [0, 100, -1])
def test_a_file_that_is_cut_short_or_no_parquet_is_refused(tmp_path: Path, kept: int) -> None:
    path = write(tmp_path, table(HEADER + ANNA))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ImportFileError, match="cannot be read: not Parquet"):
        open_source(path)


def test_without_pyarrow_a_parquet_file_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, table(HEADER + ANNA))
    monkeypatch.delitem(sys.modules, "customer_code_validator.registry.parquetfile")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportFileError, match="pip install pyarrow"):
        open_source(path)
