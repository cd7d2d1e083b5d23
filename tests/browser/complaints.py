"""What a browser's developer tools would show in red while a customer uses our pages."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

from tests.browser.site import Site

#: Chromium cancels what a page was still loading when the customer goes on to the next.
_CANCELLED = "net::ERR_ABORTED"
#: A container of the same machine has come or gone while the page loaded something.
NETWORK_CHANGED = "net::ERR_NETWORK_CHANGED"
#: The same failures with their address come from `response` and `requestfailed`.
_SAID_ELSEWHERE = "Failed to load resource"


class Complaints:
    """Script errors and failed requests of the realm's pages in one browser context.

    The account console is left out: it is Keycloak's own.
    """

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.found: list[str] = []
        self._site = site
        context.on("weberror", self._script)
        context.on("console", self._console)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    def _ours(self, url: str) -> bool:
        return url.startswith(self._site.keycloak.url) and "/account" not in url

    def _script(self, error: WebError) -> None:
        if error.page is None or self._ours(error.page.url):
            self.found.append(f"script: {error.error}")

    def _console(self, message: ConsoleMessage) -> None:
        page = message.page
        if page is None or not self._ours(page.url) or message.text.startswith(_SAID_ELSEWHERE):
            return
        if message.type in {"error", "warning"}:
            self.found.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        if self._ours(request.url) and request.failure not in {_CANCELLED, NETWORK_CHANGED}:
            self.found.append(f"{request.failure}: {request.url}")

    def _response(self, response: Response) -> None:
        # A page may well be an answer of 400 in words: an expired link. What a page loads may not.
        document = response.request.resource_type == "document"
        if response.status >= (500 if document else 400) and self._ours(response.url):
            self.found.append(f"{response.status}: {response.url}")
