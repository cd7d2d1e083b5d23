"""Every step works with JavaScript switched off, and with it on no page complains in the developer tools."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from stack.customers import Customer
from tests.browser.conftest import open_browser
from tests.browser.pages import LoginPage, NewPasswordPage, RegistrationForm, ServicePage, WelcomePage
from tests.browser.site import Site
from tests.browser.visitor import NewVisitor, link_in


def test_a_customer_registers_confirms_and_logs_in_without_javascript(
    new_visitor: NewVisitor, customer: Customer
) -> None:
    visitor = new_visitor(java_script_enabled=False)
    answers = visitor.registers(customer, gender="male", marketing="no")
    WelcomePage(visitor.page).go_on()
    visitor.confirms(answers).go_on()
    LoginPage(visitor.page).log_in(answers.username, answers.password)
    ServicePage(visitor.page)


def test_errors_are_told_and_mended_without_javascript(new_visitor: NewVisitor, customer: Customer) -> None:
    visitor = new_visitor(java_script_enabled=False)
    form = visitor.opens_the_form(customer)
    form.submit()
    again = RegistrationForm(visitor.page)
    expect(again.summary).to_contain_text("Controlla 6 campi")
    # A button that does nothing would be worse than none.
    expect(again.page.locator("[data-password-toggle]:visible")).to_have_count(0)


def test_a_lost_password_is_replaced_without_javascript(new_visitor: NewVisitor, customer: Customer) -> None:
    visitor = new_visitor(java_script_enabled=False)
    answers = visitor.has_an_account(customer)
    visitor.comes_to_log_in().forgotten().ask(answers.username)
    visitor.page.goto(link_in(visitor.mailbox.wait_for(answers.email, "nuova password")))
    NewPasswordPage(visitor.page).choose("Contatore-42z")
    ServicePage(visitor.page)


def test_the_passwords_can_be_shown_and_hidden(new_visitor: NewVisitor) -> None:
    login = new_visitor().comes_to_log_in()
    login.page.fill("#password", "segreta")
    login.page.get_by_role("button", name="Mostra: Password").click()
    expect(login.field("password")).to_have_attribute("type", "text")
    login.page.get_by_role("button", name="Nascondi: Password").click()
    expect(login.field("password")).to_have_attribute("type", "password")


def test_a_script_error_or_a_missing_file_would_be_noticed(browser: Browser, site: Site) -> None:
    # Every test of this folder ends by asserting that nothing was heard: this one proves the ear.
    page, heard = open_browser(browser, site)
    page.goto(site.service_login)
    LoginPage(page)
    assert heard.found == []
    page.evaluate("console.error('broken')")
    page.evaluate("fetch('/resources/none.css')")
    page.evaluate("setTimeout(() => { throw new Error('thrown') })")
    page.wait_for_function("performance.getEntriesByName(location.origin + '/resources/none.css').length > 0")
    page.context.close()
    assert {text.partition(":")[0] for text in heard.found} == {"console", "404", "script"}
