"""“Credenziali dimenticate?”: a lost password."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.answers import Answers
from tests.browser.pages import (
    ForgottenPasswordPage,
    LoginPage,
    MessagePage,
    NewPasswordPage,
    ServicePage,
    WelcomePage,
)
from tests.browser.site import Admin, claims, wait_until_expired
from tests.browser.visitor import NewCustomer, NewVisitor, Visitor, link_in

NEW_PASSWORD = "Contatore-42z"
REFUSED = "Username o password non corretti. Controlla maiuscole e minuscole e riprova."
CHANGED = (
    "La tua nuova password è salvata e l’accesso è chiuso su tutti i dispositivi. "
    "Ora puoi fare LOGIN con le tue credenziali."
)
USED = (
    "Questo link è già stato usato, oppure nel frattempo la password è cambiata. Fai LOGIN con la nuova "
    "password o, se non la ricordi, chiedi un altro link da “Credenziali dimenticate?”."
)


def asks_for_a_link(visitor: Visitor, answers: Answers, count: int = 1) -> str:
    """From the login page to the link in the newest mail."""
    visitor.comes_to_log_in().forgotten().password().ask(answers.username)
    return link_in(visitor.mailbox.wait_for(answers.email, "nuova password", count=count))


def chooses_a_new_password(visitor: Visitor, link: str) -> MessagePage:
    """From the link to the page that ends the procedure."""
    visitor.page.goto(link)
    NewPasswordPage(visitor.page).choose(NEW_PASSWORD)
    return MessagePage(visitor.page)


def test_a_wrong_password_is_refused_with_words_that_do_not_say_which_was_wrong(
    visitor: Visitor, customer: Customer
) -> None:
    answers = visitor.has_an_account(customer)
    for username, password in ((answers.username, NEW_PASSWORD), ("nessuno", answers.password)):
        visitor.comes_to_log_in().log_in(username, password)
        expect(LoginPage(visitor.page).message).to_have_text(REFUSED)


def test_the_mail_leads_to_a_new_password_and_that_to_the_login(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer
) -> None:
    answers = visitor.has_an_account(customer)
    changed = chooses_a_new_password(visitor, asks_for_a_link(visitor, answers))
    expect(changed.heading).to_have_text("Password cambiata")
    expect(changed.words).to_have_text(CHANGED)
    expect(visitor.page.get_by_role("link", name="Vai al LOGIN")).to_be_visible()
    device = new_visitor()
    device.comes_to_log_in().log_in(answers.username, answers.password)
    expect(LoginPage(device.page).message).to_have_text(REFUSED)
    LoginPage(device.page).log_in(answers.username, NEW_PASSWORD)
    ServicePage(device.page)


def test_the_mail_names_the_account_and_the_life_of_its_link(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.has_an_account(customer)
    link = asks_for_a_link(visitor, answers)
    mail = visitor.mailbox.wait_for(answers.email, "nuova password")
    assert mail.subject == "Scegli una nuova password per l’area riservata"
    assert answers.username in mail.text
    assert "Il link vale un’ora" in mail.text
    assert claims(link)["exp"] - claims(link)["iat"] == 3600
    event = admin.wait_for_event(answers.username, "SEND_RESET_PASSWORD")
    assert set(event["details"]) == {"lost_credential", "auth_method", "request_id"}


def test_the_new_password_obeys_the_same_rules(visitor: Visitor, customer: Customer) -> None:
    answers = visitor.has_an_account(customer)
    visitor.page.goto(asks_for_a_link(visitor, answers))
    NewPasswordPage(visitor.page).choose("bolletta-77")
    page = NewPasswordPage(visitor.page)
    expect(page.message).to_have_text("Alla password manca una lettera maiuscola.")
    expect(page.field("password-new")).to_have_attribute("aria-invalid", "true")
    page.choose(NEW_PASSWORD, again="Contatore-43z")
    page = NewPasswordPage(visitor.page)
    expect(page.error_at("password-confirm")).to_have_text("Le due password non coincidono.")
    page.choose(NEW_PASSWORD)
    MessagePage(visitor.page)


def test_a_mail_tells_that_the_password_was_changed_and_what_to_do_about_it(
    visitor: Visitor, customer: Customer
) -> None:
    answers = visitor.has_an_account(customer)
    chooses_a_new_password(visitor, asks_for_a_link(visitor, answers))
    mail = visitor.mailbox.wait_for(answers.email, "è cambiata")
    assert answers.username in mail.text
    assert "Non l’hai fatto tu?" in mail.text
    assert "chiama il servizio clienti" in mail.text
    assert NEW_PASSWORD not in mail.text


def test_the_link_works_once_and_then_says_what_to_do(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer
) -> None:
    answers = visitor.has_an_account(customer)
    link = asks_for_a_link(visitor, answers)
    chooses_a_new_password(visitor, link)
    for browser in (visitor, new_visitor()):
        browser.page.goto(link)
        expect(MessagePage(browser.page).words).to_have_text(USED)
        expect(browser.page.get_by_role("link", name="Vai al LOGIN")).to_be_visible()


def test_a_link_asked_for_before_is_good_until_the_password_has_changed(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.has_an_account(customer)
    with admin.recovery_limits(secondsBetweenMails=1):
        first = asks_for_a_link(visitor, answers)
        # A stranger who asks too does not spoil the customer's own link.
        second = asks_for_a_link(new_visitor(), answers, count=2)
    chooses_a_new_password(visitor, first)
    visitor.page.goto(second)
    expect(MessagePage(visitor.page).words).to_have_text(USED)


def test_an_expired_link_says_to_ask_for_another(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.has_an_account(customer)
    with admin.reset_links_live(seconds=1):
        link = asks_for_a_link(visitor, answers)
    wait_until_expired(link)
    for browser in (visitor, new_visitor()):
        browser.page.goto(link)
        expect(browser.page.locator("main")).to_contain_text("Il link è scaduto.")
        expect(browser.page.locator("main")).to_contain_text("chiedi un nuovo link")


def test_a_link_that_was_only_looked_at_is_still_good(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer
) -> None:
    answers = visitor.has_an_account(customer)
    link = asks_for_a_link(visitor, answers)
    # A mail program that follows links, then the customer, on another device than the one that asked.
    new_visitor().page.goto(link)
    chooses_a_new_password(new_visitor(), link)


def test_all_sessions_end_with_the_old_password(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer
) -> None:
    answers = visitor.has_an_account(customer)
    visitor.logs_in(answers)
    device = new_visitor()
    device.logs_in(answers)
    # Who is logged in can ask too.
    visitor.page.goto(f"{visitor.site.url}/login-actions/reset-credentials?client_id=bollette")
    visitor.page.click("button[value=PASSWORD]")
    ForgottenPasswordPage(visitor.page).ask(answers.username)
    chooses_a_new_password(visitor, link_in(visitor.mailbox.wait_for(answers.email, "nuova password")))
    for browser in (visitor, device):
        browser.comes_to_log_in()


def test_somebody_elses_session_in_this_browser_is_named_and_kept(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer, new_customer: NewCustomer
) -> None:
    answers = visitor.has_an_account(customer)
    link = asks_for_a_link(visitor, answers)
    partner = new_visitor()
    theirs = partner.has_an_account(new_customer())
    partner.logs_in(theirs)
    partner.page.goto(link)
    expect(MessagePage(partner.page).words).to_contain_text(f"è aperto l’account {theirs.username}")


def test_who_had_not_confirmed_the_address_is_confirmed_by_the_link(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.registers(customer, marketing="yes")
    link = asks_for_a_link(visitor, answers)
    user = admin.user(answers.username)
    assert user and not user["emailVerified"]
    visitor.page.goto(link)
    user = admin.user(answers.username)
    assert user and not user["emailVerified"], "a link that was only looked at proves nothing"
    NewPasswordPage(visitor.page).choose(NEW_PASSWORD)
    MessagePage(visitor.page)
    user = admin.user(answers.username)
    assert user and user["emailVerified"]
    assert admin.attributes(answers.username)["consent.marketing"] == ["granted"]
    assert admin.consent_history(answers.username)[-1]["proof"] == "email-confirmed"
    visitor.comes_to_log_in().log_in(answers.username, NEW_PASSWORD)
    ServicePage(visitor.page)
    visitor.mailbox.wait_for(answers.email, "è cambiata")
    # Of the registration, the link and the change: no second confirmation mail.
    assert len(visitor.mailbox.messages(answers.email)) == 3


def test_a_link_proves_no_address_that_came_after_it(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.registers(customer)
    visitor.page.goto(asks_for_a_link(visitor, answers))
    admin.change(answers.username, email=f"altro.{answers.email}")
    NewPasswordPage(visitor.page).choose(NEW_PASSWORD)
    WelcomePage(visitor.page)  # the new address is asked to confirm itself
    user = admin.user(answers.username)
    assert user and not user["emailVerified"]


def test_who_guessed_too_often_gets_in_with_a_new_password(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.has_an_account(customer)
    login = visitor.comes_to_log_in()
    for _ in range(admin.realm()["failureFactor"]):
        login.log_in(answers.username, "Sbagliata-1")
        expect(login.message).to_have_text(REFUSED)
    login.log_in(answers.username, answers.password)
    expect(login.message).to_have_text(REFUSED)
    chooses_a_new_password(visitor, asks_for_a_link(visitor, answers))
    visitor.comes_to_log_in().log_in(answers.username, NEW_PASSWORD)
    ServicePage(visitor.page)


def test_the_language_may_be_switched_half_way(visitor: Visitor, customer: Customer) -> None:
    answers = visitor.has_an_account(customer)
    page = visitor.comes_to_log_in().forgotten().password()
    page.switch_language()
    page = ForgottenPasswordPage(visitor.page)
    expect(page.heading).to_have_text("Forgotten password")
    sent = page.ask(answers.username)
    mail = visitor.mailbox.wait_for(answers.email, "Choose a new password")
    assert "The link is good for one hour" in mail.text
    sent.switch_language()
    expect(sent.heading).to_have_text("Password: controlla la tua email")
    visitor.page.reload()
    expect(sent.heading).to_have_text("Password: controlla la tua email")
    assert len(visitor.mailbox.messages(answers.email)) == 2, "a page shown again asks for nothing"


@pytest.mark.parametrize("way", ["back", "second tab"])
def test_the_procedure_can_be_begun_again(visitor: Visitor, customer: Customer, way: str) -> None:
    answers = visitor.has_an_account(customer)
    visitor.comes_to_log_in().forgotten().password()
    if way == "back":
        visitor.page.get_by_role("link", name="Torna al LOGIN").click()
        LoginPage(visitor.page).forgotten().password().ask(answers.username)
    else:
        tab = Visitor(visitor.page.context.new_page(), visitor.site, visitor.mailbox)
        tab.comes_to_log_in().forgotten().username()
        ForgottenPasswordPage(visitor.page).ask(answers.username)
    visitor.mailbox.wait_for(answers.email, "nuova password")
