"""“Credenziali dimenticate?”: a lost password."""

from __future__ import annotations

from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.answers import Answers
from tests.browser.pages import LoginPage, NewPasswordPage, ServicePage
from tests.browser.visitor import NewVisitor, Visitor, link_in

NEW_PASSWORD = "Contatore-42z"
SENT = (
    "Se i dati sono giusti, tra poco riceverai una mail con le istruzioni. "
    "Guarda anche nella posta indesiderata (SPAM)."
)
REFUSED = "Username o password non corretti. Controlla maiuscole e minuscole e riprova."


def follows_the_reset_mail(visitor: Visitor, answers: Answers) -> NewPasswordPage:
    """From the login page to the page of the new password."""
    visitor.comes_to_log_in().forgotten().ask(answers.username)
    mail = visitor.mailbox.wait_for(answers.email, "nuova password")
    visitor.page.goto(link_in(mail))
    return NewPasswordPage(visitor.page)


def test_a_wrong_password_is_refused_with_words_that_do_not_say_which_was_wrong(
    visitor: Visitor, customer: Customer
) -> None:
    answers = visitor.has_an_account(customer)
    for username, password in ((answers.username, NEW_PASSWORD), ("nessuno", answers.password)):
        visitor.comes_to_log_in().log_in(username, password)
        expect(LoginPage(visitor.page).message).to_have_text(REFUSED)


def test_the_username_is_asked_and_a_mail_is_promised(visitor: Visitor, customer: Customer) -> None:
    answers = visitor.has_an_account(customer)
    page = visitor.comes_to_log_in().forgotten()
    expect(page.heading).to_have_text("Password dimenticata")
    expect(page.page.get_by_label("Username")).to_be_editable()
    expect(page.ask(answers.username).message).to_have_text(SENT)


def test_an_unknown_username_gets_the_same_words_and_no_mail(visitor: Visitor) -> None:
    before = len(visitor.mailbox.messages())
    login = visitor.comes_to_log_in().forgotten().ask("nessuno-con-questo-nome")
    expect(login.message).to_have_text(SENT)
    assert len(visitor.mailbox.messages()) == before


def test_the_mail_leads_to_a_new_password_with_which_the_customer_logs_in(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer
) -> None:
    answers = visitor.has_an_account(customer)
    follows_the_reset_mail(visitor, answers).choose(NEW_PASSWORD)
    ServicePage(visitor.page)
    device = new_visitor()
    device.comes_to_log_in().log_in(answers.username, answers.password)
    expect(LoginPage(device.page).message).to_have_text(REFUSED)
    LoginPage(device.page).log_in(answers.username, NEW_PASSWORD)
    ServicePage(device.page)


def test_the_mail_names_the_account_and_the_life_of_its_link(visitor: Visitor, customer: Customer) -> None:
    answers = visitor.has_an_account(customer)
    visitor.comes_to_log_in().forgotten().ask(answers.username)
    mail = visitor.mailbox.wait_for(answers.email, "nuova password")
    assert mail.subject == "Scegli una nuova password per l’area riservata"
    assert answers.username in mail.text
    assert "Il link vale 30 minuti" in mail.text


def test_the_new_password_obeys_the_same_rules(visitor: Visitor, customer: Customer) -> None:
    answers = visitor.has_an_account(customer)
    follows_the_reset_mail(visitor, answers).choose("bolletta-77")
    page = NewPasswordPage(visitor.page)
    expect(page.message).to_have_text("Alla password manca una lettera maiuscola.")
    expect(page.field("password-new")).to_have_attribute("aria-invalid", "true")
    page.choose(NEW_PASSWORD, again="Contatore-43z")
    page = NewPasswordPage(visitor.page)
    expect(page.error_at("password-confirm")).to_have_text("Le due password non coincidono.")
    page.choose(NEW_PASSWORD)
    ServicePage(visitor.page)


def test_the_reset_link_works_once(visitor: Visitor, new_visitor: NewVisitor, customer: Customer) -> None:
    answers = visitor.has_an_account(customer)
    follows_the_reset_mail(visitor, answers).choose(NEW_PASSWORD)
    ServicePage(visitor.page)
    device = new_visitor()
    device.page.goto(link_in(visitor.mailbox.wait_for(answers.email, "nuova password")))
    expect(device.page.locator(NewPasswordPage.sign)).to_have_count(0)
    expect(device.page.locator("main a.button")).to_be_visible()
