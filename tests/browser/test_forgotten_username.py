"""“Credenziali dimenticate?”: the choice, a lost username, and that nobody learns who has an account."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.pages import ForgottenUsernamePage, SentPage, WelcomeWithoutEmailPage
from tests.browser.site import Admin
from tests.browser.visitor import NewCustomer, NewVisitor, Visitor

SENT = (
    "Se i dati corrispondono a un account con un’email, tra poco riceverai una mail con il tuo username. "
    "Guarda anche nella posta indesiderata (SPAM). "
    "Se l’hai già chiesta da pochi minuti, vale quella che hai ricevuto."
)
HELP = "Se nel tuo account non c’è un’email, le credenziali si recuperano con il servizio clienti."


def test_the_customer_is_asked_which_is_lost_and_told_what_to_do_about_both(visitor: Visitor) -> None:
    page = visitor.comes_to_log_in().forgotten()
    expect(page.heading).to_have_text("Credenziali dimenticate?")
    for choice in ("Username", "Password"):
        expect(page.page.get_by_role("button", name=choice, exact=True)).to_be_visible()
    expect(page.body).to_contain_text("Li hai dimenticati tutti e due? Si recuperano uno alla volta")
    expect(page.body).to_contain_text(HELP)


def test_the_mail_lists_every_username_of_a_shared_address(
    visitor: Visitor, new_visitor: NewVisitor, new_customer: NewCustomer
) -> None:
    mine = visitor.has_an_account(new_customer())
    theirs = new_visitor().registers(new_customer(), email=mine.email)
    sent = visitor.comes_to_log_in().forgotten().username().by_email(mine.email.upper())
    expect(sent.answer).to_have_text(SENT)
    mail = visitor.mailbox.wait_for(mine.email, "Il tuo username")
    assert mine.username in mail.text
    assert theirs.username in mail.text
    assert mine.username in mail.html


def test_the_code_and_the_codice_fiscale_do_for_who_no_longer_knows_the_address(
    visitor: Visitor, customer: Customer
) -> None:
    answers = visitor.has_an_account(customer)
    untidy = f" {customer.codice_fiscale[:6].lower()} {customer.codice_fiscale[6:].lower()} "
    visitor.comes_to_log_in().forgotten().username().by_code(f" {customer.code} ", untidy)
    mail = visitor.mailbox.wait_for(answers.email, "Il tuo username")
    assert answers.username in mail.text


def test_the_end_of_the_username_offers_the_password(visitor: Visitor, customer: Customer) -> None:
    answers = visitor.has_an_account(customer)
    sent = visitor.comes_to_log_in().forgotten().username().by_email(answers.email)
    expect(sent.body).to_contain_text("Hai dimenticato anche la password?")
    sent.next_password().ask(answers.username)
    visitor.mailbox.wait_for(answers.email, "nuova password")


class Case:
    """An account of each kind, and what nobody has."""

    def __init__(self, visitor: Visitor, new_customer: NewCustomer) -> None:
        self.customer = new_customer()
        self.account = visitor.has_an_account(self.customer)
        self.silent_customer = new_customer()
        self.silent = visitor.registers(self.silent_customer, email="")
        WelcomeWithoutEmailPage(visitor.page)
        self.nobody = secrets.token_hex(6)


def shown(page: SentPage) -> tuple[str, str]:
    """What a person sees of a page, and its title."""
    return page.body.inner_text(), page.page.title()


def test_whoever_asks_for_a_username_gets_the_same_page_and_only_accounts_get_a_mail(
    visitor: Visitor, new_visitor: NewVisitor, new_customer: NewCustomer
) -> None:
    case = Case(visitor, new_customer)
    before = len(visitor.mailbox.messages())

    def page() -> ForgottenUsernamePage:
        return new_visitor().comes_to_log_in().forgotten().username()

    seen = {
        shown(page().by_email(f"{case.nobody}@example.org")),
        shown(page().by_code("9999999999", case.customer.codice_fiscale)),
        shown(page().by_code(case.customer.code, case.silent_customer.codice_fiscale)),
        shown(page().by_code(case.customer.code, "???")),
        shown(page().by_code(case.silent_customer.code, case.silent_customer.codice_fiscale)),
        shown(page().by_email(case.account.email)),
    }
    assert len(seen) == 1
    visitor.mailbox.wait_for(case.account.email, "Il tuo username")
    assert len(visitor.mailbox.messages()) == before + 1


def test_whoever_asks_for_a_password_gets_the_same_page_and_only_accounts_get_a_mail(
    visitor: Visitor, new_visitor: NewVisitor, new_customer: NewCustomer, admin: Admin
) -> None:
    case = Case(visitor, new_customer)
    disabled = visitor.has_an_account(new_customer())
    admin.change(disabled.username, enabled=False)
    before = len(visitor.mailbox.messages())

    def ask(username: str) -> tuple[str, str]:
        return shown(new_visitor().comes_to_log_in().forgotten().password().ask(username))

    usernames = (
        case.nobody,
        case.silent.username,
        disabled.username,
        "service-account-customer-code-validator",
        case.account.username.upper(),
    )
    assert len({ask(username) for username in usernames}) == 1
    visitor.mailbox.wait_for(case.account.email, "nuova password")
    assert len(visitor.mailbox.messages()) == before + 1
    event = admin.wait_for_event(case.silent.username, "SEND_RESET_PASSWORD_ERROR")
    assert event["error"] == "invalid_email"
    event = admin.wait_for_event(disabled.username, "SEND_RESET_PASSWORD_ERROR")
    assert event["error"] == "user_disabled"
    assert case.nobody not in str(admin.all_events()), "an event repeats what was typed"


def test_an_account_gets_one_mail_a_moment_and_some_for_each_network(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.has_an_account(customer)
    page = visitor.comes_to_log_in().forgotten().username().by_email(answers.email)
    visitor.mailbox.wait_for(answers.email, "Il tuo username")
    password = page.next_password()
    with admin.recovery_limits(mailsPerNetworkAndAccount=1, secondsBetweenMails=1):
        password.ask(answers.username).next_username()
        visitor.mailbox.wait_for(answers.email, "nuova password")
        ForgottenUsernamePage(visitor.page).by_email(answers.email)
        event = admin.wait_for_event(answers.username, "SEND_RESET_PASSWORD_ERROR")
    assert event["error"] == "too_many_mails"
    with admin.recovery_limits(mailsPerNetworkAndAccount=100):
        visitor.comes_to_log_in().forgotten().username().by_email(answers.email)
        admin.wait_for_event(answers.username, "SEND_RESET_PASSWORD_ERROR", count=2)
    assert len(visitor.mailbox.messages(answers.email)) == 3


@pytest.mark.parametrize("button", ["USERNAME_BY_EMAIL", "USERNAME_BY_CODE"])
def test_only_the_shape_of_what_was_typed_is_refused(visitor: Visitor, button: str) -> None:
    page = visitor.comes_to_log_in().forgotten().username()
    if button == "USERNAME_BY_EMAIL":
        page.page.fill("#email", "anna.example.org")
        page.page.locator("form").first.evaluate("form => form.noValidate = true")
        page.page.click(f"button[value={button}]")
        page = ForgottenUsernamePage(visitor.page)
        expect(page.error_at("email")).to_contain_text("L’email non è valida")
        expect(page.field("email")).to_have_value("anna.example.org")
    else:
        page.send_code("", "RSSMRA75C14H501L")
        page = ForgottenUsernamePage(visitor.page)
        expect(page.error_at("customerCode")).to_have_text("Scrivi il codice cliente.")
        expect(page.error_at("codiceFiscale")).to_have_count(0)
        expect(page.field("codiceFiscale")).to_have_value("RSSMRA75C14H501L")
    expect(page.summary).to_be_focused()
