"""Importing the registry: validation by line, one transaction, differences only."""

from pathlib import Path

import pytest
from customer_code_validator.registry import ImportFileError, ImportReport, import_file
from customer_code_validator.rules import CodiceFiscale, read_codice_fiscale

from tests.validator.world import ROSSI, World

HEADER = "code,codice_fiscale,first_name,last_name,status,email\n"
ANNA = "2000000001,FRRNNA83E57A9QQL,Anna,Ferrari,active,anna@example.org\n"
AMINA = "2000000002,50123450582,Amina,Diallo,active,\n"
SAMPLES = Path(__file__).parents[2] / "realm-config" / "sample-customers.csv"


def load(world: World, tmp_path: Path, text: str | bytes, skip_invalid: bool = False) -> ImportReport:
    path = tmp_path / "export.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return import_file(world.engine, path, world.clock.now, skip_invalid)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.unchanged, report.ceased


def test_a_later_export_is_applied_as_a_difference(world: World, tmp_path: Path) -> None:
    assert counts(load(world, tmp_path, HEADER + ANNA + AMINA)) == (2, 0, 0, 0)
    assert counts(load(world, tmp_path, HEADER + ANNA + AMINA)) == (0, 0, 2, 0)
    later = HEADER + ANNA.replace("active", "ceased") + AMINA.replace("Amina", "Aminata")
    assert counts(load(world, tmp_path, later)) == (0, 2, 0, 1)
    assert counts(load(world, tmp_path, later)) == (0, 0, 2, 0)


def test_a_code_in_use_keeps_its_life_when_its_customer_changes_or_ceases(
    world: World, tmp_path: Path
) -> None:
    world.confirmed()
    row = f"{ROSSI.code},{ROSSI.codice_fiscale},Mario,Rossi,ceased,\n"
    report = load(world, tmp_path, HEADER + row)
    assert (report.ceased, report.ceased_with_account) == (1, 1)
    assert (world.state(), world.record(ROSSI.code).user_id) == ("confirmed", "user-1")


def test_a_reservation_of_a_customer_who_ceased_meanwhile_cannot_be_claimed(
    world: World, tmp_path: Path
) -> None:
    reservation = world.reserve()
    load(world, tmp_path, f"{HEADER}{ROSSI.code},{ROSSI.codice_fiscale},Mario,Rossi,ceased,\n")
    world.claims.claim(reservation, "user-1", ROSSI.codice_fiscale)
    assert world.state() == "reserved"


def test_codes_and_codici_fiscali_are_stored_in_their_normal_form(world: World, tmp_path: Path) -> None:
    load(world, tmp_path, HEADER + "2000 000 001,frr nna 83e57 a9qql,Anna,Ferrari,Active,\n")
    assert world.record("2000000001").codice_fiscale == "FRRNNA83E57A9QQL"


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("12,50123450582,A,B,active,", "3: code: not 4 to 32 letters and digits"),
        ("2000000009,50123450583,A,B,active,", "3: codice_fiscale: not valid"),
        ("2000000009,50123450582,A,,active,", "3: last_name: empty"),
        ("2000000009,50123450582,A,B,gone,", "3: status: not one of active, ceased"),
        ("2000000009,50123450582,A,B,active,nobody", "3: email: not an address"),
        ("2000000009,50123450582,A,B", "3: line: wrong number of columns"),
        ("2000000001,50123450582,A,B,active,", "3: code: the same as in line 2"),
        (f"2000000009,50123450582,{'A' * 201},B,active,", "3: first_name: longer than 200 characters"),
    ],
)
def test_a_wrong_row_is_named_by_its_line_and_nothing_is_imported(
    world: World, tmp_path: Path, row: str, error: str
) -> None:
    report = load(world, tmp_path, HEADER + ANNA + row + "\n" + AMINA)
    assert [str(fault)[: len(error)] for fault in report.errors] == [error]
    assert not report.written
    assert counts(load(world, tmp_path, HEADER + ANNA)) == (1, 0, 0, 0)


def test_all_errors_of_a_file_are_listed_in_order_and_repeat_no_value(world: World, tmp_path: Path) -> None:
    bad = "12,RSSMRA75C14H501X,Mario,,gone,@\n"
    report = load(world, tmp_path, HEADER + bad + ANNA + bad)
    assert [error.line for error in report.errors] == [2] * 5 + [4] * 5
    assert not any("RSSMRA" in str(error) for error in report.errors)


def test_the_valid_rows_are_imported_where_that_is_asked_for(world: World, tmp_path: Path) -> None:
    report = load(world, tmp_path, HEADER + ANNA + "12,x,A,B,active,\n" + AMINA, skip_invalid=True)
    assert (report.written, counts(report)) == (True, (2, 0, 0, 0))
    assert world.state("2000000002") == "free"


def test_a_quoted_line_break_does_not_shift_the_line_numbers(world: World, tmp_path: Path) -> None:
    report = load(
        world, tmp_path, HEADER + '2000000001,50123450582,"A\nB",C,active,\n' + "12,50123450582,A,B,active,\n"
    )
    assert [error.line for error in report.errors] == [4]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEADER + ANNA,
        (HEADER + ANNA).replace(",", ";"),
        (HEADER + ANNA).replace("\n", "\r\n"),
        "first_name,last_name,codice_fiscale,code\nAnna,Ferrari,FRRNNA83E57A9QQL,2000000001\n",
    ],
)
def test_what_spreadsheets_make_of_the_file_is_read(world: World, tmp_path: Path, text: str) -> None:
    assert counts(load(world, tmp_path, text)) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", ":1: column missing: code, codice_fiscale, first_name, last_name"),
        (b"code,first_name\n", ":1: column missing: codice_fiscale, last_name"),
        (HEADER.replace("email", "e-mail").encode(), ":1: a column is unknown or there twice"),
        (HEADER.encode() + "2000000001,50123450582,Niccolò,B,active,\n".encode("latin-1"), ": not UTF-8"),
        (HEADER.encode() + b'2000000001,50123450582,"A"x,B,active,\n', ":2: not valid CSV"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(world: World, tmp_path: Path, text: bytes, message: str) -> None:
    with pytest.raises(ImportFileError, match=r"export\.csv") as raised:
        load(world, tmp_path, text)
    assert str(raised.value).split("export.csv")[1].startswith(message)


def test_a_missing_file_says_so(world: World, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="No such file"):
        import_file(world.engine, tmp_path / "none.csv", world.clock.now)


def test_the_sample_customers_are_valid_and_vary(world: World) -> None:
    report = import_file(world.engine, SAMPLES, world.clock.now)
    assert (report.errors, report.ceased) == ([], 0)  # the world has the ceased one already
    lines = SAMPLES.read_text(encoding="utf-8")
    assert "’" in lines
    assert "Niccolò" in lines
    assert isinstance(read_codice_fiscale("09876540221"), CodiceFiscale)


def test_more_rows_than_one_batch_are_one_import(world: World, tmp_path: Path) -> None:
    rows = "".join(f"4{number:09d},50123450582,A,B,active,\n" for number in range(1200))
    assert counts(load(world, tmp_path, HEADER + rows)) == (1200, 0, 0, 0)
    assert not load(world, tmp_path, HEADER + rows.replace("A,B", "A,C") + "12,x,,,,\n").written
    assert counts(load(world, tmp_path, HEADER + rows)) == (0, 0, 1200, 0)
