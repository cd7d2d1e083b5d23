"""Point 2 of the customers' guide: “Registrati” first asks for the customer code."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.answers import complete
from tests.browser.pages import CodePage, ForgottenPage, RegistrationForm, WelcomePage
from tests.browser.visitor import NewVisitor, Visitor

UNKNOWN_CODE = "9999999999"
REFUSED = (
    "Codice non valido o già registrato. "
    "Controlla la bolletta; se hai già un account, recupera le credenziali."
)


def test_registrati_first_asks_for_the_codice_cliente(visitor: Visitor) -> None:
    login = visitor.comes_to_log_in()
    login.link("Registrati").click()
    code = CodePage(visitor.page)
    expect(code.page.get_by_label("Codice Cliente")).to_be_editable()
    expect(code.body).to_contain_text("Lo trovi in bolletta")
    assert visitor.page.locator("main input:visible").count() == 1


def test_the_code_page_tells_the_hint_together_with_the_field(visitor: Visitor) -> None:
    code = visitor.comes_to_log_in().register()
    expect(code.field("customerCode")).to_have_accessible_description("Lo trovi in bolletta")


def test_an_accepted_code_leads_to_the_form(visitor: Visitor, customer: Customer) -> None:
    code = visitor.comes_to_log_in().register()
    code.field("customerCode").fill(customer.code)
    code.page.get_by_role("button", name="Continua").click()
    form = RegistrationForm(visitor.page)
    expect(form.heading).to_have_text("Crea il tuo account")


def test_a_code_typed_with_spaces_is_mended(visitor: Visitor, customer: Customer) -> None:
    form = visitor.comes_to_log_in().register().give_own(f" {customer.code[:4]} {customer.code[4:]} ")
    expect(form.field("customerCode")).to_have_value(customer.code)


def test_an_unknown_code_and_one_already_used_get_the_same_words(
    visitor: Visitor, customer: Customer
) -> None:
    visitor.registers(customer)
    code = visitor.comes_to_log_in().register()
    for refused in (UNKNOWN_CODE, customer.code):
        code.give(refused)
        code = CodePage(visitor.page)
        expect(code.field("customerCode")).to_have_value(refused)
        expect(code.error_at("customerCode")).to_have_text(REFUSED)


def test_a_refused_code_is_told_at_the_field_and_in_the_summary(visitor: Visitor) -> None:
    visitor.comes_to_log_in().register().give(UNKNOWN_CODE)
    code = CodePage(visitor.page)
    field = code.field("customerCode")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(f"Lo trovi in bolletta {REFUSED}")
    expect(code.summary).to_be_focused()
    code.summary.get_by_role("link", name="Codice Cliente").click()
    expect(field).to_be_focused()
    expect(visitor.page).to_have_title(re.compile("^Errore: "))


def test_the_refusal_leads_to_the_recovery_of_credentials(visitor: Visitor) -> None:
    visitor.comes_to_log_in().register().give(UNKNOWN_CODE)
    CodePage(visitor.page).link("recupera le credenziali").click()
    ForgottenPage(visitor.page)


def test_an_empty_code_is_refused_at_the_field(visitor: Visitor) -> None:
    visitor.comes_to_log_in().register().give("")
    expect(CodePage(visitor.page).error_at("customerCode")).to_be_visible()


def test_the_same_browser_may_come_back_with_its_code(visitor: Visitor, customer: Customer) -> None:
    form = visitor.opens_the_form(customer)
    form.link("Torna al LOGIN").click()
    again = visitor.comes_to_log_in().register().give_own(customer.code)
    expect(again.field("customerCode")).to_have_value(customer.code)


def test_going_back_from_the_form_loses_neither_the_form_nor_the_code(
    visitor: Visitor, customer: Customer
) -> None:
    visitor.opens_the_form(customer)
    visitor.page.go_back()
    form = RegistrationForm(visitor.page)
    expect(form.field("customerCode")).to_have_value(customer.code)
    form.send(complete(customer))
    WelcomePage(visitor.page)


def test_who_began_on_the_phone_goes_on_at_the_desk_and_the_phone_says_so(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer
) -> None:
    on_the_phone = visitor.opens_the_form(customer)
    new_visitor().opens_the_form(customer)
    on_the_phone.send(complete(customer))
    told = RegistrationForm(visitor.page)
    expect(told.message).to_contain_text("Il codice cliente va verificato di nuovo")
    expect(told.field("firstName")).to_have_value(customer.first_name)
