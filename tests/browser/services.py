"""The service “Bollette e pagamenti” as far as the tests need it: it is not of this project."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page

from tests.browser.site import SERVICE, Site

_INSIDE = '<!doctype html><html lang="it"><title>Bollette</title><h1 id="inside">Bollette e pagamenti</h1>'


def stand_in(context: BrowserContext, site: Site) -> None:
    """Answer for the service in this browser: who comes without an authorization code is sent to log in."""

    def attach(page: Page) -> None:
        # Not page.route(): it does not see what a redirect leads to, and that is how customers come back.
        session = context.new_cdp_session(page)
        session.on("Fetch.requestPaused", lambda paused: _answer(session, paused, site))
        session.send("Fetch.enable", {"patterns": [{"urlPattern": f"{SERVICE}*"}]})

    context.on("page", attach)


def _answer(session: CDPSession, paused: dict[str, Any], site: Site) -> None:
    if "code=" in paused["request"]["url"]:
        header = {"name": "Content-Type", "value": "text/html; charset=utf-8"}
        body = b64encode(_INSIDE.encode()).decode()
        answer = {"responseCode": 200, "responseHeaders": [header], "body": body}
    else:
        header = {"name": "Location", "value": site.service_login}
        answer = {"responseCode": 302, "responseHeaders": [header]}
    session.send("Fetch.fulfillRequest", {"requestId": paused["requestId"], **answer})
