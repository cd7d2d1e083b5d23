"""Keycloak's admin REST API, as its first administrator sees it: for tests and benchmarks."""

from __future__ import annotations

import time
from typing import Any

import requests

from stack.keycloak import Keycloak

_TOKEN_SECONDS = 30.0
"""Half of a token's life: one in hand is good for the call that it is sent with."""
_SECONDS = 120.0


class Administrator:
    """The administrator of one Keycloak, who may do everything in every realm."""

    def __init__(self, keycloak: Keycloak) -> None:
        self._keycloak = keycloak
        self._http = requests.Session()
        self._http.trust_env = False  # our own server is never asked through a proxy
        self._token = ""
        self._token_until = 0.0

    def request(self, method: str, path: str, **sent: Any) -> requests.Response:
        """The answer to a request below /admin/realms, whatever its status; `sent` are requests' options.

        Raises requests.RequestException, HTTPError among them where the login is refused.
        """
        url = f"{self._keycloak.url}/admin/realms{path}"
        headers = {**sent.pop("headers", {}), "Authorization": f"Bearer {self._fresh_token()}"}
        answer = self._http.request(method, url, headers=headers, timeout=_SECONDS, **sent)
        if method == "POST" and not path:
            self._token_until = 0.0  # a token knows nothing of a realm made after it
        return answer

    def log_in(self) -> str:
        """An access token, for the username and the password. Raises requests.RequestException."""
        answer = self._http.post(
            f"{self._keycloak.url}/realms/master/protocol/openid-connect/token",
            data={
                "grant_type": "password",
                "client_id": "admin-cli",
                "username": self._keycloak.admin_username,
                "password": self._keycloak.admin_password,
            },
            timeout=_SECONDS,
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def _fresh_token(self) -> str:
        if time.monotonic() > self._token_until:
            self._token = self.log_in()
            self._token_until = time.monotonic() + _TOKEN_SECONDS
        return self._token
