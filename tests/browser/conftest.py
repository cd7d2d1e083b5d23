"""Fixtures of the browser tests: a customer's browser in front of the running system."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from stack.local import Stack
from stack.mailbox.part import Mailbox
from stack.settings import realm_name
from tests.browser.complaints import Complaints
from tests.browser.services import stand_in
from tests.browser.site import Admin, Site
from tests.browser.visitor import NewVisitor, Visitor

NewPage = Callable[..., Page]

DESKTOP = {"width": 1280, "height": 900}
#: For a machine that is busy with other things; nothing waits longer than it must.
_PATIENCE_MS = 15_000
expect.set_options(timeout=_PATIENCE_MS)


@pytest.fixture(scope="session")
def site(stack: Stack) -> Site:
    """The realm's addresses."""
    return Site(stack.keycloak, realm_name())


@pytest.fixture(scope="session")
def admin(site: Site) -> Admin:
    """The realm through the admin REST API."""
    return Admin(site)


@pytest.fixture(autouse=True)
def forgiven_tries(stack: Stack) -> None:
    """All tests come from one address, which may type so many wrong codes an hour: each starts afresh."""
    forgive(stack)


def forgive(stack: Stack) -> None:
    """Forget the wrong tries that the validator counted."""
    with closing(sqlite3.connect(stack.validator.database, timeout=10)) as database, database:
        database.execute("DELETE FROM throttles")


def open_browser(browser: Browser, site: Site, **options: Any) -> tuple[Page, Complaints]:
    """A page in a profile of its own, Italian unless `options` of `new_context` say otherwise."""
    chosen = {"locale": "it-IT", "timezone_id": "Europe/Rome", "viewport": DESKTOP, **options}
    context = browser.new_context(**chosen)
    context.set_default_timeout(_PATIENCE_MS)
    stand_in(context, site)
    return context.new_page(), Complaints(context, site)


@pytest.fixture
def new_page(browser: Browser, site: Site) -> Iterator[NewPage]:
    """Opens pages in profiles of their own; in the end none may have complained of scripts or requests."""
    complaints: list[Complaints] = []
    with ExitStack() as opened:

        def open_page(**options: Any) -> Page:
            page, heard = open_browser(browser, site, **options)
            opened.callback(page.context.close)
            complaints.append(heard)
            return page

        yield open_page
    assert [text for heard in complaints for text in heard.found] == []


@pytest.fixture
def new_visitor(new_page: NewPage, site: Site, mailbox: Mailbox) -> NewVisitor:
    """Gives a person at a browser of their own, another one (or another device) at each call."""

    def arrive(**options: Any) -> Visitor:
        return Visitor(new_page(**options), site, mailbox)

    return arrive


@pytest.fixture
def visitor(new_visitor: NewVisitor) -> Visitor:
    """A person at an Italian desktop browser."""
    return new_visitor()
