"""Importing the registry: rows checked by line, one transaction, differences only."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from customer_code_validator.identities import Identities
from customer_code_validator.outcomes import ClaimRefused
from customer_code_validator.registry.importing import Wishes, import_export
from customer_code_validator.registry.progress import Progress
from customer_code_validator.registry.rejects import Rejects
from customer_code_validator.registry.report import Allow
from customer_code_validator.registry.rows import ImportFileError
from customer_code_validator.registry.source import open_source
from customer_code_validator.rules import CodiceFiscale, read_codice_fiscale

from tests.validator.world import BIANCHI, IDENTITIES, ROSSI, World

HEADER = "code,codice_fiscale,first_name,last_name,status,email\n"
ANNA = "2000000001,FRRNNA83E57A9QQL,Anna,Ferrari,active,anna@example.org\n"
AMINA = "2000000002,50123450582,Amina,Diallo,active,\n"
SAMPLES = Path(__file__).parents[2] / "realm-config" / "sample-customers.csv"


class Import:
    """One import of a file: its report, and what was rejected as `line: column: reason`."""

    def __init__(self, world: World, path: Path, wishes: Wishes, identities: Identities = IDENTITIES) -> None:
        self.rejects: list[str] = []
        name = f"{path}:"
        with Rejects(path, None, lambda line: self.rejects.append(line.removeprefix(name))) as rejects:
            progress = Progress(io.StringIO())
            self.report = import_export(
                world.engine, open_source(path), identities, world.clock.now, wishes, rejects, progress
            )

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """New, changed, missing, ceased."""
        counts = self.report.counts
        return counts.new, counts.changed, counts.missing, counts.ceased

    @property
    def dangers(self) -> list[str]:
        """By name."""
        return [danger.name for danger in self.report.dangers]


def load(world: World, tmp_path: Path, text: str | bytes, wishes: Wishes | None = None) -> Import:
    path = tmp_path / "export.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return Import(world, path, wishes or Wishes())


def many(count: int, status: str = "active", first: int = 4_000_000_000) -> str:
    """So many rows of customers, all with the same codice fiscale."""
    return "".join(f"{first + number},50123450582,A,B,{status},\n" for number in range(count))


def test_a_later_export_is_applied_as_a_difference(world: World, tmp_path: Path) -> None:
    assert load(world, tmp_path, HEADER + ANNA + AMINA).counts == (2, 0, 0, 0)
    assert load(world, tmp_path, HEADER + ANNA + AMINA).counts == (0, 0, 0, 0)
    later = HEADER + ANNA.replace("active", "ceased") + AMINA.replace("Amina", "Aminata")
    assert load(world, tmp_path, later).counts == (0, 2, 0, 1)
    assert load(world, tmp_path, later).counts == (0, 0, 0, 0)
    assert world.record("2000000002").first_name == "Aminata"


def test_who_is_missing_from_a_later_export_is_left_alone(world: World, tmp_path: Path) -> None:
    load(world, tmp_path, HEADER + ANNA)
    assert world.record(ROSSI.code).status == "active"


def test_who_is_missing_from_a_complete_export_has_ceased(world: World, tmp_path: Path) -> None:
    world.confirmed()
    done = load(world, tmp_path, HEADER + ANNA, Wishes(complete=True))
    assert done.counts == (1, 0, 2, 2)
    assert world.record(BIANCHI.code).status == "ceased"
    assert (world.state(), world.record(ROSSI.code).user_id) == ("confirmed", "user-1")
    assert done.report.ceased_accounts == [(ROSSI.code, "user-1")]


def test_whose_row_is_rejected_is_not_missing(world: World, tmp_path: Path) -> None:
    wrong = f"{ROSSI.code},{ROSSI.codice_fiscale},Mario,Rossi,gone,\n"
    assert load(world, tmp_path, HEADER + ANNA + wrong, Wishes(complete=True)).counts == (1, 0, 1, 1)
    assert world.record(ROSSI.code).status == "active"


def test_a_code_in_use_keeps_its_life_when_its_customer_changes_or_ceases(
    world: World, tmp_path: Path
) -> None:
    world.confirmed()
    row = f"{ROSSI.code},{ROSSI.codice_fiscale},Mario,Rossi,ceased,\n"
    counts = load(world, tmp_path, HEADER + row).report.counts
    assert (counts.ceased, counts.ceased_with_account) == (1, 1)
    assert (world.state(), world.record(ROSSI.code).user_id) == ("confirmed", "user-1")


def test_a_reservation_of_a_customer_who_ceased_meanwhile_cannot_be_claimed(
    world: World, told: bool, tmp_path: Path
) -> None:
    reservation = world.reserve()
    load(world, tmp_path, f"{HEADER}{ROSSI.code},{ROSSI.codice_fiscale},Mario,Rossi,ceased,\n")
    assert world.claim(reservation, told=told) == ClaimRefused()
    assert world.state() == "reserved"


def test_codes_and_codici_fiscali_are_stored_in_their_normal_form(world: World, tmp_path: Path) -> None:
    load(world, tmp_path, HEADER + "2000 000 001,frr nna 83e57 a9qql,Anna,Ferrari,Active,\n")
    sealed = IDENTITIES.seal("2000000001", "FRRNNA83E57A9QQL")
    assert world.record("2000000001").codice_fiscale == sealed


def test_names_email_and_status_are_optional_and_a_column_that_is_not_there_changes_nothing(
    world: World, tmp_path: Path
) -> None:
    load(world, tmp_path, "code,codice_fiscale\n2000000001,FRRNNA83E57A9QQL\n")
    assert world.record("2000000001").status == "active"
    load(world, tmp_path, HEADER + ANNA.replace("active", "ceased"))
    done = load(world, tmp_path, "code;codice_fiscale;last_name\n2000000001;FRRNNA83E57A9QQL;Ferro\n")
    assert done.counts == (0, 1, 0, 0)
    record = world.record("2000000001")
    assert (record.first_name, record.last_name, record.status) == ("Anna", "Ferro", "ceased")


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("12,50123450582,A,B,active,", "3: code: not 4 to 32 letters and digits"),
        ("2000000009,50123450583,A,B,active,", "3: codice_fiscale: not valid"),
        ("2000000009,50123450582,A,B,gone,", "3: status: not one of active, ceased"),
        ("2000000009,50123450582,A,B,active,nobody", "3: email: not an address"),
        ("2000000009,50123450582,A,B,active,a@\0", "3: email: not an address"),
        (f"2000000009,50123450582,A,B,active,a@{'b' * 253}", "3: email: not an address"),
        ("2000000009,50123450582,A,B", "3: line: wrong number of columns"),
        ('2000000009,50123450582,"A"x,B,active,', "3: line: not valid CSV"),
        (f"2000000009,50123450582,{'A' * 140_000},B,active,", "3: line: not valid CSV: field larger"),
        ("2000000001,50123450582,A,B,active,", "3: code: the same as in line 2"),
        (f"2000000009,50123450582,{'A' * 201},B,active,", "3: first_name: longer than 200 characters"),
        ("2000000009,50123450582,A,B\0,active,", "3: last_name: holds a character that cannot be printed"),
    ],
)
def test_a_wrong_row_is_named_by_its_line_and_stops_no_other(
    world: World, tmp_path: Path, row: str, error: str
) -> None:
    done = load(world, tmp_path, HEADER + ANNA + row + "\n" + AMINA)
    assert [line[: len(error)] for line in done.rejects] == [error]
    assert (done.report.written, done.counts, done.report.read.rejected) == (True, (2, 0, 0, 0), 1)
    assert world.state("2000000002") == "free"


def test_a_strict_import_writes_nothing_if_any_row_is_wrong(world: World, tmp_path: Path) -> None:
    done = load(world, tmp_path, HEADER + ANNA + "12,x,A,B,active,\n" + AMINA, Wishes(strict=True))
    assert (done.report.written, len(done.rejects)) == (False, 2)
    assert load(world, tmp_path, HEADER + ANNA + AMINA, Wishes(strict=True)).counts == (2, 0, 0, 0)


def test_a_dry_run_tells_the_difference_and_writes_nothing(world: World, tmp_path: Path) -> None:
    text = HEADER + ANNA + f"{ROSSI.code},{ROSSI.codice_fiscale},Maria,Rossi,active,\n"
    for _ in range(2):
        done = load(world, tmp_path, text, Wishes(dry_run=True))
        assert (done.report.written, done.counts) == (False, (1, 1, 0, 0))
    assert world.record(ROSSI.code).first_name == "Mario"


def test_all_errors_of_a_file_are_listed_in_order_and_repeat_no_value(world: World, tmp_path: Path) -> None:
    bad = "12,RSSMRA75C14H501X,Mario,\0,gone,@\n"
    done = load(world, tmp_path, HEADER + bad + ANNA + bad)
    assert [int(line.split(":")[0]) for line in done.rejects] == [2] * 5 + [4] * 5
    assert not any("RSSMRA" in line for line in done.rejects)


def test_every_repetition_of_a_code_is_named_and_the_first_row_counts(world: World, tmp_path: Path) -> None:
    again = ANNA.replace("Anna", "Nina")
    done = load(world, tmp_path, HEADER + ANNA + AMINA + again + AMINA + again)
    assert done.rejects == [
        f"{line}: code: the same as in line {first}" for line, first in ((4, 2), (5, 3), (6, 2))
    ]
    assert (done.counts, world.record("2000000001").first_name) == ((2, 0, 0, 0), "Anna")


def test_a_file_that_is_cut_in_a_line_is_refused_unless_that_is_allowed(world: World, tmp_path: Path) -> None:
    text = HEADER + ANNA + AMINA[:20]
    done = load(world, tmp_path, text)
    assert (done.report.written, done.dangers) == (False, ["cut-short"])
    assert load(world, tmp_path, text + "\n").report.written, "a line that is wrong, but has its end"
    assert load(world, tmp_path, HEADER + AMINA.rstrip("\n")).report.written, "a whole line without its end"
    assert load(world, tmp_path, text, Wishes(allow=frozenset({Allow.CUT_SHORT}))).report.written


@pytest.mark.parametrize("rows", ["", "12,x,A,B,active,\n"])
def test_an_export_of_nobody_is_refused(world: World, tmp_path: Path, rows: str) -> None:
    done = load(world, tmp_path, HEADER + rows, Wishes(complete=True))
    assert done.dangers[0] == "empty"
    assert world.record(ROSSI.code).status == "active"


def test_too_many_who_cease_at_once_are_refused_unless_that_is_allowed(world: World, tmp_path: Path) -> None:
    load(world, tmp_path, HEADER + many(500))
    for text, wishes in (
        (HEADER + many(500 - 26) + ANNA, Wishes(complete=True)),
        (HEADER + many(26, "ceased"), Wishes()),
    ):
        assert load(world, tmp_path, text, wishes).dangers == ["cease-many"]
    assert world.record("4000000499").status == "active"
    few = load(world, tmp_path, HEADER + many(25, "ceased"))
    assert (few.report.written, few.counts) == (True, (0, 25, 0, 25))
    allowed = Wishes(allow=frozenset({Allow.CEASE_MANY}))
    assert load(world, tmp_path, HEADER + many(500, "ceased"), allowed).counts == (0, 475, 0, 475)


def test_too_many_new_codici_fiscali_at_once_are_refused(world: World, tmp_path: Path) -> None:
    """As from an export whose columns have slipped against each other."""
    load(world, tmp_path, HEADER + many(500))
    slipped = HEADER + many(26).replace("50123450582", "FRRNNA83E57A9QQL")
    assert load(world, tmp_path, slipped).dangers == ["change-many"]
    assert load(world, tmp_path, slipped, Wishes(allow=frozenset({Allow.CHANGE_MANY}))).report.written


def test_who_is_missing_is_not_concluded_from_a_file_with_rows_that_do_not_tell_their_code(
    world: World, tmp_path: Path
) -> None:
    done = load(world, tmp_path, HEADER + ANNA + "what is this\n", Wishes(complete=True))
    assert (done.dangers, done.report.written) == (["unreadable"], False)


def test_of_a_quote_that_nobody_closes_the_beginning_is_named_and_some_rows_are_lost_only(
    world: World, tmp_path: Path
) -> None:
    row = '2000000001,50123450582,"A,B,active,\n'
    done = load(world, tmp_path, HEADER + many(3) + row + many(60, first=5_000_000_000))
    [told] = done.rejects
    assert told.endswith(", and the row began in line 5: is a quote not closed?")
    last = int(told.split(":")[0])
    assert 5 < last < 45
    assert done.counts == (3 + 60 - (last - 5), 0, 0, 0)


def test_a_quoted_line_break_does_not_shift_the_line_numbers(world: World, tmp_path: Path) -> None:
    first = '2000000001,50123450582,"A\nB",C,active,\n'
    done = load(world, tmp_path, HEADER + first + "12,50123450582,A,B,active,\n")
    assert [line.split(":")[0] for line in done.rejects] == ["4"]
    assert world.record("2000000001").first_name == "A B"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEADER + ANNA,
        (HEADER + ANNA).replace(",", ";"),
        (HEADER + ANNA).replace("\n", "\r\n"),
        "first_name,last_name,codice_fiscale,code\nAnna,Ferrari,FRRNNA83E57A9QQL,2000000001\n",
        " Code ,CODICE_FISCALE\n2000000001,FRRNNA83E57A9QQL\n\n\n",
    ],
)
def test_what_spreadsheets_make_of_the_file_is_read(world: World, tmp_path: Path, text: str) -> None:
    assert load(world, tmp_path, text).counts == (1, 0, 0, 0)


@pytest.mark.parametrize(
    "name", ['"', "\\N", "\\.", "'; DROP TABLE customer_codes; --", "Niccolò \U0001f600"]
)
def test_a_name_is_stored_as_it_is_written(world: World, tmp_path: Path, name: str) -> None:
    quoted = name.replace('"', '""')
    load(world, tmp_path, f'{HEADER}2000000001,50123450582,"{quoted}",B,active,\n')
    assert world.record("2000000001").first_name == name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", ":1: column missing: code, codice_fiscale"),
        (b"code,first_name\n", ":1: column missing: codice_fiscale"),
        (HEADER.replace("email", "e-mail").encode(), ":1: a column is unknown or there twice"),
        (
            (HEADER + ANNA * 3000 + "2000000001,50123450582,Niccolò,B,active,\n").encode("cp1252"),
            ":3002: not UTF-8; export it again as “CSV UTF-8”, or convert it: iconv -f WINDOWS-1252",
        ),
        ((HEADER + ANNA).encode("utf-16"), ":1: not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(world: World, tmp_path: Path, text: bytes, message: str) -> None:
    with pytest.raises(ImportFileError, match=r"export\.csv") as raised:
        load(world, tmp_path, text)
    assert str(raised.value).split("export.csv")[1].startswith(message)
    assert "200000000" not in str(raised.value)


def test_a_missing_file_says_so(world: World, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="No such file"):
        Import(world, tmp_path / "none.csv", Wishes())


def test_the_sample_customers_are_valid_and_vary(world: World) -> None:
    done = Import(world, SAMPLES, Wishes())
    assert (done.rejects, done.report.counts.ceased) == ([], 0)  # the world has the ceased one already
    lines = SAMPLES.read_text(encoding="utf-8")
    assert "’" in lines
    assert "Niccolò" in lines
    assert isinstance(read_codice_fiscale("09876540221"), CodiceFiscale)


def test_more_rows_than_one_batch_are_one_import(world: World, tmp_path: Path) -> None:
    rows = many(12_000)
    assert load(world, tmp_path, HEADER + rows).counts == (12_000, 0, 0, 0)
    wrong = HEADER + rows.replace("A,B", "A,C") + "12,x,,,,\n"
    assert not load(world, tmp_path, wrong, Wishes(strict=True)).report.written
    assert load(world, tmp_path, HEADER + rows).counts == (0, 0, 0, 0)
