"""An import that brings to the database only what is not there as it is: the same result, and alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

import pytest
from customer_code_validator.customers import staged_code
from customer_code_validator.registry import csvfile, importing
from customer_code_validator.registry.importing import Wishes
from customer_code_validator.registry.reading import Reading
from customer_code_validator.registry.report import Allow
from customer_code_validator.registry.rows import ImportFileError
from customer_code_validator.store import bulk, registry, standing
from customer_code_validator.store.apart import apart
from customer_code_validator.store.tables import codes
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, delete, select

from tests.support.databases import Databases
from tests.validator.test_registry import ANNA, HEADER, Import, load, many
from tests.validator.world import World, make_world

_ALL = frozenset(Allow)
_COLUMNS = ("code", "codice_fiscale", "first_name", "last_name", "status", "email")
_MANY_CODES = [f"{number:04d}" for number in range(160)]
_CODES = [f"{prefix}{last}" for prefix in ("1000", "10000", "Z99") for last in "0159AZ"]


@dataclass(frozen=True)
class Export:
    """A file of some columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    complete: bool

    def write(self, path: Path) -> Path:
        """As CSV, in the order of the rows."""
        lines = [self.columns, *(row[: len(self.columns)] for row in self.rows)]
        path.write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf-8")
        return path


_FIRST = Export(
    _COLUMNS, tuple((code, "50123450582", "Anna", "Rossi", "active", "") for code in sorted(_CODES)), False
)


def _rows() -> st.SearchStrategy[tuple[str, ...]]:
    return st.tuples(
        st.sampled_from([*_CODES, "12"]),
        st.sampled_from(["50123450582", "FRRNNA83E57A9QQL", "50123450583"]),
        st.sampled_from(["Anna", "Niccolò", "A\\N"]),
        st.sampled_from(["", "Rossi"]),
        st.sampled_from(["active", "active", "ceased", "gone"]),
        st.sampled_from(["", "anna@example.org"]),
    )


def _exports() -> st.SearchStrategy[Export]:
    rows = st.lists(_rows(), max_size=14)
    in_order = st.lists(_rows(), max_size=14, unique_by=itemgetter(0)).map(sorted)
    return st.builds(
        Export,
        st.sampled_from([_COLUMNS, _COLUMNS, _COLUMNS[:2], _COLUMNS[:4], _COLUMNS[:5]]),
        st.one_of(in_order, in_order, rows).map(tuple),
        st.booleans(),
    )


@contextmanager
def _small_steps() -> Iterator[list[bool]]:
    """A row or two in a chunk, few customers handed over at once; the list tells where some were left out."""
    narrowed: list[bool] = []
    stage = importing._stage

    def noted(connection: Connection, reading: Reading, wishes: Wishes) -> bool:
        narrowed.append(stage(connection, reading, wishes))
        return narrowed[-1]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(csvfile, "CHUNK", 60)
        patched.setattr(standing, "_STRETCH", 3)
        patched.setattr(importing, "_stage", noted)
        yield narrowed


def _told(rejects: list[str]) -> list[str]:
    """Which line came before is not known of a row that was left out."""
    return [re.sub("the same as in .*", "again", line) for line in rejects]


def _held(world: World) -> list[tuple[object, ...]]:
    columns = [codes.c[name] for name in _COLUMNS]
    with world.engine.connect() as connection:
        return [
            tuple(row)
            for row in connection.execute(select(*columns, codes.c.imported_at).order_by(codes.c.code))
        ]


def _empty(world: World) -> None:
    with world.engine.begin() as connection:
        connection.execute(delete(codes))


@pytest.mark.server
def test_narrowed_or_whole_an_import_comes_to_the_same(databases: Databases, tmp_path: Path) -> None:
    """PostgreSQL narrows, SQLite brings every row: reports, rejects and registries are alike."""
    with (
        make_world(databases.new()) as narrowing,
        make_world(f"sqlite:///{tmp_path / 'codes.sqlite3'}") as whole,
        _small_steps() as narrowed,
    ):

        @settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(st.lists(_exports(), min_size=1, max_size=3))
        def alike(exports: list[Export]) -> None:
            _empty(narrowing)
            _empty(whole)
            for export in (_FIRST, *exports):
                path = export.write(tmp_path / "export.csv")
                wishes = Wishes(complete=export.complete, allow=_ALL)
                ours, theirs = Import(narrowing, path, wishes), Import(whole, path, wishes)
                assert (ours.report, _told(ours.rejects)) == (theirs.report, _told(theirs.rejects))
                assert _held(narrowing) == _held(whole)

        alike()
    assert sum(narrowed) > 60, "too few files in the order of their codes"


_some = st.sets(st.sampled_from(_MANY_CODES), max_size=6)


@given(new=_some, changed=_some, missing=_some, invalid=st.dictionaries(st.sampled_from(_MANY_CODES), _some))
@example(new={_MANY_CODES[-1]}, changed=set(), missing=set(), invalid={})
@example(new=set(), changed=set(), missing={_MANY_CODES[-1]}, invalid={})
def test_whom_file_and_registry_tell_alike_is_left_out_and_nobody_else(
    new: set[str], changed: set[str], missing: set[str], invalid: dict[str, set[str]]
) -> None:
    known = [f"\t{code}\thash\tA\tB\tactive\t" for code in _MANY_CODES if code not in new]
    lines, unlike = list[str](), list[str]()
    for code in _MANY_CODES:
        # Rows that are not valid stand anywhere.
        rejected = [staged_code(1, other)[:-1] for other in invalid.get(code, ())]
        name = "C" if code in changed else "A"
        valid = [] if code in missing else [f"1\t1\tbefore\t{code}\thash\t{name}\tB\tactive\t"]
        lines += rejected + valid
        unlike += rejected + (valid if code in new | changed else [])
    others = [code for code in _MANY_CODES if code in (changed | missing) - new]
    assert apart(lines, known) == (unlike, others)


@pytest.mark.server
def test_rows_that_are_there_as_they_are_do_not_go_to_the_database(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought: list[str] = []
    load_rows = bulk.load

    def noted(connection: Connection, table: Table, texts: Iterable[str]) -> None:
        texts = list(texts)
        if table.name == "import_rows":
            brought.extend(line for text in texts for line in text.splitlines())
        load_rows(connection, table, texts)

    with make_world(databases.new()) as world:
        load(world, tmp_path, HEADER + many(50))
        monkeypatch.setattr(bulk, "load", noted)
        later = HEADER + many(50).replace("4000000007,50123450582,A", "4000000007,50123450582,C")
        assert load(world, tmp_path, later).counts == (0, 1, 0, 0)
    assert [line.split("\t")[3] for line in brought] == ["4000000007"]


@pytest.mark.server
def test_a_code_that_comes_again_after_its_row_was_left_out_is_named(
    databases: Databases, tmp_path: Path
) -> None:
    with make_world(databases.new()) as world, _small_steps() as narrowed:
        load(world, tmp_path, HEADER + many(20))
        done = load(world, tmp_path, HEADER + many(20) + many(1).replace("A,B", "C,B") + ANNA)
        assert narrowed[-1]
        assert done.rejects == ["22: code: the same as in an earlier line"]
        assert (done.counts, done.report.read.customers) == ((1, 0, 0, 0), 21)
        assert world.record("4000000000").first_name == "A"


@pytest.mark.server
def test_a_second_import_beside_one_waits_and_then_says_so(databases: Databases, tmp_path: Path) -> None:
    with make_world(databases.new()) as world:
        with (
            registry.connected(world.engine),
            pytest.raises(ImportFileError, match="another import is at work"),
        ):
            load(world, tmp_path, HEADER + ANNA)
        assert load(world, tmp_path, HEADER + ANNA).counts == (1, 0, 0, 0)
