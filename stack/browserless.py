"""A browser without a screen: it keeps cookies, follows redirects and submits the forms of Keycloak's pages.

For tests that send what no browser would, and for benchmarks; what a person sees is tested in a real browser.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit
from urllib.request import Request

import requests
from requests.adapters import HTTPAdapter

from stack.page import Form, Page

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 10


class Browser:
    """One customer's browser at one Keycloak.

    address  the loopback address it comes from: 127.0.0.0/8 is large enough to give each customer one of
             their own, as on the Internet, so that what is throttled by address does not mix
    seconds  how long it waits for an answer

    `set_cookies` are the lines by which the answers to it set cookies.
    """

    def __init__(self, keycloak_url: str, address: str = "127.0.0.1", seconds: float = 30.0) -> None:
        self.origin = keycloak_url.rstrip("/")
        self._seconds = seconds
        self._verifier = ""
        self.set_cookies: list[str] = []
        self._http = requests.Session()
        self._http.trust_env = False  # our own server is never asked through a proxy
        self._http.headers["Accept-Language"] = "it"
        self._http.cookies.set_policy(_LocalCookies())
        self._http.mount("http://", _From(address))

    def elsewhere(self, address: str) -> Browser:
        """The same browser with all its cookies, after its network has given it another address."""
        moved = Browser(self.origin, address, self._seconds)
        moved._http.cookies.update(self._http.cookies)
        moved._verifier = self._verifier
        return moved

    def send_header(self, name: str, value: str) -> None:
        """With each request from now on, as a proxy in front of Keycloak adds one."""
        self._http.headers[name] = value

    def open(self, url: str, **query: str) -> Page:
        """The page at the URL, absolute or on Keycloak. Raises requests.RequestException."""
        return self._go("GET", urljoin(self.origin + "/", url), params=query)

    def follow(self, page: Page, link: str) -> Page:
        """The page behind the first link whose address contains `link`. Raises LookupError without one."""
        return self.open(urljoin(page.url, page.link(link)))

    def submit(self, form: Form, values: Mapping[str, str | list[str]] | None = None) -> Page:
        """What the form's server answers to its hidden fields and `values`; a list once for each text.

        A form is sent as often as it is given: a second time is a replay.
        """
        return self._go("POST", form.action, data={**form.hidden, **(values or {})})

    def login_page(self, realm: str, client: str, redirect_uri: str, **query: str) -> Page:
        """The page that a service's login begins with; `query` adds parameters, `endpoint` replaces auth."""
        endpoint = query.pop("endpoint", "auth")
        self._verifier = secrets.token_urlsafe(48)
        challenge = hashlib.sha256(self._verifier.encode()).digest()
        return self.open(
            f"/realms/{realm}/protocol/openid-connect/{endpoint}",
            client_id=client,
            redirect_uri=redirect_uri,
            response_type="code",
            scope="openid",
            code_challenge=base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            code_challenge_method="S256",
            **query,
        )

    def token(self, page: Page, realm: str, client: str, redirect_uri: str) -> str:
        """The access token for the page that the last login returned to. Raises LookupError without one."""
        return str(self.tokens(page, realm, client, redirect_uri)["access_token"])

    def tokens(self, page: Page, realm: str, client: str, redirect_uri: str) -> dict[str, Any]:
        """All that the token endpoint gives for it: access, refresh and ID token."""
        code = parse_qs(urlsplit(page.url).query).get("code")
        if not page.returned or not code:
            raise LookupError(f"no login: {page.described()}")
        grant = {"grant_type": "authorization_code", "code": code[0], "code_verifier": self._verifier}
        answer = self._http.post(
            f"{self.origin}/realms/{realm}/protocol/openid-connect/token",
            data={**grant, "client_id": client, "redirect_uri": redirect_uri},
            timeout=self._seconds,
        )
        answer.raise_for_status()
        tokens: dict[str, Any] = answer.json()
        return tokens

    def _go(self, method: str, url: str, **sent: Any) -> Page:
        for _ in range(_MOST_REDIRECTS):
            answer = self._http.request(method, url, allow_redirects=False, timeout=self._seconds, **sent)
            self.set_cookies += answer.raw.headers.getlist("Set-Cookie")
            if answer.status_code not in _REDIRECTS:
                return Page.of(answer.status_code, answer.url, answer.text)
            url, method, sent = urljoin(answer.url, answer.headers["Location"]), "GET", {}
            if not self._keycloak_shows(url):
                return Page.of(answer.status_code, url, "")
        raise requests.TooManyRedirects(f"more than {_MOST_REDIRECTS} redirects, the last to {url}")

    def _keycloak_shows(self, url: str) -> bool:
        """Whether the URL is one more page of Keycloak, and not the service that the login returns to."""
        parts = urlsplit(url)
        returned = "code=" in parts.query and "session_code=" not in parts.query
        return url.startswith(self.origin + "/") and not returned


class _LocalCookies(DefaultCookiePolicy):
    """Keycloak marks its cookies Secure on plain http too; browsers send them to localhost all the same.

    The mark is taken off as a cookie comes: for each request `requests` copies the jar without its policy.
    """

    def set_ok(self, cookie: Cookie, request: Request) -> bool:
        cookie.secure = False
        return super().set_ok(cookie, request)


class _From(HTTPAdapter):
    """Connects from a given address."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options, source_address=(self._address, 0))
