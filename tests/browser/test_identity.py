"""What proves that a code is the customer's: the codice fiscale of the co-op's record, names never."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.answers import complete
from tests.browser.pages import RegistrationForm, WelcomePage
from tests.browser.site import Admin
from tests.browser.visitor import NewCustomer, Visitor

MISMATCH = (
    "Il codice fiscale non corrisponde a quello della fornitura. "
    "Controllalo sulla bolletta o chiama il servizio clienti."
)


def test_a_codice_fiscale_that_is_not_the_record_s_gets_a_neutral_message(
    visitor: Visitor, new_customer: NewCustomer, admin: Admin
) -> None:
    customer, somebody_else = new_customer(), new_customer()
    answers = replace(complete(customer), codice_fiscale=somebody_else.codice_fiscale)
    visitor.opens_the_form(customer).send(answers)
    form = RegistrationForm(visitor.page)
    expect(form.error_at("codiceFiscale")).to_have_text(MISMATCH)
    # Whose the code is, is nobody's business.
    for secret in (customer.codice_fiscale, customer.last_name + " " + customer.first_name):
        assert secret not in form.page.content()
    assert admin.user(answers.username) is None


@pytest.mark.parametrize("wrong", ["RSSMRA75C14H501X", "RSSMRA75C14", "12345678901"])
def test_a_codice_fiscale_with_a_slip_is_told_at_the_field(
    visitor: Visitor, customer: Customer, wrong: str
) -> None:
    visitor.opens_the_form(customer).send(replace(complete(customer), codice_fiscale=wrong))
    expect(RegistrationForm(visitor.page).error_at("codiceFiscale")).to_have_text(
        "Il codice fiscale non è valido: controlla di averlo copiato bene."
    )


def test_spaces_and_small_letters_in_the_codice_fiscale_are_mended(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    own = customer.codice_fiscale.lower()
    answers = visitor.registers(customer, codice_fiscale=f" {own[:6]} {own[6:11]} {own[11:]} ")
    assert admin.attributes(answers.username)["codiceFiscale"] == [customer.codice_fiscale]


def test_names_that_differ_from_the_record_do_not_block(visitor: Visitor, customer: Customer) -> None:
    visitor.registers(customer, first_name="Maria Niccolò", last_name="D’Amico")


def test_after_a_mismatch_the_right_codice_fiscale_goes_through(
    visitor: Visitor, new_customer: NewCustomer
) -> None:
    customer = new_customer()
    answers = complete(customer)
    visitor.opens_the_form(customer).send(replace(answers, codice_fiscale=new_customer().codice_fiscale))
    RegistrationForm(visitor.page).send(answers)
    WelcomePage(visitor.page)
