"""Accounts to ask for: in our realm with their codes, and in a realm with Keycloak's own reset flow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import requests

from benchmarks.registrations.variants import PEER_REALM, peer_of
from benchmarks.taken import take
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
    _look_at_every_request(admin, settings)
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


def _look_at_every_request(admin: Administrator, settings: dict[str, Any]) -> None:
    """All come from one network here: past its bound nothing would be looked up, and no mail sent."""
    path = f"/{realm_name()}/authentication"
    flow = quote(settings["resetCredentialsFlow"])
    executions = _call(admin, "GET", f"{path}/flows/{flow}/executions").json()
    [own] = [one for one in executions if one.get("providerId") == "forgotten-credentials"]
    config = _call(admin, "GET", f"{path}/config/{own['authenticationConfig']}").json()
    config["config"]["requestsPerNetworkAndHour"] = "100000000"
    _call(admin, "PUT", f"{path}/config/{config['id']}", config)


def peer(settings: dict[str, Any]) -> dict[str, Any]:
    """A realm with Keycloak's own reset flow that mails as ours does."""
    mailed = {name: settings[name] for name in _MAILED if name in settings}
    return {**peer_of(settings), **mailed, "emailTheme": "base", "resetPasswordAllowed": True}


def _user(customer: Customer) -> dict[str, Any]:
    names = {"firstName": customer.first_name, "lastName": customer.last_name}
    address = {"email": email(customer), "emailVerified": True}
    return {"username": username(customer), "enabled": True, **names, **address}


def _claim(stack: Stack, admin: Administrator, customers: Sequence[Customer]) -> None:
    """The codes of the accounts in our realm."""
    take(stack, ((one, _user_id(admin, one)) for one in customers))


def _user_id(admin: Administrator, customer: Customer) -> str:
    query = {"username": username(customer), "exact": "true"}
    [user] = admin.request("GET", f"/{realm_name()}/users", params=query).json()
    return str(user["id"])


def _call(admin: Administrator, method: str, path: str, body: object = None) -> requests.Response:
    answer = admin.request(method, path, json=body)
    answer.raise_for_status()
    return answer
