"""The whole journey by keyboard alone, in a window at 400 % zoom: every place is reached and seen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from stack.customers import Customer
from tests.browser.account_pages import AccountConsole
from tests.browser.answers import Answers, complete
from tests.browser.pages import (
    CodePage,
    ConsentsPage,
    ForgottenPage,
    ForgottenPasswordPage,
    LoginPage,
    MessagePage,
    NewPasswordPage,
    RegistrationForm,
    SentPage,
    ServicePage,
    WelcomePage,
)
from tests.browser.site import Admin
from tests.browser.visitor import NewVisitor, Visitor, link_in

#: What a window of 1280 × 900 shows at 400 %.
ZOOMED: ViewportSize = {"width": 320, "height": 225}
_MOST_STEPS = 60
#: Where the focus is: whether it matches, whether one sees it, whether it is in the window.
_FOCUS = """selector => {
    const focused = document.activeElement, box = focused.getBoundingClientRect();
    const rings = [focused, focused.closest("label")].filter(Boolean).map(one => getComputedStyle(one));
    return {
        found: focused.matches(selector),
        page: focused === document.body,
        name: focused.id || focused.textContent.trim() || focused.outerHTML,
        ring: rings.some(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
        inside: box.bottom > 0 && box.top < innerHeight && box.right <= innerWidth + 1,
    };
}"""


class Keyboard:
    """The keys of one person who has nothing else."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def reach(self, selector: str) -> None:
        """Press the tab key until the focus is there; on the way each place must be seen."""
        for _ in range(_MOST_STEPS):
            self._page.keyboard.press("Tab")
            focus = self._page.evaluate(_FOCUS, selector)
            assert focus["page"] or (focus["ring"] and focus["inside"]), focus
            if focus["found"]:
                return
        raise AssertionError(f"{selector} cannot be reached")

    def type(self, selector: str, text: str) -> None:
        """Go there and type."""
        self.reach(selector)
        self._page.keyboard.type(text)

    def press(self, selector: str, key: str = "Enter") -> None:
        """Go there and press a key."""
        self.reach(selector)
        self._page.keyboard.press(key)

    def fill(self, answers: Answers) -> None:
        """The registration form, in its order, from above the first field on."""
        texts = answers.texts()
        for name in ("firstName", "lastName", "codiceFiscale"):
            self.type(f"#{name}", texts[name])
        self.press("[name=gender]", "Space")
        for name in ("email", "emailConfirm", "mobile", "username", "password", "password-confirm"):
            self.type(f"#{name}", texts[name])
        self.press("[name='privacy.processing']", "Space")
        self.press("[name='privacy.marketing']", "ArrowRight")


@pytest.fixture
def visitor(new_visitor: NewVisitor) -> Visitor:
    """A person at a desktop whose window is at 400 % zoom."""
    return new_visitor(viewport=ZOOMED)


def test_a_customer_registers_confirms_and_logs_in_by_keyboard_at_400_percent(
    visitor: Visitor, customer: Customer
) -> None:
    page, answers = visitor.page, complete(customer)
    keyboard = Keyboard(page)
    visitor.comes_to_log_in()
    keyboard.press("#kc-registration a")
    CodePage(page)
    keyboard.type("#customerCode", customer.code)
    keyboard.press("#customer-code-form button")
    form = RegistrationForm(page)
    keyboard.fill(answers)
    expect(form.option("gender", "male")).to_be_checked()
    expect(form.option("privacy.marketing", "no")).to_be_checked()
    keyboard.press("#kc-submit")
    WelcomePage(page)
    keyboard.press("main a.button")
    LoginPage(page)
    page.goto(link_in(visitor.confirmation_mail(answers)))
    MessagePage(page)
    keyboard.press("main a.button")
    LoginPage(page)
    keyboard.type("#username", answers.username)
    keyboard.type("#password", answers.password)
    page.keyboard.press("Enter")
    ServicePage(page)


def test_an_error_is_found_and_mended_by_keyboard(visitor: Visitor, customer: Customer) -> None:
    page, answers = visitor.page, complete(customer)
    keyboard = Keyboard(page)
    visitor.opens_the_form(customer).send(replace(answers, codice_fiscale="RSSMRA75C14H501X"))
    form = RegistrationForm(page)
    expect(form.summary).to_be_focused()
    keyboard.press("#error-summary a[href='#codiceFiscale']")
    expect(form.field("codiceFiscale")).to_be_focused()
    expect(form.error_at("codiceFiscale")).to_be_in_viewport()
    page.keyboard.press("Control+A")
    page.keyboard.type(answers.codice_fiscale)
    keyboard.type("#password", answers.password)
    keyboard.type("#password-confirm", answers.password)
    page.keyboard.press("Enter")
    WelcomePage(page)


def test_a_lost_password_is_replaced_by_keyboard(visitor: Visitor, customer: Customer) -> None:
    page = visitor.page
    keyboard = Keyboard(page)
    answers = visitor.has_an_account(customer)
    visitor.comes_to_log_in()
    keyboard.press("#kc-form-login .links a")
    ForgottenPage(page)
    keyboard.press("button[value=PASSWORD]")
    ForgottenPasswordPage(page)
    keyboard.type("#username", answers.username)
    page.keyboard.press("Enter")
    SentPage(page)
    page.goto(link_in(visitor.mailbox.wait_for(answers.email, "nuova password")))
    NewPasswordPage(page)
    keyboard.type("#password-new", "Contatore-42z")
    keyboard.press("[aria-controls=password-new]", "Space")
    expect(page.locator("#password-new")).to_have_attribute("type", "text")
    keyboard.type("#password-confirm", "Contatore-42z")
    keyboard.press("#kc-submit")
    MessagePage(page)


def test_the_account_is_changed_and_a_consent_withdrawn_by_keyboard(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    page = visitor.page
    keyboard = Keyboard(page)
    answers = visitor.has_an_account(customer, marketing="yes")
    visitor.opens_the_account(answers).settled()
    keyboard.type("#mobile", "333 7654321")
    keyboard.press("#save-btn")
    expect(page.get_by_text("I tuoi dati sono salvati.")).to_be_visible()
    page.reload()
    AccountConsole(page).settled()
    keyboard.press("a[href$='/customer/consents']")
    consents = ConsentsPage(page)
    keyboard.press("[name='privacy.marketing']:checked", "ArrowRight")
    expect(consents.option("marketing", "no")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator("#kc-leave")).to_be_visible()
    keyboard.press("#kc-leave")
    AccountConsole(page)
    attributes = admin.attributes(answers.username)
    assert (attributes["mobile"], attributes["consent.marketing"]) == (["333 7654321"], ["denied"])


def test_a_place_without_a_ring_would_be_noticed(visitor: Visitor) -> None:
    page = visitor.comes_to_log_in().page
    page.evaluate("document.querySelector('#username').style.outline = 'none'")
    with pytest.raises(AssertionError, match="username"):
        Keyboard(page).reach("#password")
