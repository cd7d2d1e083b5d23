"""Asking Keycloak's admin interface about users, as the service account of one client.

What counts as an answer (Keycloak 26.7, `UsersResource` and `KeycloakErrorHandler`):

- `GET /admin/realms/R/users/ID`: 200, or 404 whose JSON is exactly {"error": "User not found"}. A wrong
  realm says "Realm not found." with 404 too, and so may a proxy: those are no answer.
- `GET /admin/realms/R/users?q=customerCode:CODE`: a list. Users that the caller may not *view* are silently
  left out of it (`toRepresentation` filters by `canView`), so an empty list means "absent" only if this
  account can view users. It proves so once per token by finding its own service-account user, which this
  kind of search includes.
"""

import threading
import time
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import quote

import requests

from customer_code_validator.directory import Absent, Account, Answer, NoAnswer, Present
from customer_code_validator.settings import KeycloakSettings

TIMEOUT = (2.0, 3.0)
"""Seconds to connect and to read."""

_TOKEN_MARGIN = 10.0
"""Seconds before its end at which a token is no longer used."""


class _UnansweredError(Exception):
    """Inside this module only: becomes a `NoAnswer`."""


class KeycloakDirectory:
    """The `Directory` of a real Keycloak. One instance may be used by several threads."""

    def __init__(self, settings: KeycloakSettings) -> None:
        realm = quote(settings.realm, safe="")
        self._users = f"{settings.url}/admin/realms/{realm}/users"
        self._token_url = f"{settings.url}/realms/{realm}/protocol/openid-connect/token"
        self._settings = settings
        self._lock = threading.Lock()
        self._token = ""
        self._token_until = 0.0
        self._may_view = False
        self._session = requests.Session()
        # Without this, a .netrc file would replace our Authorization header.
        self._session.trust_env = False
        self._session.verify = settings.ca_file or True

    def user(self, user_id: str) -> Answer:
        """By id. `Absent` only on Keycloak's own word."""
        try:
            return self._user(user_id)
        except _UnansweredError as why:
            return NoAnswer(str(why))

    def user_with_code(self, code: str) -> Answer:
        """By the attribute customerCode. `Absent` only from an account that can view users."""
        try:
            return self._user_with_code(code)
        except _UnansweredError as why:
            return NoAnswer(str(why))

    def accounts(self, who: str) -> list[Account] | NoAnswer:
        """By username or customer code, whichever it is."""
        try:
            named = self._search({"username": who.lower(), "exact": "true", "max": "2"})
            coded = self._search({"q": f"customerCode:{who.upper()}", "max": "2"}) if who.isalnum() else []
            if not named and not coded and not self._may_view:
                self._require_view()
        except _UnansweredError as why:
            return NoAnswer(str(why))
        return [_account(user) for user in {user["id"]: user for user in named + coded}.values()]

    def _user(self, user_id: str) -> Answer:
        response = self._get(f"{self._users}/{quote(user_id, safe='')}", {})
        body = _json(response)
        if response.status_code == 200 and isinstance(body, dict) and body.get("id") == user_id:
            return Present(user_id)
        if response.status_code == 404 and body == {"error": "User not found"}:
            return Absent()
        raise _UnansweredError(f"Keycloak answered {response.status_code} to the question for a user")

    def _user_with_code(self, code: str) -> Answer:
        found = self._search({"q": f"customerCode:{code}", "max": "2"})
        for user in found:
            held = (user.get("attributes") or {}).get("customerCode")
            # Some databases compare without regard to case: believe the attribute where it is shown.
            if held is None or code in held:
                return Present(str(user["id"]))
        if not self._may_view:
            self._require_view()
        return Absent()

    def _require_view(self) -> None:
        own = f"service-account-{self._settings.client_id}".lower()
        if not self._search({"username": own, "exact": "true", "max": "1"}):
            raise _UnansweredError(
                "Keycloak lets this service account view no users; give it the role view-users"
            )
        self._may_view = True

    def _search(self, query: dict[str, str]) -> list[dict[str, Any]]:
        response = self._get(self._users, {**query, "briefRepresentation": "false"})
        body = _json(response)
        if response.status_code == 200 and _are_users(body):
            return cast(list[dict[str, Any]], body)
        raise _UnansweredError(f"Keycloak answered {response.status_code} to the search for a user")

    def _get(self, url: str, query: dict[str, str]) -> requests.Response:
        """One more try with a fresh token where the cached one is refused (Keycloak was restarted)."""
        response = self._call("GET", url, params=query, headers=self._headers())
        if response.status_code == 401:
            with self._lock:
                self._token_until = 0.0
            response = self._call("GET", url, params=query, headers=self._headers())
        return response

    def _headers(self) -> dict[str, str]:
        with self._lock:
            if time.monotonic() >= self._token_until:
                self._fetch_token()
            return {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}

    def _fetch_token(self) -> None:
        credentials = (quote(self._settings.client_id, safe=""), quote(self._settings.client_secret, safe=""))
        data = {"grant_type": "client_credentials"}
        response = self._call("POST", self._token_url, data=data, auth=credentials)
        body = _json(response)
        if response.status_code != 200 or not isinstance(body, dict) or "access_token" not in body:
            raise _UnansweredError(
                f"Keycloak answered {response.status_code} to the login of the service account"
            )
        self._token = str(body["access_token"])
        self._token_until = time.monotonic() + float(body.get("expires_in", 0)) - _TOKEN_MARGIN
        self._may_view = False

    def _call(self, method: str, url: str, **arguments: Any) -> requests.Response:
        try:
            return self._session.request(method, url, timeout=TIMEOUT, allow_redirects=False, **arguments)
        except requests.RequestException as error:
            # The error's own text holds the address asked for, and with it the user.
            raise _UnansweredError(f"Keycloak cannot be reached ({type(error).__name__})") from None


def _json(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _account(user: dict[str, Any]) -> Account:
    return Account(
        user_id=str(user["id"]),
        username=str(user.get("username", "")),
        first_name=str(user.get("firstName") or ""),
        last_name=str(user.get("lastName") or ""),
        email=str(user.get("email") or ""),
        email_verified=user.get("emailVerified") is True,
        created=datetime.fromtimestamp(user.get("createdTimestamp", 0) / 1000, UTC),
        attributes=user.get("attributes") or {},
    )


def _are_users(body: object) -> bool:
    return isinstance(body, list) and all(isinstance(user, dict) and "id" in user for user in body)
