"""The two sides that are compared: our realm, and one that differs in theme and registration only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from playwright.sync_api import Page

from benchmarks.registrations.variants import PEER_REALM, peer_of
from stack.administrator import Administrator
from stack.customers import Customer
from stack.local import Stack
from stack.settings import realm_name

_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@dataclass(frozen=True)
class Side:
    """One realm; `customer` is who opens the form where a code page comes first."""

    name: str
    server: str
    realm: str
    customer: Customer | None = None

    @property
    def login(self) -> str:
        """The page that a service's login begins with."""
        query = {
            "client_id": "account-console",
            "redirect_uri": f"{self.server}/realms/{self.realm}/account/",
            "response_type": "code",
            "scope": "openid",
            "code_challenge": _CHALLENGE,
            "code_challenge_method": "S256",
        }
        return f"{self.server}/realms/{self.realm}/protocol/openid-connect/auth?{urlencode(query)}"

    def pages(self, page: Page) -> Iterator[str]:
        """Lead a browser page past what is measured; each name comes when the page stands there."""
        page.goto(self.login)
        yield "login"
        page.click("#kc-login")
        yield "login refused"
        page.click("a[href*='login-actions/reset-credentials']")
        yield "forgotten password"
        page.goto(self.login)
        page.click("a[href*='login-actions/registration']")
        if self.customer:
            yield "code"
            page.fill("#customerCode", self.customer.code)
            page.click("#customer-code-form button")
        page.locator("#kc-register-form").wait_for()
        page.wait_for_load_state()
        yield "form"
        page.locator("#kc-register-form [type=submit], #kc-submit").first.click()
        page.locator("[aria-invalid=true]").first.wait_for()
        yield "form with errors"


@contextmanager
def prepared(stack: Stack, customer: Customer) -> Iterator[tuple[Side, Side]]:
    """Ours and the stock theme's, until the block ends. Raises requests.HTTPError."""
    admin, url = Administrator(stack.keycloak), stack.keycloak.url
    settings = admin.request("GET", f"/{realm_name()}").json()
    admin.request("POST", "", json={**peer_of(settings), "resetPasswordAllowed": True}).raise_for_status()
    try:
        yield Side("ours", url, realm_name(), customer), Side("stock", url, PEER_REALM)
    finally:
        admin.request("DELETE", f"/{PEER_REALM}").raise_for_status()
