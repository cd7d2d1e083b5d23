"""Pure rules about codes and identities: no clock, no database, no network.

The codice fiscale is checked with python-stdnum. Two of its habits do not fit and are corrected here:
it takes an 11-digit number for a VAT number (whose province digits the provisional numbers of persons
need not follow), and it accepts birth days such as 99, because it only takes the day modulo 40.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_uppercase, digits

from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.it import codicefiscale

CODE_SHAPE = re.compile(r"[0-9A-Z]{4,32}")
"""What a customer code of the registry looks like after `normalise_code`."""

_PERSONAL = re.compile(r"[A-Z]{6}[0-9L-NP-V]{2}[A-EHLMPRST][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]")

_DIGIT_OF_LETTER = str.maketrans("LMNPQRSTUV", "0123456789")
"""Omocodia: two people with the same code get letters in place of digits."""

_APOSTROPHES = re.compile(r"['’‘`´ʼ]")


@dataclass(frozen=True)
class CodiceFiscale:
    """A well-formed codice fiscale in its normal form: upper case, no separators."""

    value: str


@dataclass(frozen=True)
class Malformed:
    """Not a codice fiscale: wrong length, wrong check character or impossible birth date."""


def normalise_code(typed: str) -> str:
    """The code without blanks and separators, in upper case; "" if nothing is left."""
    text = unicodedata.normalize("NFKC", typed)
    return "".join(character for character in text if character.isalnum()).upper()


def read_codice_fiscale(typed: str) -> CodiceFiscale | Malformed:
    """Mend blanks, separators and case, then check: 16 characters for a person, 11 digits else."""
    number = normal_codice_fiscale(typed)
    return CodiceFiscale(number) if number else Malformed()


def normal_codice_fiscale(typed: str) -> str:
    """The same as text, "" for what is malformed: for the import, which makes no object for each row."""
    bare = typed.isascii() and typed.isalnum()
    number = typed.upper() if bare else codicefiscale.compact("".join(typed.split()))
    well_formed = _is_eleven_digits(number) if len(number) == 11 else _is_personal(number)
    return number if well_formed else ""


def whom_to_notify(recorded: str, typed: str) -> str | None:
    """The registry's address of a customer, where there is one and another was typed, or none."""
    return recorded if recorded and recorded.casefold() != typed.strip().casefold() else None


def names_agree(recorded: tuple[str, str], typed: tuple[str, str]) -> bool:
    """Lenient: accents, apostrophes, case, blanks and the order of first and last name do not count."""
    words = sorted(_words(" ".join(typed)))
    if words == sorted(_words(" ".join(recorded))):
        return True
    run_together = "".join(_words(" ".join(typed)))
    return run_together in {"".join(_words(" ".join(recorded))), "".join(_words(" ".join(recorded[::-1])))}


def _is_eleven_digits(number: str) -> bool:
    return number.isascii() and number.isdigit() and int(number) > 0 and luhn.is_valid(number)


def _is_personal(number: str) -> bool:
    """As `codicefiscale.is_valid`, which an import would call a million times."""
    return (
        _PERSONAL.fullmatch(number) is not None
        and _has_its_check_character(number.encode())
        and _is_birth_date(number[6:11])
    )


def _weights(before: str) -> bytes:
    """What each character after `before` adds to the check character, as the library has it."""
    table = bytearray(256)
    for character in ascii_uppercase + digits:
        added = ord(codicefiscale.calc_check_digit(before + character))
        table[ord(character)] = (added - ord(codicefiscale.calc_check_digit(before))) % 26
    return bytes(table)


_FIRST, _SECOND = _weights(""), _weights("0")
"""Those of the characters in odd and in even places: half the time of the library's own sum."""


def _has_its_check_character(number: bytes) -> bool:
    total = sum(number[:15:2].translate(_FIRST)) + sum(number[1:15:2].translate(_SECOND))
    return total % 26 + ord("A") == number[15]


@lru_cache(maxsize=2**16)
def _is_birth_date(part: str) -> bool:
    """Whether the middle of a codice fiscale is a date: the library is asked about one that holds it."""
    try:
        codicefiscale.get_birth_date(f"RSSMRA{part}H501X")
    except ValidationError:
        return False
    day = int(part[3:].translate(_DIGIT_OF_LETTER))
    return 1 <= day <= 31 or 41 <= day <= 71  # 40 is added to a woman's day of birth


def _words(name: str) -> list[str]:
    bare = _APOSTROPHES.sub("", name)
    letters = unicodedata.normalize("NFKD", bare)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
    return re.findall(r"[^\W_]+", plain)
