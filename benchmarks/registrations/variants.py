"""The registrations that are compared, each as two steps: come to the form, send it.

Ours beside Keycloak's own, of a server as it is published and of a realm in our server. The realms differ
only in what is compared: the registration flow, the user profile and the theme. Password policy, events,
brute-force protection, languages and life spans are the same, no mail is sent by any, and every customer
types an email. So all end alike: the form's POST is answered by the return to the service. Ours has one page
more, the one with the customer code.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import requests

from benchmarks.registrations.client import Answer, Client
from benchmarks.running import BenchmarkError
from stack.administrator import Administrator
from stack.customers import Customer
from stack.keycloak import Keycloak
from stack.settings import realm_name

PEER_REALM = "stock"
_CLIENT = "account-console"
_PASSWORD = "Corretto-Cavallo-7"
#: PKCE is asked for; nobody redeems the code here, so that one challenge serves all.
_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
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


@dataclass
class Opened:
    """A customer who has the registration form open: where it goes, and what will be sent."""

    client: Client
    action: str
    fields: Mapping[str, str]


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
        client = Client(self.keycloak_url)
        page = client.get(self._login())
        page = client.get(page.link("login-actions/registration"))
        if self.with_code:
            action, hidden = page.form()
            page = client.post(action, {**hidden, "customerCode": customer.code})
        _require(page.status == 200 and "password-confirm" in page.text, self.name, page)
        action, hidden = page.form()
        return Opened(client, action, {**hidden, **self._values(customer, username)})

    def send(self, opened: Opened) -> None:
        """Send the form. Raises BenchmarkError unless the customer is registered and back at the service."""
        answer = opened.client.post(opened.action, opened.fields)
        opened.client.close()
        _require(answer.returned, self.name, answer)

    def _login(self) -> str:
        redirect = f"{self.keycloak_url}/realms/{self.realm}/account/"
        query = {
            "client_id": _CLIENT,
            "redirect_uri": redirect,
            "response_type": "code",
            "scope": "openid",
            "code_challenge": _CHALLENGE,
            "code_challenge_method": "S256",
        }
        return f"{self.keycloak_url}/realms/{self.realm}/protocol/openid-connect/auth?{urlencode(query)}"

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


class Variants(NamedTuple):
    """`stock` is in a server as it is published, `beside` in ours: there only the flow, profile and theme
    differ."""

    ours: Variant
    stock: Variant
    beside: Variant


def _require(done: bool, name: str, answer: Answer) -> None:
    if not done:
        title = re.search(r"<title>\s*(.*?)\s*</title>", answer.text, re.DOTALL)
        said = title[1] if title else answer.text[:200]
        raise BenchmarkError(f"{name}: came to {answer.status} {urlsplit(answer.url).path}: {said}")


@contextmanager
def prepared(keycloak: Keycloak, published: Keycloak, customers: list[Customer]) -> Iterator[Variants]:
    """All of them, until the block ends: the peer's realm is made in both servers, the mails of ours are off.

    Raises requests.HTTPError.
    """
    admin, ours = Administrator(keycloak), realm_name()
    settings = _call(admin, "GET", f"/{ours}").json()
    _call(admin, "PUT", f"/{ours}", {"verifyEmail": False})
    for server in (keycloak, published):
        _call(Administrator(server), "POST", "", peer_of(settings))
    try:
        yield Variants(
            Variant("customer code", ours, keycloak.url, iter(customers), with_code=True),
            Variant("stock Keycloak", PEER_REALM, published.url, itertools.cycle(customers), with_code=False),
            Variant("stock in ours", PEER_REALM, keycloak.url, itertools.cycle(customers), with_code=False),
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
