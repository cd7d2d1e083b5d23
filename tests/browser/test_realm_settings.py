"""Settings of the realm that a co-op may choose otherwise: the pages say and do what the realm then wants."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.answers import complete
from tests.browser.pages import RegistrationForm, WelcomePage
from tests.browser.site import Admin
from tests.browser.visitor import Visitor


def test_an_email_that_the_realm_requires_is_not_called_optional_and_is_missed(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = complete(customer)
    with admin.attribute_required("email"):
        form = visitor.opens_the_form(customer)
        expect(form.page.locator("label[for=email]")).to_have_text("Email")
        form.send(replace(answers, email=""))
        again = RegistrationForm(form.page)
        expect(again.error_at("email")).to_have_text("Scrivi l’email.")
        assert again.page.locator("[id^=input-error-]").count() == 1
        assert admin.user(answers.username) is None
        again.send(answers)
        WelcomePage(form.page)


def test_another_password_policy_is_told_ticked_and_asked_for(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = complete(customer)
    with admin.password_policy("length(12) and digits(3) and maxLength(40)"):
        form = visitor.opens_the_form(customer)
        expect(form.field("password")).to_have_accessible_description("Usa almeno 12 caratteri.")
        expect(form.page.locator(".rules li")).to_have_text(
            ["almeno 12 caratteri", "al massimo 40 caratteri", "3 numeri"]
        )
        form.field("password").press_sequentially("unaparolasola")
        expect(form.page.locator(".rules .met")).to_have_text(
            ["almeno 12 caratteri", "al massimo 40 caratteri"]
        )
        form.send(replace(answers, password="unaparolasola"))
        again = RegistrationForm(form.page)
        expect(again.error_at("password")).to_have_text("Alla password servono almeno 3 numeri.")
        again.send(replace(answers, password="unaparolasola123"))
        WelcomePage(form.page)
