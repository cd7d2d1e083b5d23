"""Accounts to ask for: in our realm with their codes, and in a realm with Keycloak's own reset flow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import requests

from benchmarks.registrations.variants import PEER_REALM, peer_of
from benchmarks.running import BenchmarkError
from stack.administrator import Administrator
from stack.customers import Customer
from stack.local import Stack
from stack.settings import realm_name

_CHUNK = 200
_MAILED = ("smtpServer", "supportedLocales", "emailTheme")


def username(customer: Customer) -> str:
    """Of the customer's account, in both realms."""
    return f"b{customer.code}"


def email(customer: Customer) -> str:
    """The address in it."""
    return f"{username(customer)}@example.org"


@contextmanager
def prepared(stack: Stack, customers: Sequence[Customer]) -> Iterator[None]:
    """An account for each customer in both realms, the latter until the block ends.

    Raises requests.RequestException and BenchmarkError.
    """
    admin = Administrator(stack.keycloak)
    settings = _call(admin, "GET", f"/{realm_name()}").json()
    _call(admin, "POST", "", peer(settings))
    try:
        for realm in (realm_name(), PEER_REALM):
            for first in range(0, len(customers), _CHUNK):
                users = [_user(one) for one in customers[first : first + _CHUNK]]
                body = {"ifResourceExists": "SKIP", "users": users}
                _call(admin, "POST", f"/{realm}/partialImport", body)
        _claim(stack, admin, customers)
        yield
    finally:
        _call(admin, "DELETE", f"/{PEER_REALM}")


def peer(settings: dict[str, Any]) -> dict[str, Any]:
    """A realm with Keycloak's own reset flow that mails as ours does."""
    mailed = {name: settings[name] for name in _MAILED if name in settings}
    return {**peer_of(settings), **mailed, "emailTheme": "base", "resetPasswordAllowed": True}


def _user(customer: Customer) -> dict[str, Any]:
    names = {"firstName": customer.first_name, "lastName": customer.last_name}
    address = {"email": email(customer), "emailVerified": True}
    return {"username": username(customer), "enabled": True, **names, **address}


def _claim(stack: Stack, admin: Administrator, customers: Sequence[Customer]) -> None:
    """As a registration does it."""
    with requests.Session() as http:
        http.headers["Authorization"] = f"Bearer {stack.credentials.validator_secret}"
        for number, customer in enumerate(customers):
            query = {"username": username(customer), "exact": "true"}
            [user] = admin.request("GET", f"/{realm_name()}/users", params=query).json()
            _confirm(http, f"{stack.validator.url}/v1", customer, user["id"], f"benchmark-{number}")


def _confirm(http: requests.Session, url: str, customer: Customer, user_id: str, owner: str) -> None:
    reserve = {"code": customer.code, "owner": owner, "address": "127.0.0.1"}
    reservation = _post(http, f"{url}/reservations", reserve)["reservation"]
    claim = {"userId": user_id, "codiceFiscale": customer.codice_fiscale}
    _post(http, f"{url}/reservations/{reservation}/claim", claim)
    _post(http, f"{url}/confirmations", {"confirmations": [{"reservation": reservation, "userId": user_id}]})


def _post(http: requests.Session, url: str, body: object) -> dict[str, Any]:
    answer = http.post(url, json=body, timeout=30)
    if answer.status_code != requests.codes.ok:
        raise BenchmarkError(f"the validator answered {answer.status_code} {answer.text}")
    content: dict[str, Any] = answer.json()
    return content


def _call(admin: Administrator, method: str, path: str, body: object = None) -> requests.Response:
    answer = admin.request(method, path, json=body)
    answer.raise_for_status()
    return answer
