"""Keycloak's admin REST interface: the only module that imports python-keycloak.

The library logs in and keeps the token fresh (at nine tenths of its life); the calls are raw ones by path,
because it lacks several of them and because each must be seen and counted here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from provisioning.nodes import Json, revealed, secrets_in
from provisioning.problems import ProvisioningError


class GatewayError(ProvisioningError):
    """Keycloak could not be reached or did not do as asked."""


class RefusedError(GatewayError):
    """Keycloak answered with an error; `status` is its HTTP status."""

    def __init__(self, method: str, path: str, status: int, reason: str) -> None:
        self.status = status
        super().__init__(f"{method} {path}: Keycloak answered {status}: {reason}")


class NotFoundError(RefusedError):
    """The realm or the object is not there, or this login may not know that it is."""


@dataclass(frozen=True)
class Login:
    """Where Keycloak is and who we are. Client credentials are used where given, else the administrator's."""

    url: str
    realm: str
    client_id: str = "admin-cli"
    client_secret: str | None = field(default=None, repr=False)
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Login:
        """KEYCLOAK_URL and KEYCLOAK_CLIENT_ID + KEYCLOAK_CLIENT_SECRET (a client of KEYCLOAK_LOGIN_REALM,
        by default master), or KEYCLOAK_USERNAME + KEYCLOAK_PASSWORD (an administrator of the same)."""
        url = environ.get("KEYCLOAK_URL")
        if not url:
            raise GatewayError("KEYCLOAK_URL is not set: give Keycloak's address, as http://localhost:8080")
        client, secret = environ.get("KEYCLOAK_CLIENT_ID"), _secret(environ, "KEYCLOAK_CLIENT_SECRET")
        username, password = environ.get("KEYCLOAK_USERNAME"), _secret(environ, "KEYCLOAK_PASSWORD")
        login_realm = environ.get("KEYCLOAK_LOGIN_REALM", "master")
        if client and secret:
            return cls(url, login_realm, client_id=client, client_secret=secret)
        if username and password:
            return cls(url, login_realm, username=username, password=password)
        raise GatewayError(
            f"no login for {url}: set KEYCLOAK_CLIENT_ID and KEYCLOAK_CLIENT_SECRET, or KEYCLOAK_USERNAME and"
            " KEYCLOAK_PASSWORD"
        )


def _secret(environ: Mapping[str, str], name: str) -> str | None:
    file = environ.get(f"{name}_FILE")
    if environ.get(name) or not file:
        return environ.get(name)
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise GatewayError(f"{name}_FILE: cannot read {file}: {error.strerror}") from error


class Gateway:
    """Calls below /admin/realms. Every answer that is no success raises; `calls` lists what was sent,
    tokens apart."""

    def __init__(self, login: Login, timeout: int = 120) -> None:
        self.login = login
        self.calls: list[tuple[str, str]] = []
        self._timeout = timeout
        self._connection: Any = None

    def get(self, path: str) -> Json:
        """The answer's JSON."""
        return self._json(self._send("GET", path))

    def post(self, path: str, body: Json) -> str:
        """Send; the id of what was created (the last part of Location), or an empty text."""
        answer = self._send("POST", path, body)
        return str(answer.headers.get("Location", "")).rsplit("/", 1)[-1]

    def put(self, path: str, body: Json) -> None:
        """Replace or change."""
        self._send("PUT", path, body)

    def delete(self, path: str, body: Json = None) -> None:
        """Remove; role mappings and composites name in the body what to remove."""
        self._send("DELETE", path, body)

    def export(self, realm: str) -> Json:
        """The whole realm in one call. A POST by name, a reading by nature: it changes nothing."""
        path = f"/{segment(realm)}/partial-export?exportClients=true&exportGroupsAndRoles=true"
        return self._json(self._send("POST", path, {}))

    def refresh(self) -> None:
        """A new token: the one in hand does not know a realm that was created after it."""
        from keycloak.exceptions import KeycloakError

        try:
            self._connected().get_token()
        except KeycloakError as error:
            raise self._login_failed(error) from error

    def server_version(self) -> str:
        """The server's version; only administrators of the master realm are told."""
        path = f"{self.login.url.rstrip('/')}/admin/serverinfo"
        return str(self._json(self._call("GET", path, "/admin/serverinfo", None))["systemInfo"]["version"])

    def _send(self, method: str, path: str, body: Json = None) -> Any:
        self.calls.append((method, path))
        return self._call(
            method, f"{self.login.url.rstrip('/')}/admin/realms{path}", f"/admin/realms{path}", body
        )

    def _call(self, method: str, url: str, shown: str, body: Json) -> Any:
        import json

        from keycloak.exceptions import KeycloakConnectionError, KeycloakError

        connection = self._connected()
        data = None if body is None else json.dumps(revealed(body))
        try:
            match method:
                case "GET":
                    answer = connection.raw_get(url)
                case "POST":
                    answer = connection.raw_post(url, data=data)
                case "PUT":
                    answer = connection.raw_put(url, data=data)
                case _:
                    answer = connection.raw_delete(url, data=data)
        except KeycloakConnectionError as error:
            raise self._unreachable() from error
        except KeycloakError as error:
            raise self._login_failed(error) from error
        if answer.status_code >= 400:
            error_type = NotFoundError if answer.status_code == 404 else RefusedError
            raise error_type(method, shown, answer.status_code, _reason(answer, body))
        return answer

    def _json(self, answer: Any) -> Json:
        try:
            return answer.json()
        except ValueError as error:
            raise GatewayError(
                f"{self.login.url} did not answer in JSON: is KEYCLOAK_URL Keycloak's own address?"
            ) from error

    def _connected(self) -> Any:
        if self._connection is None:
            # Imported late: 0.2 s that `validate` and `--help` need not spend.
            from keycloak import KeycloakOpenIDConnection
            from keycloak.exceptions import KeycloakError

            login = self.login
            connection = KeycloakOpenIDConnection(
                server_url=login.url.rstrip("/") + "/",
                username=login.username,
                password=login.password,
                realm_name=login.realm,
                user_realm_name=login.realm,
                client_id=login.client_id,
                client_secret_key=login.client_secret,
                timeout=self._timeout,
                max_retries=0,  # the library would repeat a POST; not every one may be repeated
            )
            try:
                connection.get_token()
            except KeycloakError as error:
                raise self._login_failed(error) from error
            except Exception as error:  # requests and urllib3 raise many kinds for a bad address
                raise self._unreachable() from error
            self._connection = connection
        return self._connection

    def _unreachable(self) -> GatewayError:
        return GatewayError(
            f"cannot reach Keycloak at {self.login.url}: is it running, and is KEYCLOAK_URL right?"
        )

    def _login_failed(self, error: Exception) -> GatewayError:
        status = getattr(error, "response_code", None)
        if status is None:
            return self._unreachable()
        who = f"client {self.login.client_id}" if self.login.client_secret else f"user {self.login.username}"
        names = (
            "KEYCLOAK_CLIENT_ID and KEYCLOAK_CLIENT_SECRET"
            if self.login.client_secret
            else ("KEYCLOAK_USERNAME and KEYCLOAK_PASSWORD")
        )
        if status == 404:
            return GatewayError(
                f"{self.login.url} has no realm {self.login.realm} to log in to: is KEYCLOAK_URL right?"
            )
        return GatewayError(f"Keycloak at {self.login.url} refused the login of {who}: check {names}")


def segment(name: str) -> str:
    """A name as one segment of a path: aliases have spaces, roles may have slashes."""
    return quote(name, safe="")


def _reason(answer: Any, sent: Json) -> str:
    """Keycloak's own words, without the secrets that were sent should it repeat them."""
    words = _words(answer)
    for secret in secrets_in(sent).values():
        words = words.replace(secret.reveal(), str(secret))
    return words


def _words(answer: Any) -> str:
    """errorMessage, or error with its description, or the start of the body."""
    try:
        body = cast(dict[str, Any], answer.json())
    except ValueError:
        return str(answer.text)[:300] or str(answer.reason)
    if not isinstance(body, dict):
        return str(body)[:300]
    words = [str(body[key]) for key in ("errorMessage", "error", "error_description") if body.get(key)]
    return ": ".join(words) or str(body)[:300]
