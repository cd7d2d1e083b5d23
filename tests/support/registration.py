"""A customer who registers, step by step, without a screen: what each step answers is a Page."""

from __future__ import annotations

import itertools
import secrets
import time
from dataclasses import dataclass, field

from stack.browserless import Browser
from stack.customers import Customer
from stack.local import Stack
from stack.page import Form, Page
from stack.settings import realm_name

CLIENT = "account-console"
PASSWORD = "Corretto-Cavallo-7"

CODE_REFUSED = "Codice non valido o già registrato."
CODE_LOST = "Il codice cliente va verificato di nuovo"
CLAIM_REFUSED = "Non è stato possibile completare la registrazione con questo codice cliente."
UNAVAILABLE = "Il servizio non è al momento disponibile."
IDENTITY_MISMATCH = "Il codice fiscale non corrisponde a quello della fornitura."
CONSENT_REQUIRED = "serve la tua autorizzazione al trattamento dei dati"

#: What a page is called that tells a customer without email that the account is ready, or one with email to
#: look for the mail.
WELCOME = frozenset({"registration-welcome", "login-verify-email"})

#: The validator is back: so long at most until registrations go through again.
RECOVERY_SECONDS = 10.0

_addresses = itertools.count(secrets.randbelow(200) * 250 + 1)


def own_address() -> str:
    """A loopback address that nobody else comes from: the validator throttles by address."""
    number = next(_addresses)
    return f"127.{1 + number // 62_500 % 250}.{number // 250 % 250}.{1 + number % 250}"


@dataclass
class Registrant:
    """One customer at one browser. `form` is the registration form once the code page was passed."""

    stack: Stack
    customer: Customer
    username: str = field(default_factory=lambda: f"u{secrets.token_hex(6)}")
    address: str = field(default_factory=own_address)
    browser: Browser = field(init=False)
    form: Form | None = None

    def __post_init__(self) -> None:
        self.browser = Browser(self.stack.keycloak.url, self.address)

    def login_page(self, **query: str) -> Page:
        """Where a customer arrives who is not logged in."""
        redirect = f"{self.stack.keycloak.url}/realms/{realm_name()}/account/"
        return self.browser.login_page(realm_name(), CLIENT, redirect, **query)

    def code_page(self) -> Page:
        """“Registrati” on the login page."""
        return self.browser.follow(self.login_page(), "login-actions/registration")

    def send_code(self, code: str | None = None) -> Page:
        """The code page filled in with a code, the customer's own unless told otherwise, and sent."""
        page = self.browser.submit(self.code_page().form, {"customerCode": code or self.customer.code})
        if page.name == "register":
            self.form = page.form
        return page

    def come_through(self, deadline: float) -> None:
        """Past the code page, sent again while the validator is away. Fails the test after that moment."""
        page = self.code_page()
        while page.name != "register":
            assert time.monotonic() < deadline, page.described()
            time.sleep(0.2)
            page = self.browser.submit(page.form, {"customerCode": self.customer.code})
        self.form = page.form

    def open_form(self) -> Form:
        """Through the code page to the form. Fails the test where the code is not taken."""
        page = self.send_code()
        assert page.name == "register", page.described()
        return page.form

    def values(self, **changes: str | None) -> dict[str, str]:
        """The form filled in rightly, without email. A change to None leaves a field out; “privacy_” and
        “password_” in its name stand for “privacy.” and “password-”.
        """
        filled: dict[str, str | None] = {
            "firstName": self.customer.first_name,
            "lastName": self.customer.last_name,
            "codiceFiscale": self.customer.codice_fiscale,
            "email": "",
            "emailConfirm": "",
            "mobile": "",
            "username": self.username,
            "password": PASSWORD,
            "password-confirm": PASSWORD,
            "privacy.processing": "yes",
        }
        for name, value in changes.items():
            filled[name.replace("privacy_", "privacy.").replace("password_", "password-")] = value
        return {name: value for name, value in filled.items() if value is not None}

    def send_form(self, **changes: str | None) -> Page:
        """The form filled in and sent; opened first where it is not open."""
        return self.browser.submit(self.form or self.open_form(), self.values(**changes))

    def register(self, **changes: str | None) -> Page:
        """The whole registration. Fails the test where it does not end on a welcome page."""
        page = self.send_form(**changes)
        assert page.name in WELCOME, page.described()
        return page

    def guess_passwords(self, times: int) -> Page:
        """So many logins with wrong ones; the page after the last."""
        page = self.login_page()
        for number in range(times):
            page = self.browser.submit(page.form, {"username": self.username, "password": f"wrong {number}"})
        return page

    def log_in(self, address: str | None = None) -> Page:
        """A login in a fresh browser, at this address or a new one, which is this customer's from now on."""
        self.browser = Browser(self.stack.keycloak.url, address or own_address())
        credentials = {"username": self.username, "password": PASSWORD}
        return self.browser.submit(self.login_page().form, credentials)
