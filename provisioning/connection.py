"""One logged-in connection to Keycloak: the only module that imports python-keycloak.

The library logs in, keeps the token fresh (at nine tenths of its life) and, where a token was refused all the
same, sends the call once more with a new one; whatever its life, no call fails for it. Calls are raw ones by
path, because the library lacks several of them and because each must be seen and counted in gateway.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from provisioning.login import Login
from provisioning.nodes import Json


@dataclass(frozen=True)
class Answer:
    """Status, the last part of Location (the id of what was created), and the body."""

    status: int
    created: str
    body: str
    reason: str = ""

    def json(self) -> Json:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.body)


class LostError(Exception):
    """No answer came; `sent` tells whether the call may have reached Keycloak all the same."""

    def __init__(self, words: str, *, sent: bool = True) -> None:
        self.sent = sent
        super().__init__(words)


class Connection:
    """Logs in when first used; `timeout` is in seconds, for each call."""

    def __init__(self, login: Login, timeout: int) -> None:
        self._login, self._timeout = login, timeout
        self._library: Any = None

    @property
    def open(self) -> bool:
        """Whether Keycloak has ever let us in."""
        return self._library is not None

    def send(self, method: str, url: str, body: str | None) -> Answer:
        """Keycloak's answer, whatever its status.

        Raises LostError where none came, and GatewayError where the login is refused.
        """
        answer = self._raw(method, url, body)
        created = str(answer.headers.get("Location", "")).rsplit("/", 1)[-1]
        return Answer(answer.status_code, created, answer.text, str(answer.reason))

    def _raw(self, method: str, url: str, body: str | None) -> Any:
        from keycloak.exceptions import KeycloakConnectionError, KeycloakError

        library = self._connected()
        calls = {"GET": library.raw_get, "PUT": library.raw_put, "DELETE": library.raw_delete}
        call, options = calls.get(method, library.raw_post), {} if method == "GET" else {"data": body}
        try:
            return call(url, **options)
        except KeycloakConnectionError as error:
            raise lost(error) from error
        except KeycloakError:
            # The session of the old token has ended (logged out, or its lifespan is over), and so the library
            # could not renew it: the call was not sent, or refused with 401. A new login is a new session.
            self.renew()
        try:
            return call(url, **options)
        except KeycloakConnectionError as error:
            raise lost(error) from error
        except KeycloakError as error:
            raise self._login_failed(error) from error

    def refresh(self) -> None:
        """Another token of the same session, which costs no check of a password. Raises as `send`."""
        from keycloak.exceptions import KeycloakConnectionError, KeycloakError

        try:
            self._connected().refresh_token()
        except KeycloakConnectionError as error:
            raise lost(error, sent=False) from error
        except KeycloakError:
            self.renew()

    def renew(self) -> None:
        """A new login. Raises as `send`."""
        from keycloak.exceptions import KeycloakError

        try:
            self._connected().get_token()
        except KeycloakError as error:
            raise self._login_failed(error) from error

    def _connected(self) -> Any:
        if self._library is None:
            from keycloak.exceptions import KeycloakError

            library = _library(self._login, self._timeout)
            try:
                library.get_token()
            except KeycloakError as error:
                raise self._login_failed(error) from error
            except Exception as error:  # requests and urllib3 raise many kinds for a bad address
                raise self._login.unreachable() from error
            self._library = library
        return self._library

    def _login_failed(self, error: Exception) -> Exception:
        status = getattr(error, "response_code", None)
        if status is None:
            return lost(error, sent=False) if self.open else self._login.unreachable()
        if status >= 500:
            return LostError(f"the login was answered {status}", sent=False)
        return self._login.refused(status)


def _library(login: Login, timeout: int) -> Any:
    """The library's connection. It is imported late: 0.2 s that `validate` and `--help` need not spend."""
    from keycloak import KeycloakOpenIDConnection

    library = KeycloakOpenIDConnection(
        server_url=login.url.rstrip("/") + "/",
        username=login.username,
        password=login.password,
        realm_name=login.realm,
        user_realm_name=login.realm,
        client_id=login.client_id,
        client_secret_key=login.client_secret,
        timeout=timeout,
        max_retries=0,  # the library would repeat a POST; not every one may be repeated
        verify=login.url.startswith("https:"),
    )
    # Without `verify` the library reads no certificates for an address that has none (twice 33 ms, for an
    # asynchronous client that is not used). Each call verifies all the same: a redirection may lead to https.
    for connection in (library, library.keycloak_openid.connection):
        connection.verify = True
    # Without it WorkflowsResource answers in YAML.
    library.add_param_headers("Accept", "application/json")
    return library


def lost(error: BaseException, *, sent: bool = True) -> LostError:
    """What became of a call, from the chain of causes that requests and urllib3 leave."""
    causes = list(_causes(error))
    names = {type(cause).__name__ for cause in causes}
    never = names & {"NewConnectionError", "ConnectTimeoutError", "ConnectTimeout", "NameResolutionError"}
    if "ReadTimeout" in names or "ReadTimeoutError" in names:
        return LostError("no answer came in time", sent=sent)
    if never:
        return LostError("nothing answers there", sent=False)
    return LostError("the connection was lost before the answer", sent=sent)


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        inner = [argument for argument in error.args if isinstance(argument, BaseException)]
        reason = getattr(error, "reason", None)
        following = error.__cause__ or error.__context__
        if isinstance(reason, BaseException):
            following = reason
        error = inner[0] if inner else following
    return found
