"""The pure rules, as cases."""

from string import ascii_uppercase

import pytest
from customer_code_validator import rules
from customer_code_validator.rules import CodiceFiscale, Malformed
from hypothesis import given
from hypothesis import strategies as st
from stdnum.it import codicefiscale


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1000234567", "1000234567"),
        (" 1000 234 567 ", "1000234567"),
        ("1000-234.567", "1000234567"),
        ("ab12", "AB12"),
        ("１０００２３４５６７", "1000234567"),
        ("1000\u00a0234\u200b567", "1000234567"),
        ("  ", ""),
        ("--", ""),
    ],
)
def test_a_code_is_mended_not_refused_for_blanks_and_case(typed: str, code: str) -> None:
    """What people type from a bill comes out as the registry has it."""
    assert rules.normalise_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("RSSMRA75C14H501L", "RSSMRA75C14H501L"),
        ("rssmra75c14h501l", "RSSMRA75C14H501L"),
        (" RSS MRA 75C14 H501L ", "RSSMRA75C14H501L"),
        ("RSS-MRA-75C14-H501L", "RSSMRA75C14H501L"),
        ("RSSMRA75C14\tH501L\n", "RSSMRA75C14H501L"),
        ("FRRNNA83E57A9QQL", "FRRNNA83E57A9QQL"),  # omocodia: two digits are letters
        ("RSSMRAT5C14H501I", "RSSMRAT5C14H501I"),  # omocodia in the year
        ("RSSMRA00B29H501Y", "RSSMRA00B29H501Y"),  # 29 February 2000 existed
        ("50123450582", "50123450582"),  # provisional, of a person
        ("50123451028", "50123451028"),  # its office number is no VAT province
        ("0987654 0221", "09876540221"),  # a company's
    ],
)
def test_a_valid_codice_fiscale_is_read_in_its_normal_form(typed: str, value: str) -> None:
    """Blanks, separators and lower case are mended; omocodia and 11 digits are right."""
    assert rules.read_codice_fiscale(typed) == CodiceFiscale(value)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "RSSMRA75C14H501",  # too short
        "RSSMRA75C14H501LL",  # too long
        "RSSMRA75C14H501M",  # check letter
        "RSSMRA75C14H50IL",  # I for 1
        "RSSMRA75C99H501F",  # day 99: python-stdnum takes it for the 19th
        "RSSMRA75C80H501K",  # day 80
        "RSSMRA75C00H501C",  # day 0
        "RSSMRA75B30H501A",  # 30 February
        "RSSMRA75F14H501T",  # no month has the letter F
        "50123450583",  # check digit
        "00000000000",
        "5012345058²",
        "RSSMRA75C14H501Ł",
    ],
)
def test_a_malformed_codice_fiscale_is_caught_early(typed: str) -> None:
    """Slips: length, check character, a birth date that cannot be."""
    assert rules.read_codice_fiscale(typed) == Malformed()


@pytest.mark.parametrize(
    ("recorded", "typed"),
    [
        (("Niccolò", "D’Amico"), ("niccolo", "damico")),
        (("Niccolò", "D’Amico"), ("NICCOLO'", "D'AMICO")),
        (("Niccolò", "D’Amico"), ("D´Amico", "Niccolò")),
        (("Maria Teresa", "Esposito"), ("Teresa Maria", "Esposito")),
        (("Luca", "De Luca"), ("Luca", "Deluca")),
        (("Zoë", "Fo"), ("Zoe", "Fo")),
        (("", "Panificio Sole S.r.l."), ("Panificio Sole", "S.R.L.")),
    ],
)
def test_names_agree_whatever_their_accents_apostrophes_case_and_order(
    recorded: tuple[str, str], typed: tuple[str, str]
) -> None:
    """Lenient: this only informs the log."""
    assert rules.names_agree(recorded, typed)


def test_other_names_do_not_agree() -> None:
    """Lenient is not blind."""
    assert not rules.names_agree(("Mario", "Rossi"), ("Maria", "Rossi"))


@given(st.from_regex(r"[A-Z]{6}[0-9L-NP-V]{2}[A-EHLMPRST][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}", fullmatch=True))
def test_the_check_character_is_the_library_s(body: str) -> None:
    """Its sum is our own, for an import computes a million."""
    right = codicefiscale.calc_check_digit(body)
    taken = [letter for letter in ascii_uppercase if rules.normal_codice_fiscale(body + letter)]
    day = int(body[9:11].translate(str.maketrans("LMNPQRSTUV", "0123456789")))
    is_date = codicefiscale.is_valid(body + right) and (1 <= day <= 31 or 41 <= day <= 71)
    assert taken == ([right] if is_date else [])
