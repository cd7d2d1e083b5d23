"""Keycloak's own admin console as somebody of the help desk uses it. Its words are Keycloak's, in English."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Site


class Console:
    """The console of the customers' realm, in one browser page."""

    def __init__(self, page: Page, site: Site, username: str, password: str) -> None:
        self.page = page
        self._url = f"{site.keycloak.url}/admin/{site.realm}/console/#/{site.realm}"
        page.goto(f"{self._url}/users")
        page.fill("#username", username)
        page.fill("#password", password)
        page.click("#kc-login")
        self._search = page.get_by_placeholder("Search user")
        expect(self._search).to_be_visible()

    def opens(self, username: str) -> None:
        """From the list of users, by the name."""
        self._goes_to("users")
        self._search.fill(username)
        self._search.press("Enter")
        self.page.get_by_role("link", name=username, exact=True).click()
        expect(self.page.get_by_role("heading", name=username)).to_be_visible()
        expect(self.field("username")).to_be_visible()

    def field(self, attribute: str) -> Locator:
        """The input of an attribute."""
        return self.page.get_by_test_id(attribute)

    def help_of(self, attribute: str) -> Locator:
        """The question mark beside an attribute."""
        return self.page.get_by_test_id(f"help-label-{attribute}")

    def save(self) -> None:
        """“Save”, and wait for its success."""
        self.page.get_by_test_id("user-creation-save").click()
        expect(self.page.get_by_text("The user has been saved").first).to_be_visible()

    def mail_for(self, action: str) -> Locator:
        """“Credential Reset” with an action chosen; gives its button “Send Email”."""
        self.page.get_by_role("tab", name="Credentials").click()
        self.page.get_by_role("button", name="Credential Reset").first.click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_placeholder("Select action").click()
        self.page.get_by_role("option", name=action, exact=True).click()
        dialog.get_by_role("heading").click()
        return dialog.get_by_role("button", name="Send Email")

    def actions(self) -> Locator:
        """The menu of what can be done with a user."""
        self.page.get_by_test_id("action-dropdown").click()
        return self.page.get_by_role("menu")

    def failed_registrations(self) -> Locator:
        """Among the events, by their type; gives the rows."""
        self._goes_to("events/user-events")
        self.page.get_by_role("button", name="Search events").click()
        kind = self.page.locator("form .pf-v5-c-form__group", has_text="Event saved type")
        kind.locator("button").last.click()
        self.page.get_by_role("option", name="Register error", exact=True).click()
        self.page.get_by_test_id("search-events-btn").click()
        rows = self.page.locator("tr", has_text="REGISTER_ERROR")
        expect(rows.first).to_be_visible()
        return rows

    def _goes_to(self, place: str) -> None:
        """Loaded anew: what the console said of the step before is gone."""
        self.page.goto(f"{self._url}/{place}")
        self.page.reload()
