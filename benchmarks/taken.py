"""Taking customer codes for accounts, as a registration does it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import requests

from benchmarks.running import BenchmarkError
from stack.customers import Customer
from stack.local import Stack


def take(stack: Stack, holders: Iterable[tuple[Customer, str]]) -> None:
    """The code of each customer for the user id beside it. Raises BenchmarkError and RequestException."""
    with requests.Session() as http:
        http.headers["Authorization"] = f"Bearer {stack.credentials.validator_secret}"
        url = f"{stack.validator.url}/v1"
        for customer, user_id in holders:
            claimed = _claim(http, url, customer, user_id)
            _post(http, f"{url}/confirmations", {"confirmations": [claimed]})


@contextmanager
def taken(stack: Stack, customers: Sequence[Customer]) -> Iterator[None]:
    """Their codes have accounts, as far as the service knows, until the block ends.

    Claims that wait for their confirmation, for which the service gives them two minutes: its sweep would
    free what is confirmed for accounts that Keycloak does not have.
    """
    url = f"{stack.validator.url}/v1"
    users = {f"taken-{one.code}": one for one in customers}
    with requests.Session() as http:
        http.headers["Authorization"] = f"Bearer {stack.credentials.validator_secret}"
        for user_id, customer in users.items():
            _claim(http, url, customer, user_id)
        try:
            yield
        finally:
            for user_id in users:
                http.delete(f"{url}/users/{user_id}/code", timeout=30).raise_for_status()


def _claim(http: requests.Session, url: str, customer: Customer, user_id: str) -> dict[str, str]:
    """The claim, as its confirmation names it."""
    reserve = {"code": customer.code, "owner": f"session-{user_id}", "address": "127.0.0.1"}
    reservation = str(_post(http, f"{url}/reservations", reserve)["reservation"])
    claim = {"userId": user_id, "codiceFiscale": customer.codice_fiscale}
    _post(http, f"{url}/reservations/{reservation}/claim", claim)
    return {"reservation": reservation, "userId": user_id}


def _post(http: requests.Session, url: str, body: object) -> dict[str, Any]:
    answer = http.post(url, json=body, timeout=30)
    if answer.status_code != requests.codes.ok:
        raise BenchmarkError(f"the validator answered {answer.status_code} {answer.text}")
    content: dict[str, Any] = answer.json()
    return content
