"""The email is optional: what happens without it, and how the form guards against a slip in it."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.answers import complete
from tests.browser.pages import RegistrationForm, ServicePage, WelcomePage, WelcomeWithoutEmailPage
from tests.browser.site import Admin
from tests.browser.visitor import NewVisitor, Visitor

DIFFER = "Le due email non coincidono."


def test_without_an_email_a_welcome_page_comes_and_then_the_customer_is_logged_in(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.registers(customer, email="")
    welcome = WelcomeWithoutEmailPage(visitor.page)
    expect(welcome.heading).to_have_text("REGISTRATI")
    expect(welcome.page.locator("p.welcome")).to_have_text(
        "Benvenuto! Il tuo account è pronto: puoi accedere all’area riservata."
    )
    welcome.page.get_by_role("button", name="Continua", exact=True).click()
    ServicePage(visitor.page)
    user = admin.user(answers.username)
    assert user is not None
    assert user.get("email") is None


def test_without_an_email_the_welcome_says_that_only_customer_service_can_recover_credentials(
    visitor: Visitor, customer: Customer
) -> None:
    visitor.registers(customer, email="")
    expect(WelcomeWithoutEmailPage(visitor.page).body).to_contain_text(
        "Non hai indicato un’email. Se dimentichi lo username o la password potrai recuperarli solo tramite "
        "il servizio clienti."
    )


def test_without_an_email_later_logins_go_straight_in(
    visitor: Visitor, customer: Customer, new_visitor: NewVisitor
) -> None:
    answers = visitor.registers(customer, email="")
    WelcomeWithoutEmailPage(visitor.page).go_on()
    ServicePage(visitor.page)
    new_visitor().logs_in(answers)


def test_an_email_repeated_differently_is_told_at_the_field(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = replace(complete(customer), email_again="anna@example.com")
    visitor.opens_the_form(customer).send(answers)
    form = RegistrationForm(visitor.page)
    expect(form.error_at("emailConfirm")).to_have_text(DIFFER)
    expect(form.field("emailConfirm")).to_have_value("anna@example.com")
    assert admin.user(answers.username) is None


def test_an_email_that_is_not_repeated_is_told_at_the_field(visitor: Visitor, customer: Customer) -> None:
    visitor.opens_the_form(customer).send(replace(complete(customer), email_again=""))
    expect(RegistrationForm(visitor.page).error_at("emailConfirm")).to_have_text(DIFFER)


def test_a_repeat_without_an_email_is_told_at_the_field(visitor: Visitor, customer: Customer) -> None:
    visitor.opens_the_form(customer).send(
        replace(complete(customer), email="", email_again="anna@example.com")
    )
    expect(RegistrationForm(visitor.page).error_at("emailConfirm")).to_have_text(DIFFER)


def test_capitals_in_the_repeated_email_do_not_matter(visitor: Visitor, customer: Customer) -> None:
    answers = complete(customer)
    visitor.opens_the_form(customer).send(replace(answers, email_again=answers.email.upper()))
    WelcomePage(visitor.page)
