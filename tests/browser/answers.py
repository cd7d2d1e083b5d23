"""What a customer types into the registration form."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from stack.customers import Customer

PASSWORD = "Bolletta-77x"
Choice = Literal["yes", "no"]


@dataclass(frozen=True)
class Answers:
    """One field of the form each; "" and None leave it untouched.

    Where `email_again` or `password_again` is None, the first is repeated.
    """

    first_name: str = ""
    last_name: str = ""
    codice_fiscale: str = ""
    gender: Literal["male", "female"] | None = None
    email: str = ""
    email_again: str | None = None
    mobile: str = ""
    username: str = ""
    password: str = field(default=PASSWORD, repr=False)
    password_again: str | None = field(default=None, repr=False)
    authorized: bool = True
    marketing: Choice | None = None
    third_parties: Choice | None = None
    profiling: Choice | None = None

    def texts(self) -> dict[str, str]:
        """Id of each text input → what is typed into it."""
        return {
            "firstName": self.first_name,
            "lastName": self.last_name,
            "codiceFiscale": self.codice_fiscale,
            "email": self.email,
            "emailConfirm": self.email if self.email_again is None else self.email_again,
            "mobile": self.mobile,
            "username": self.username,
            "password": self.password,
            "password-confirm": self.password if self.password_again is None else self.password_again,
        }

    def choices(self) -> dict[str, str]:
        """Name → value of the radio buttons and the box that are ticked."""
        chosen: dict[str, str | None] = {
            "gender": self.gender,
            "privacy.processing": "yes" if self.authorized else None,
            "privacy.marketing": self.marketing,
            "privacy.thirdParties": self.third_parties,
            "privacy.profiling": self.profiling,
        }
        return {name: value for name, value in chosen.items() if value}


def complete(customer: Customer) -> Answers:
    """All that is needed for an account with an email; username and address are nobody else’s."""
    plain = unicodedata.normalize("NFKD", customer.first_name.lower())
    someone = f"{re.sub('[^a-z]', '', plain)}.{secrets.token_hex(4)}"
    return Answers(
        first_name=customer.first_name,
        last_name=customer.last_name,
        codice_fiscale=customer.codice_fiscale,
        email=f"{someone}@example.org",
        username=someone,
    )
