"""The two ways to try a code: at the service itself, and as a customer on Keycloak's page."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from http import HTTPStatus

import requests

from benchmarks.registrations.client import Client
from benchmarks.running import BenchmarkError
from stack.settings import realm_name

REFUSED = "Codice non valido o già registrato."

Try = Callable[[str], float]
"""A code; the seconds to the refusal."""

_numbers = itertools.count(1)


def own_address() -> str:
    """Of this machine, another one at each call: no throttle takes part."""
    number = next(_numbers)
    return f"127.{1 + number // 62_500 % 250}.{number // 250 % 250}.{1 + number % 250}"


class Service:
    """One kept connection, as Keycloak has it. Raises BenchmarkError for any answer but the one refusal."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = f"{url}/v1/reservations"
        self._http = requests.Session()
        self._http.headers["Authorization"] = f"Bearer {secret}"
        self._answers = set[bytes]()

    def try_code(self, code: str) -> float:
        """Of a session and an address of its own."""
        asked = {"code": code, "owner": f"session-{next(_numbers)}", "address": own_address()}
        began = time.perf_counter()
        answer = self._http.post(self._url, json=asked, timeout=30)
        took = time.perf_counter() - began
        self._answers.add(answer.content)
        if answer.status_code != HTTPStatus.CONFLICT or len(self._answers) != 1:
            raise BenchmarkError(
                f"{answer.status_code} {answer.text}: not the one answer to all refused codes"
            )
        return took


def on_the_page(keycloak_url: str) -> Try:
    """A browser of its own for each try; the page is opened beforehand."""

    def try_code(code: str) -> float:
        client = Client(keycloak_url, own_address())
        back = f"{keycloak_url}/realms/{realm_name()}/account/"
        query = f"client_id=account-console&redirect_uri={back}&response_type=code&scope=openid"
        pkce = "code_challenge=" + "x" * 43 + "&code_challenge_method=S256"
        page = client.get(
            f"{keycloak_url}/realms/{realm_name()}/protocol/openid-connect/registrations?{query}&{pkce}"
        )
        action, hidden = page.form()
        began = time.perf_counter()
        answer = client.post(action, {**hidden, "customerCode": code})
        took = time.perf_counter() - began
        client.close()
        if answer.status != HTTPStatus.OK or REFUSED not in answer.text:
            raise BenchmarkError(f"came to another page, status {answer.status}")
        return took

    return try_code
