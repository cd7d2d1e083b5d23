"""The same journey in English."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.answers import complete
from tests.browser.pages import CodePage, LoginPage, MessagePage, RegistrationForm, ServicePage, WelcomePage
from tests.browser.visitor import NewVisitor, Visitor, link_in

SECTIONS = ["Customer", "Personal details", "Contact details", "Credentials", "Privacy"]


def test_the_journey_in_english(visitor: Visitor, customer: Customer) -> None:
    page = visitor.page
    answers = complete(customer)
    visitor.comes_to_log_in().link("English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Register", exact=True).click()
    page.get_by_label("Customer code").fill("9999999999")
    page.get_by_role("button", name="Continue").click()
    expect(CodePage(page).error_at("customerCode")).to_have_text(
        "Code not valid or already registered. Check your bill; if you already have an account, "
        "recover your credentials."
    )
    CodePage(page).give_own(customer.code)
    expect(page.locator("fieldset.section > legend")).to_have_text(SECTIONS)
    form = RegistrationForm(page)
    form.fill(answers)
    page.get_by_role("button", name="Create your account").click()
    expect(WelcomePage(page).page.locator(WelcomePage.sign)).to_have_text(
        "Welcome! We have sent a mail to your email address that you need to confirm"
    )
    mail = visitor.confirmation_mail(answers)
    assert mail.subject == "Confirm your email for the reserved area"
    assert "The link is good for 24 hours" in mail.text
    page.goto(link_in(mail))
    expect(MessagePage(page).heading).to_have_text("Email confirmed")
    page.get_by_role("link", name="Go to LOGIN").click()
    LoginPage(page).log_in(answers.username, answers.password)
    ServicePage(page)


def test_each_field_says_in_english_what_is_missing_or_wrong(
    new_visitor: NewVisitor, customer: Customer
) -> None:
    form = new_visitor(locale="en-US").opens_the_form(customer)
    form.submit()
    missing = {
        "firstName": "Fill in this field.",
        "lastName": "Fill in this field.",
        "codiceFiscale": "Type your codice fiscale.",
        "username": "Choose a username.",
        "password": "Choose a password.",
        "privacy.processing": "To create the account we need your authorisation to process your data.",
    }
    _says(RegistrationForm(form.page), missing)
    right = complete(customer)
    wrong = {
        "codiceFiscale": "The codice fiscale is not valid: check that you copied it correctly.",
        "email": "The email is not valid: check that it looks like name@example.com.",
        "emailConfirm": "The two emails differ.",
        "mobile": "The mobile number is not valid: type digits only, with or without +39.",
        "password": "The password is too short: use at least 8 characters.",
        "password-confirm": "The two passwords differ.",
    }
    form.send(
        replace(
            right,
            codice_fiscale=right.codice_fiscale[:-1] + "0",
            email="anna@",
            email_again="anna@x",
            mobile="three",
            password="Luce-7x",
            password_again="Luce-7y",
        )
    )
    _says(RegistrationForm(form.page), wrong)


def _says(form: RegistrationForm, words: dict[str, str]) -> None:
    for field, message in words.items():
        expect(form.error_at(field)).to_have_text(message)
    assert form.page.locator("[id^=input-error-]").count() == len(words)


def test_a_browser_in_english_gets_english_and_another_language_gets_italian(
    new_visitor: NewVisitor,
) -> None:
    for locale, language in (("en-US", "en"), ("de-DE", "it"), ("it-IT", "it")):
        visitor = new_visitor(locale=locale)
        visitor.comes_to_log_in()
        expect(visitor.page.locator("html")).to_have_attribute("lang", language)


def test_the_language_changes_in_the_middle_of_the_form_and_the_code_stays(
    visitor: Visitor, customer: Customer
) -> None:
    visitor.opens_the_form(customer).switch_language()
    form = RegistrationForm(visitor.page)
    expect(form.heading).to_have_text("Create your account")
    expect(form.field("customerCode")).to_have_value(customer.code)
    answers = complete(customer)
    form.send(answers)
    expect(WelcomePage(visitor.page).heading).to_have_text("REGISTER")
    assert "Confirm your email" in visitor.confirmation_mail(answers).subject
