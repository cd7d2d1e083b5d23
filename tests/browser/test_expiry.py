"""Point 6 of the customers' guide: 24 hours to confirm; after that a login sends a new mail."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.answers import Answers
from tests.browser.pages import LoginPage, MessagePage, ServicePage, WelcomePage
from tests.browser.site import Admin, claims, wait_until_expired
from tests.browser.visitor import NewVisitor, Visitor, link_in
from tests.support.clock import ServerClock

DAY_SECONDS = 86_400
MINUTE_SECONDS = 60
EXPIRED = (
    "Il link è scaduto. Quello per confermare l’email vale 24 ore: accedi con lo username e la password "
    "che hai scelto e te ne mandiamo subito un altro. Se invece volevi cambiare la password, chiedi un "
    "nuovo link da “Credenziali dimenticate?”."
)


def registers_and_lets_the_link_expire(visitor: Visitor, customer: Customer, admin: Admin) -> Answers:
    """An account whose confirmation link is no longer good; the realm's own setting is back."""
    with admin.confirmation_links_live(seconds=1):
        answers = visitor.registers(customer)
        expired = link_in(visitor.confirmation_mail(answers))
    wait_until_expired(expired)
    return answers


def test_the_link_lives_24_hours(visitor: Visitor, customer: Customer) -> None:
    link = claims(link_in(visitor.confirmation_mail(visitor.registers(customer))))
    assert link["exp"] - link["iat"] == DAY_SECONDS


def test_a_link_is_good_at_23_hours_59(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer, admin: Admin, server_clock: ServerClock
) -> None:
    answers = visitor.registers(customer)
    with server_clock.moved(until_expiry(visitor, answers) - MINUTE_SECONDS):
        phone = new_visitor()
        phone.confirms(answers).go_on()
        expect(MessagePage(phone.page).heading).to_have_text("Email confermata")
    user = admin.user(answers.username)
    assert user is not None
    assert user["emailVerified"]


def test_a_link_is_refused_at_24_hours_01_and_the_login_sends_another(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer, admin: Admin, server_clock: ServerClock
) -> None:
    answers = visitor.registers(customer)
    with server_clock.moved(until_expiry(visitor, answers) + MINUTE_SECONDS):
        phone = new_visitor()
        late = phone.confirms(answers)
        expect(late.words).to_have_text(EXPIRED)
        late.go_on()
        LoginPage(phone.page).log_in(answers.username, answers.password)
        WelcomePage(phone.page)
        renewed = phone.confirmation_mail(answers, count=2)
        assert claims(link_in(renewed))["exp"] > time.time() + 2 * DAY_SECONDS
    user = admin.user(answers.username)
    assert user is not None
    assert not user["emailVerified"]


def until_expiry(visitor: Visitor, answers: Answers) -> int:
    """Seconds until the customer’s link is good no more."""
    return int(claims(link_in(visitor.confirmation_mail(answers)))["exp"] - time.time())


def test_the_realm_is_left_as_it_was_found(admin: Admin) -> None:
    before = admin.realm()
    with admin.confirmation_links_live(seconds=1):
        assert admin.realm() != before
    assert admin.realm() == before


def test_an_expired_link_says_what_to_do_in_the_browser_of_the_registration(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = registers_and_lets_the_link_expire(visitor, customer, admin)
    visitor.page.goto(link_in(visitor.confirmation_mail(answers)))
    login = LoginPage(visitor.page)
    expect(login.message).to_have_text(EXPIRED)
    # The way that the words point to is on the same page.
    login.log_in(answers.username, answers.password)
    WelcomePage(visitor.page)
    assert len(visitor.mailbox.messages(answers.email)) == 2


def test_an_expired_link_says_what_to_do_on_another_device(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer, admin: Admin
) -> None:
    answers = registers_and_lets_the_link_expire(visitor, customer, admin)
    device = new_visitor()
    page = device.confirms(answers)
    expect(page.words).to_have_text(EXPIRED)
    # No dead end: the button leads to a login, and that login sends the new mail.
    page.go_on()
    LoginPage(device.page).log_in(answers.username, answers.password)
    WelcomePage(device.page)
    assert len(device.mailbox.messages(answers.email)) == 2


def test_after_the_expiry_the_login_with_the_chosen_credentials_sends_a_new_mail_that_works(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = registers_and_lets_the_link_expire(visitor, customer, admin)
    expired = visitor.confirmation_mail(answers)
    visitor.comes_to_log_in().log_in(answers.username, answers.password)
    WelcomePage(visitor.page)
    renewed = visitor.confirmation_mail(answers, count=2)
    assert renewed.id != expired.id
    assert claims(link_in(renewed))["exp"] - claims(link_in(renewed))["iat"] == DAY_SECONDS
    visitor.page.goto(link_in(renewed))
    expect(MessagePage(visitor.page).heading).to_have_text("Email confermata")
    MessagePage(visitor.page).go_on()
    LoginPage(visitor.page).log_in(answers.username, answers.password)
    ServicePage(visitor.page)
