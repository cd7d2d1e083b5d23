"""What all tests share: real servers on free ports, a real browser, fresh customers.

Servers start when the first test asks for them and stop with the run; their data is in temporary folders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stack import chromium, runtime
from stack.customers import Customer
from stack.keycloak import Keycloak
from stack.local import Stack
from stack.mailbox.part import Mailbox
from stack.ports import Ports
from stack.progress import Printer
from tests.support import ahead, newcomers
from tests.support.bare import bare_keycloak
from tests.support.clock import ServerClock
from tests.support.databases import Databases, postgresql
from tests.support.newcomers import KnownAddress, NewCustomer

if TYPE_CHECKING:
    # At run time only where a browser is asked for: the fast ring should not pay for it.
    from playwright.sync_api import Browser, BrowserContext, Page

_DESKTOP = {"width": 1280, "height": 900}
_PHONE = {"width": 360, "height": 740}
_PATIENCE_MS = 15_000

NewPage = Callable[..., "Page"]


def pytest_configure() -> None:
    """Where servers may run is all that the tests say of it; where they do, `stack.runtime` decides."""
    runtime.offer_containers()


def pytest_collection_finish(session: pytest.Session) -> None:
    """A whole run makes in good time what its later tests need."""
    if not session.config.option.collectonly:
        here = Path(__file__).parent
        ahead.begin([item.path.relative_to(here).as_posix() for item in session.items])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Where they ran, after a run that started any."""
    for line in runtime.account():
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole system with the realm provisioned, as `make run` starts it, but with theme caches on."""
    with Stack(tmp_path_factory.mktemp("stack"), Ports.free(), say=Printer()) as running:
        yield running


@pytest.fixture(scope="session")
def keycloak_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keycloak]:
    """A Keycloak with only its master realm and no extension, for tests that make realms of their own."""
    with bare_keycloak(tmp_path_factory.mktemp("keycloak")) as server:
        yield server


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """A PostgreSQL that gives new databases."""
    with postgresql(tmp_path_factory.mktemp("postgresql") / "postgresql.log") as made:
        yield made


@pytest.fixture(scope="session")
def mailbox(stack: Stack) -> Mailbox:
    """The mailbox that the realm sends to. Look for mails by address: other tests' mails are in it too."""
    return stack.mailbox


@pytest.fixture(scope="session")
def server_clock(stack: Stack) -> ServerClock:
    """Keycloak's clock, to be moved for a while."""
    return ServerClock(stack.keycloak, stack.folder / "clock")


@pytest.fixture(scope="session")
def new_customer(stack: Stack) -> NewCustomer:
    """Gives a customer of the co-op who has not registered, another one at each call."""
    return newcomers.newcomers(stack)


@pytest.fixture
def customer(new_customer: NewCustomer) -> Customer:
    """A customer of the co-op who has not registered."""
    return new_customer()


@pytest.fixture
def known_address(stack: Stack, tmp_path: Path) -> KnownAddress:
    """Gives an address to a customer that the co-op knows, and returns it."""
    return newcomers.known_address(stack, tmp_path)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium: the machine's own, else installed."""
    from playwright.sync_api import sync_playwright

    program = chromium.executable()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=list(chromium.FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Opens a page in a browser profile of its own (another person, another device), in Italian.

    Takes the options of Playwright's `new_context`, for example `locale="en-GB"`.
    """
    with ExitStack() as opened:

        def open_page(**options: Any) -> Page:
            chosen = {"locale": "it-IT", "timezone_id": "Europe/Rome", "viewport": _DESKTOP, **options}
            context: BrowserContext = browser.new_context(**chosen)
            opened.callback(context.close)
            context.set_default_timeout(_PATIENCE_MS)
            return context.new_page()

        yield open_page


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """An Italian customer's page on a desktop."""
    return new_page()


@pytest.fixture
def phone_page(new_page: NewPage) -> Page:
    """An Italian customer's page on a small phone."""
    return new_page(viewport=_PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)
