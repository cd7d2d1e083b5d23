"""The ways to ask, each with what somebody has and with what nobody has; ours and Keycloak's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.credentials.accounts import email, username
from benchmarks.registrations.client import Client
from benchmarks.registrations.variants import PEER_REALM
from benchmarks.running import BenchmarkError
from stack.customers import Customer
from stack.settings import realm_name

Fields = Mapping[str, str]


@dataclass(frozen=True)
class Way:
    """`known` and `unknown` make the fields of a request; `sign` is what its answer holds."""

    name: str
    realm: str
    page: str
    sign: str
    known: Callable[[Customer], Fields]
    unknown: Callable[[int], Fields]

    def ask(self, keycloak_url: str, fields: Fields) -> float:
        """Seconds from the form's POST to the whole answer. Raises BenchmarkError for another page."""
        client = Client(keycloak_url)
        reset = f"{keycloak_url}/realms/{self.realm}/login-actions/reset-credentials?client_id=account"
        page = client.get(reset)
        if self.page:
            action, hidden = page.form()
            page = client.post(action, {**hidden, "page": self.page})
        action, hidden = page.form()
        began = time.perf_counter()
        answer = client.post(action, {**hidden, **fields})
        took = time.perf_counter() - began
        client.close()
        if answer.status != 200 or self.sign not in answer.text:
            raise BenchmarkError(f"{self.name}: came to another page, status {answer.status}")
        return took


def _code(code: str, codice_fiscale: str) -> Fields:
    return {"way": "USERNAME_BY_CODE", "customerCode": code, "codiceFiscale": codice_fiscale}


def ours() -> tuple[Way, ...]:
    """Each way of the pages."""
    return (
        Way(
            "username by email",
            realm_name(),
            "USERNAME",
            "forgotten-sent",
            lambda one: {"way": "USERNAME_BY_EMAIL", "email": email(one)},
            lambda number: {"way": "USERNAME_BY_EMAIL", "email": f"n{number:010d}@example.org"},
        ),
        Way(
            "username by code",
            realm_name(),
            "USERNAME",
            "forgotten-sent",
            lambda one: _code(one.code, one.codice_fiscale),
            lambda number: _code(f"{number:010d}", "RSSMRA75C14H501L"),
        ),
        Way(
            "password",
            realm_name(),
            "PASSWORD",
            "forgotten-sent",
            lambda one: {"way": "PASSWORD_BY_USERNAME", "username": username(one)},
            lambda number: {"way": "PASSWORD_BY_USERNAME", "username": f"n{number:010d}"},
        ),
    )


def stock() -> Way:
    """Keycloak's own flow."""
    return Way(
        "Keycloak’s own",
        PEER_REALM,
        "",
        "kc-form-login",
        lambda one: {"username": username(one)},
        lambda number: {"username": f"n{number:010d}"},
    )
