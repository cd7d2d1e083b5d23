"""One customer of the co-op's export: as it goes from the file to the store."""

from typing import NamedTuple


class Customer(NamedTuple):
    """Normalised. `status` is active or ceased."""

    code: str
    codice_fiscale: str
    first_name: str
    last_name: str
    status: str
    email: str


def staged(line: int, customer: Customer, hashed: str, hashed_before: str) -> str:
    """A valid row as one line of text, tabs between its cells: none of them holds a control character.

    They are its line in the file, that it is valid, the hash under the previous key, and the customer with
    the hash in place of the codice fiscale.
    """
    code, _, first_name, last_name, status, email = customer
    return f"{line}\t1\t{hashed_before}\t{code}\t{hashed}\t{first_name}\t{last_name}\t{status}\t{email}\n"


def staged_code(line: int, code: str) -> str:
    """The same of a row that is not valid, but tells its code: its customer is not missing."""
    return f"{line}\t0\t\t{code}\t\t\t\t\t\n"
