"""Point 1 of the customers' guide: the services to choose from, and the previous portals while they last."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from stack.customers import Customer
from tests.browser.account_pages import AccountConsole
from tests.browser.answers import complete
from tests.browser.pages import LoginPage
from tests.browser.site import Admin
from tests.browser.visitor import Visitor

SERVICES = {
    "Bollette e pagamenti": "https://bollette.enercasa.example/",
    "Autolettura": "https://autolettura.enercasa.example/",
}
PORTALS = {"Portale luce": "https://luce.portale.example", "Portale gas": "https://gas.portale.example"}


def shows_the_portals(page: Page) -> None:
    """Both links, under words that say what they are for."""
    portals = page.get_by_role("complementary", name="I portali precedenti")
    expect(portals).to_contain_text("Le vecchie fatture restano consultabili")
    links = portals.get_by_role("link")
    expect(links).to_have_text(list(PORTALS))
    assert [link.get_attribute("href") for link in links.all()] == list(PORTALS.values())


def test_the_login_page_shows_the_previous_portals(visitor: Visitor) -> None:
    visitor.comes_to_log_in()
    shows_the_portals(visitor.page)


def test_the_code_page_shows_the_previous_portals(visitor: Visitor) -> None:
    visitor.comes_to_log_in().register()
    shows_the_portals(visitor.page)


def test_the_account_leads_to_the_previous_portals(visitor: Visitor, customer: Customer) -> None:
    visitor.opens_the_account(visitor.has_an_account(customer))
    visitor.page.get_by_role("link", name="Portali precedenti").click()
    expect(visitor.page.locator("h1")).to_have_text("I portali precedenti")
    links = visitor.page.locator("main ul.links a")
    assert [link.get_attribute("href") for link in links.all()] == list(PORTALS.values())
    visitor.page.get_by_role("link", name="Torna al tuo account").click()
    AccountConsole(visitor.page)


#: The pages that show the portals, and how one comes to each.
PLACES: dict[str, Callable[[Visitor], object]] = {
    "login page": lambda visitor: visitor.comes_to_log_in(),
    "code page": lambda visitor: visitor.comes_to_log_in().register(),
    "account": lambda visitor: visitor.page.goto(visitor.site.portals),
}
EACH_PLACE = pytest.mark.parametrize("place", PLACES)


def shown(visitor: Visitor, place: str) -> list[str]:
    """The portals' names there, now."""
    PLACES[place](visitor)
    expect(visitor.page.locator("h1")).to_be_visible()
    return visitor.page.locator("main ul.links a").all_inner_texts()


@EACH_PLACE
def test_what_administrators_write_in_the_console_is_shown_at_once(
    visitor: Visitor, admin: Admin, place: str
) -> None:
    with admin.text("previousPortal.1", "Vecchio d’oro | https://oro.example/?a=1 | 2099-12-31"):
        assert shown(visitor, place) == ["Vecchio d’oro", "Portale gas"]
        link = visitor.page.get_by_role("link", name="Vecchio d’oro")
        expect(link).to_have_attribute("href", "https://oro.example/?a=1")
    assert shown(visitor, place) == list(PORTALS)


@EACH_PLACE
def test_a_portal_is_shown_through_its_last_day_in_italy_and_no_longer(
    visitor: Visitor, admin: Admin, place: str
) -> None:
    today = datetime.now(ZoneInfo("Europe/Rome")).date()
    with (
        admin.text("previousPortal.1", f"Ieri | https://ieri.example | {today - timedelta(days=1)}"),
        admin.text("previousPortal.2", f"Oggi | https://oggi.example | {today}"),
        admin.text("previousPortal.3", f"Domani | https://domani.example | {today + timedelta(days=1)}"),
    ):
        assert shown(visitor, place) == ["Oggi", "Domani"]


@EACH_PLACE
def test_an_unsafe_link_is_never_shown(visitor: Visitor, admin: Admin, place: str) -> None:
    unsafe = {
        1: "javascript:alert(1)",
        2: " JaVaScRiPt:alert(1)",
        3: "data:text/html,<script>alert(1)</script>",
        4: "//evil.example",
        5: "java\tscript:alert(1)",
        6: "http://evil.example",
        7: "https:\\\\evil.example",
        8: "vbscript:msgbox(1)",
    }
    with ExitStack() as edited:
        for number, address in unsafe.items():
            edited.enter_context(admin.text(f"previousPortal.{number}", f"Insidia {number} | {address}"))
        edited.enter_context(admin.text("previousPortal.9", "Buono | https://buono.example"))
        assert shown(visitor, place) == ["Buono"]
        assert "Insidia" not in visitor.page.content()


def test_when_the_last_portal_has_ended_its_place_goes_too(visitor: Visitor, admin: Admin) -> None:
    with (
        admin.text("previousPortal.1", "Fu | https://fu.example | 2020-01-01"),
        admin.text("previousPortal.2", "Fu | https://fu.example | 2020-01-01"),
    ):
        assert shown(visitor, "login page") == []
        expect(visitor.page.locator("aside.portals")).to_have_count(0)
        assert shown(visitor, "account") == []
        expect(visitor.page.locator("main")).to_contain_text("Non ci sono più portali precedenti.")


def test_the_account_console_shows_the_services(visitor: Visitor, customer: Customer) -> None:
    answers = visitor.has_an_account(customer)
    visitor.page.goto(visitor.site.applications)
    LoginPage(visitor.page).log_in(answers.username, answers.password)
    for service, address in SERVICES.items():
        # Keycloak's console makes it a link without an address, opened by a script.
        link = visitor.page.get_by_text(service, exact=True)
        expect(link).to_be_visible()
        with visitor.page.context.expect_event("request", lambda sent, to=address: sent.url == to):
            link.click()


def test_who_registers_from_the_reserved_area_itself_is_led_to_the_services(
    visitor: Visitor, customer: Customer
) -> None:
    answers = complete(customer)
    visitor.page.goto(visitor.site.applications)
    LoginPage(visitor.page).register().give_own(customer.code).send(answers)
    visitor.confirms(answers).link("Vai al LOGIN").click()
    LoginPage(visitor.page).log_in(answers.username, answers.password)
    for service in SERVICES:
        expect(visitor.page.get_by_text(service, exact=True)).to_be_visible()
