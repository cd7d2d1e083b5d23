"""The account as customers know it: Keycloak’s console, and the pages that it leads to."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import CustomerPage, MessagePage


class NewEmailPage(CustomerPage):
    """“Cambia la tua email”."""

    sign = "#kc-update-email-form"

    def change(self, email: str) -> None:
        """Type another address, or none, and save."""
        self.page.fill("#email", email)
        self.page.click("#kc-submit")


class DeletionPage(CustomerPage):
    """“Vuoi eliminare il tuo account?”."""

    sign = "#kc-deleteaccount-form"

    def confirm(self) -> MessagePage:
        """“Elimina l’account”."""
        self.page.click("#kc-submit")
        return MessagePage(self.page)


class AccountConsole:
    """“Il tuo account”: Keycloak’s console in our theme, with our links above it."""

    def __init__(self, page: Page) -> None:
        expect(page.locator("#app h1").first).to_be_visible()
        self.page = page

    def settled(self) -> AccountConsole:
        """Once nothing is being fetched any more."""
        expect(self.page.locator("#app .pf-v5-c-spinner")).to_have_count(0)
        return self

    @property
    def words(self) -> str:
        """All that is to be read."""
        return self.page.inner_text("body")

    def field(self, name: str) -> Locator:
        """An input by its id."""
        return self.page.locator(f'[id="{name}"]')

    def change_email(self) -> NewEmailPage:
        """“Cambia email”."""
        self.page.click("#update-email-btn")
        return NewEmailPage(self.page)

    def save(self) -> None:
        """“Salva”."""
        self.page.click("#save-btn")

    def delete(self) -> None:
        """“Elimina l’account”, twice: the second time it is meant."""
        self.page.get_by_test_id("delete-account").get_by_role("button").first.click()
        self.page.click("#delete-account-btn")
