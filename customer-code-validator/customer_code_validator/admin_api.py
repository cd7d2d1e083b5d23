"""Calls of Keycloak's admin interface as the service account of one client: log in, call, read JSON.

What cannot be had is an `UnansweredError` whose text holds no personal data.
"""

import threading
import time
from typing import Any, cast
from urllib.parse import quote

import requests

from customer_code_validator.settings import KeycloakSettings

TIMEOUT = (2.0, 3.0)
"""Seconds to connect and to read, where a customer waits for the answer."""

_TOKEN_MARGIN = 10.0
"""Seconds before its end at which a token is no longer used."""


class UnansweredError(Exception):
    """Keycloak gave no answer that can be understood; one line says why."""


class AdminApi:
    """One account's calls below /admin/realms/REALM. One instance may be used by several threads."""

    def __init__(self, settings: KeycloakSettings, timeout: tuple[float, float] = TIMEOUT) -> None:
        realm = quote(settings.realm, safe="")
        self._base = f"{settings.url}/admin/realms/{realm}"
        self._token_url = f"{settings.url}/realms/{realm}/protocol/openid-connect/token"
        self._settings = settings
        self._timeout = timeout
        self._lock = threading.Lock()
        self._token = ""
        self._token_until = 0.0
        self.logins = 0
        self._session = requests.Session()
        # Without this, a .netrc file would replace our Authorization header.
        self._session.trust_env = False
        self._session.verify = settings.ca_file or True

    def request(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        text: str | None = None,
        json: list[str] | None = None,
    ) -> requests.Response:
        """One more try with a fresh token where the cached one is refused (Keycloak was restarted).

        What is sent along is either plain `text` or a list as `json`.
        """
        sent: dict[str, Any] = {"params": query or {}, "json": json}
        if text is not None:
            sent["data"] = text.encode()
        response = self._call(method, self._base + path, headers=self._headers(text), **sent)
        if response.status_code == 401:
            with self._lock:
                self._token_until = 0.0
            response = self._call(method, self._base + path, headers=self._headers(text), **sent)
        return response

    def users(self, query: dict[str, str]) -> list[dict[str, Any]]:
        """A search for users, with their attributes."""
        response = self.request("GET", "/users", {**query, "briefRepresentation": "false"})
        body = json_of(response)
        if response.status_code == 200 and _are_users(body):
            return cast(list[dict[str, Any]], body)
        raise UnansweredError(f"Keycloak answered {response.status_code} to the search for a user")

    def holders(self, after: str, most: int) -> list[dict[str, Any]]:
        """Accounts with a customer code in the order of their ids, the first ones after that id.

        The extension lists them (`CustomerAdministration.java`); empty only on its word that there are none.
        """
        response = self.request("GET", "/customer/holders", {"after": after, "max": str(most)})
        body = json_of(response)
        if response.status_code == 200 and _are_holders(body):
            return cast(list[dict[str, Any]], body)
        raise _unlisted(response, "the list of customers")

    def present(self, user_ids: list[str]) -> frozenset[str]:
        """Those of these users that Keycloak has, by the extension. That one is gone, only `user` says."""
        response = self.request("POST", "/customer/present", json=user_ids)
        body = json_of(response)
        if response.status_code == 200 and isinstance(body, list):
            return frozenset(one for one in body if isinstance(one, str))
        raise _unlisted(response, "the question which users there are")

    def user(self, user_id: str) -> dict[str, Any] | None:
        """The user, None only on Keycloak's own word: a wrong realm and a proxy say 404 too."""
        response = self.request("GET", f"/users/{quote(user_id, safe='')}")
        body = json_of(response)
        if response.status_code == 200 and isinstance(body, dict) and body.get("id") == user_id:
            return body
        if response.status_code == 404 and body == {"error": "User not found"}:
            return None
        raise UnansweredError(f"Keycloak answered {response.status_code} to the question for a user")

    def _headers(self, text: str | None = None) -> dict[str, str]:
        plain = {} if text is None else {"Content-Type": "text/plain; charset=utf-8"}
        with self._lock:
            if time.monotonic() >= self._token_until:
                self._fetch_token()
            return {"Authorization": f"Bearer {self._token}", "Accept": "application/json", **plain}

    def _fetch_token(self) -> None:
        credentials = (quote(self._settings.client_id, safe=""), quote(self._settings.client_secret, safe=""))
        data = {"grant_type": "client_credentials"}
        response = self._call("POST", self._token_url, data=data, auth=credentials)
        body = json_of(response)
        if response.status_code != 200 or not isinstance(body, dict) or "access_token" not in body:
            raise UnansweredError(
                f"Keycloak answered {response.status_code} to the login of the service account"
            )
        self._token = str(body["access_token"])
        self._token_until = time.monotonic() + float(body.get("expires_in", 0)) - _TOKEN_MARGIN
        self.logins += 1

    def _call(self, method: str, url: str, **arguments: Any) -> requests.Response:
        try:
            return self._session.request(
                method, url, timeout=self._timeout, allow_redirects=False, **arguments
            )
        except requests.RequestException as error:
            # The error's own text holds the address asked for, and with it the user.
            raise UnansweredError(f"Keycloak cannot be reached ({type(error).__name__})") from None


def _unlisted(response: requests.Response, question: str) -> UnansweredError:
    hint = "; is its extension older than this service?" if response.status_code in (200, 404) else ""
    return UnansweredError(f"Keycloak answered {response.status_code} to {question}{hint}")


def json_of(response: requests.Response) -> Any:
    """The body as JSON, None where it is something else."""
    try:
        return response.json()
    except ValueError:
        return None


def _are_holders(body: object) -> bool:
    return _are_users(body) and all(
        isinstance(one.get("customerCode"), str) and isinstance(one.get("codiceFiscale", 0), str | None)
        for one in cast(list[Any], body)
    )


def _are_users(body: object) -> bool:
    return isinstance(body, list) and all(isinstance(user, dict) and "id" in user for user in body)
