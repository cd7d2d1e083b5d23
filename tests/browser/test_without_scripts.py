"""Every step works with JavaScript switched off, and with it on no page complains in the developer tools."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from stack.customers import Customer
from tests.browser.conftest import open_browser
from tests.browser.pages import (
    CodePage,
    LoginPage,
    MessagePage,
    NewPasswordPage,
    RegistrationForm,
    ServicePage,
    WelcomePage,
)
from tests.browser.site import Site
from tests.browser.visitor import NewVisitor, Visitor, link_in

_INLINE_SCRIPT = """() => {
    const script = document.createElement("script");
    script.textContent = "console.log('inline')";
    document.head.append(script);
}"""


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


def test_lost_credentials_come_back_without_javascript(new_visitor: NewVisitor, customer: Customer) -> None:
    visitor = new_visitor(java_script_enabled=False)
    answers = visitor.has_an_account(customer)
    sent = visitor.comes_to_log_in().forgotten().username().by_code(customer.code, customer.codice_fiscale)
    visitor.mailbox.wait_for(answers.email, "Il tuo username")
    sent.next_password().ask(answers.username)
    visitor.page.goto(link_in(visitor.mailbox.wait_for(answers.email, "nuova password")))
    NewPasswordPage(visitor.page).choose("Contatore-42z")
    MessagePage(visitor.page)
    visitor.comes_to_log_in().log_in(answers.username, "Contatore-42z")
    ServicePage(visitor.page)


def test_the_passwords_can_be_shown_and_hidden(new_visitor: NewVisitor) -> None:
    login = new_visitor().comes_to_log_in()
    login.page.fill("#password", "segreta")
    login.page.get_by_role("button", name="Mostra: Password").click()
    expect(login.field("password")).to_have_attribute("type", "text")
    login.page.get_by_role("button", name="Nascondi: Password").click()
    expect(login.field("password")).to_have_attribute("type", "password")


def test_a_script_error_an_inline_script_or_a_missing_file_would_be_noticed(
    browser: Browser, site: Site
) -> None:
    # Every test of this folder ends by asserting that nothing was heard: this one proves the ear.
    page, heard = open_browser(browser, site)
    page.goto(site.service_login)
    LoginPage(page)
    assert heard.found == []
    page.evaluate("console.error('broken')")
    page.evaluate("fetch('/resources/none.css').then(answer => answer.text())")
    page.evaluate("setTimeout(() => { throw new Error('thrown') })")
    page.evaluate(_INLINE_SCRIPT)
    page.context.close()
    assert {text.partition(":")[0] for text in heard.found} == {"console", "404", "script"}
    assert "Content Security Policy" in " ".join(heard.found)


def test_a_page_obeys_a_policy_without_inline_scripts_also_after_an_error(visitor: Visitor) -> None:
    page = visitor.page
    visitor.comes_to_log_in().register().give("9999999999")
    again = CodePage(page)
    policy = page.locator("meta[http-equiv='Content-Security-Policy']").get_attribute("content") or ""
    assert "script-src 'self';" in policy and "unsafe" not in policy
    assert page.locator("script:not([src])").count() == 0
    # What Keycloak's own inline script is for: the page can be loaded again.
    assert "session_code" not in page.url
    page.reload()
    expect(CodePage(page).heading).to_have_text("Qual è il tuo codice cliente?")
    expect(again.error_at("customerCode")).to_have_count(0)
