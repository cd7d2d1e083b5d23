"""Point 1 of the customers' guide: the services to choose from, and the previous portals while they last."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from stack.customers import Customer
from tests.browser.pages import LoginPage
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
