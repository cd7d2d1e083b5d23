"""What the servers write into their logs of a customer: nothing that names one."""

from __future__ import annotations

from stack.customers import Customer
from stack.local import Stack
from tests.browser.account_pages import NewEmailPage
from tests.browser.pages import LoginPage, MessagePage, RegistrationForm
from tests.browser.visitor import Visitor, link_in


def test_what_a_customer_does_leaves_no_personal_datum_in_a_log(
    visitor: Visitor, customer: Customer, stack: Stack
) -> None:
    page = visitor.page
    visitor.opens_the_form(customer).submit()
    RegistrationForm(page)
    answers = visitor.has_an_account(customer, marketing="yes")
    visitor.comes_to_log_in().log_in(answers.username, "Sbagliata-1")
    LoginPage(page).forgotten().password().ask(answers.username)
    visitor.opens_the_account(answers).change_email().change("anna@")
    new = f"nuova.{answers.email}"
    NewEmailPage(page).change(new)
    page.goto(link_in(visitor.mailbox.wait_for(new)))
    MessagePage(page)
    told = [
        line
        for log in (stack.keycloak.log, stack.validator.log)
        for line in log.read_text(encoding="utf-8").splitlines()
        for datum in (answers.username, customer.code, customer.codice_fiscale)
        if datum.lower() in line.lower()
    ]
    assert told == []
