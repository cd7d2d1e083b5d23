"""The customers' side, as cheap as can be: it shares the processors with the servers that are measured.

`stack.browserless` reads whole pages and costs several milliseconds each; here only what the next request
needs is picked out of a page, by patterns (a form or link that is not found raises).
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urljoin, urlsplit

from benchmarks.running import BenchmarkError

_FORM = re.compile(r"<form\b[^>]*\saction=\"([^\"]*)\"")
_HIDDEN = re.compile(r"<input\b(?=[^>]*\stype=\"hidden\")[^>]*>")
_ATTRIBUTE = re.compile(r"\s(name|value)=\"([^\"]*)\"")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 10
_SECONDS = 30.0


@dataclass(frozen=True)
class Answer:
    """The page that a request came to; of a redirect away from Keycloak only its address."""

    status: int
    url: str
    text: str

    @property
    def returned(self) -> bool:
        """Whether the customer was sent back to the service, logged in."""
        return self.status in _REDIRECTS and "code=" in urlsplit(self.url).query

    def form(self) -> tuple[str, dict[str, str]]:
        """Address and hidden fields of the page's form. Raises BenchmarkError where it has none."""
        found = _FORM.search(self.text)
        if found is None:
            raise BenchmarkError(f"no form in the answer {self.status} of {urlsplit(self.url).path}")
        inputs = (dict(_ATTRIBUTE.findall(field)) for field in _HIDDEN.findall(self.text, found.end()))
        hidden = {field["name"]: html.unescape(field.get("value", "")) for field in inputs if "name" in field}
        return urljoin(self.url, html.unescape(found[1])), hidden

    def link(self, part: str) -> str:
        """The address of the first link that holds `part`. Raises BenchmarkError where there is none."""
        found = re.search(rf"href=\"([^\"]*{re.escape(part)}[^\"]*)\"", self.text)
        if found is None:
            raise BenchmarkError(
                f"no link with {part} in the answer {self.status} of {urlsplit(self.url).path}"
            )
        return urljoin(self.url, html.unescape(found[1]))


class Client:
    """One customer's browser: one kept connection, and cookies. Raises BenchmarkError without an answer."""

    def __init__(self, keycloak_url: str, address: str | None = None) -> None:
        """`address` is this machine's that the customer comes from, the usual one unless it is given."""
        self._origin = keycloak_url.rstrip("/")
        source = (address, 0) if address else None
        self._connection = HTTPConnection(
            urlsplit(keycloak_url).netloc, timeout=_SECONDS, source_address=source
        )
        self._cookies: dict[str, str] = {}

    def get(self, url: str) -> Answer:
        """The page at an absolute address of Keycloak's."""
        return self._go("GET", url, None)

    def post(self, url: str, fields: Mapping[str, str]) -> Answer:
        """What is answered to a form."""
        return self._go("POST", url, urlencode(fields))

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _go(self, method: str, url: str, body: str | None) -> Answer:
        for _ in range(_MOST_REDIRECTS):
            answer, target = self._send(method, url, body)
            if target is None:
                return answer
            here = target.startswith(self._origin + "/")
            if not here or ("code=" in target and "session_code=" not in target):
                return Answer(answer.status, target, "")
            method, url, body = "GET", target, None
        raise BenchmarkError(f"more than {_MOST_REDIRECTS} redirects")

    def _send(self, method: str, url: str, body: str | None) -> tuple[Answer, str | None]:
        headers = {"Accept-Language": "it", "Cookie": "; ".join(f"{n}={v}" for n, v in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._connection.request(method, url.removeprefix(self._origin), body, headers)
            response = self._connection.getresponse()
            text = response.read().decode()
        except (OSError, HTTPException) as error:
            raise BenchmarkError(f"{method} {urlsplit(url).path}: {error}") from error
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        location = response.headers.get("Location") if response.status in _REDIRECTS else None
        return Answer(response.status, url, text), urljoin(url, location) if location else None
