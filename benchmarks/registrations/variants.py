"""The two registrations that are compared, each as two steps: come to the form, send it.

Both realms are in the same Keycloak and differ only in what is compared: the registration flow, the user
profile and the theme. Password policy (so the hashing), events, brute-force protection, languages and life
spans are the same, no mail is sent by either, and every customer types an email. So both end alike: the
form's POST is answered by the return to the service. Ours has one page more, the one with the customer code.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from stack.administrator import Administrator
from stack.browserless import Browser
from stack.customers import Customer
from stack.keycloak import Keycloak
from stack.page import Form, Page
from stack.settings import realm_name

PEER_REALM = "stock"
_CLIENT = "account-console"
_PASSWORD = "Corretto-Cavallo-7"
_SAME = (
    "accessCodeLifespanLogin",
    "adminEventsDetailsEnabled",
    "adminEventsEnabled",
    "bruteForceProtected",
    "defaultLocale",
    "duplicateEmailsAllowed",
    "eventsEnabled",
    "eventsExpiration",
    "internationalizationEnabled",
    "loginWithEmailAllowed",
    "passwordPolicy",
    "registrationEmailAsUsername",
    "supportedLocales",
)


class BenchmarkError(Exception):
    """A registration did not end as it should; its figures would mean nothing."""


@dataclass
class Opened:
    """A browser that has the registration form before it."""

    browser: Browser
    form: Form
    values: Mapping[str, str]


@dataclass
class Variant:
    """One kind of registration: `customers` is who registers, `with_code` whether a code page comes first."""

    name: str
    realm: str
    keycloak_url: str
    customers: Iterator[Customer]
    with_code: bool

    def open(self, customer: Customer, username: str) -> Opened:
        """From the service's login to the form. Raises BenchmarkError."""
        browser = Browser(self.keycloak_url)
        redirect = f"{self.keycloak_url}/realms/{self.realm}/account/"
        page = browser.login_page(self.realm, _CLIENT, redirect)
        page = browser.follow(page, "login-actions/registration")
        if self.with_code:
            page = browser.submit(page.form, {"customerCode": customer.code})
        _require(page.name == "register", self.name, page)
        return Opened(browser, page.form, self._values(customer, username))

    def send(self, opened: Opened) -> None:
        """Send the form. Raises BenchmarkError unless the customer is registered and back at the service."""
        page = opened.browser.submit(opened.form, opened.values)
        _require(page.returned, self.name, page)

    def _values(self, customer: Customer, username: str) -> dict[str, str]:
        common = {
            "firstName": customer.first_name,
            "lastName": customer.last_name,
            "email": f"{username}@example.org",
            "username": username,
            "password": _PASSWORD,
            "password-confirm": _PASSWORD,
        }
        if not self.with_code:
            return common
        ours = {"codiceFiscale": customer.codice_fiscale, "emailConfirm": common["email"]}
        return {**common, **ours, "privacy.processing": "yes", "privacy.marketing": "yes"}


def _require(done: bool, name: str, page: Page) -> None:
    if not done:
        raise BenchmarkError(f"{name}: came to {page.described()}")


@contextmanager
def prepared(keycloak: Keycloak, customers: list[Customer]) -> Iterator[tuple[Variant, Variant]]:
    """Ours and the peer, until the block ends: the peer's realm is made, the mails of ours are off.

    Raises requests.HTTPError.
    """
    admin, ours = Administrator(keycloak), realm_name()
    settings = _call(admin, "GET", f"/{ours}").json()
    _call(admin, "PUT", f"/{ours}", {"verifyEmail": False})
    _call(admin, "POST", "", peer_of(settings))
    try:
        yield (
            Variant("customer code", ours, keycloak.url, iter(customers), with_code=True),
            Variant("stock", PEER_REALM, keycloak.url, itertools.cycle(customers), with_code=False),
        )
    finally:
        _call(admin, "DELETE", f"/{PEER_REALM}")
        _call(admin, "PUT", f"/{ours}", {"verifyEmail": settings["verifyEmail"]})


def peer_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A realm with Keycloak's own registration and theme, otherwise set as ours."""
    return {
        **{name: settings[name] for name in _SAME if name in settings},
        "realm": PEER_REALM,
        "enabled": True,
        "registrationAllowed": True,
        "verifyEmail": False,
        "loginTheme": "keycloak.v2",
    }


def _call(admin: Administrator, method: str, path: str, body: object = None) -> requests.Response:
    answer = admin.request(method, path, json=body)
    answer.raise_for_status()
    return answer
