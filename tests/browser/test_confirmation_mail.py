"""How many confirmation mails a customer gets: one at registration, one at a login when none is good any
more, and those asked for, within bounds.
"""

from __future__ import annotations

import re

from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.pages import MessagePage, WelcomePage
from tests.browser.site import Admin
from tests.browser.visitor import NewVisitor, Visitor, link_in
from tests.support.clock import ServerClock

STILL_GOOD = re.compile(
    r"La mail che ti abbiamo mandato alle \d\d:\d\d del \d{1,2} [a-z]+ è ancora valida, "
    r"fino alle \d\d:\d\d del \d{1,2} [a-z]+: apri il link che contiene\."
)
HALF_A_DAY = 43_200
MOST_ASKED_FOR = 5


def test_a_login_while_the_link_is_good_sends_nothing_and_says_which_mail_to_open(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer
) -> None:
    answers = visitor.registers(customer)
    for _ in range(3):
        other = new_visitor()
        other.comes_to_log_in().log_in(answers.username, answers.password)
        expect(WelcomePage(other.page).sent_before).to_have_text(STILL_GOOD)
        other.page.reload()
        expect(WelcomePage(other.page).sent_before).to_have_text(STILL_GOOD)
    assert len(visitor.mailbox.messages(answers.email)) == 1
    visitor.confirms(answers)


def test_who_has_just_registered_is_not_told_of_an_earlier_mail(visitor: Visitor, customer: Customer) -> None:
    visitor.registers(customer)
    expect(WelcomePage(visitor.page).sent_before).to_have_count(0)
    visitor.page.reload()
    expect(WelcomePage(visitor.page).sent_before).to_have_count(0)


def test_another_mail_may_be_asked_for_at_a_later_login_and_both_links_are_good(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer, server_clock: ServerClock
) -> None:
    answers = visitor.registers(customer)
    first = link_in(visitor.confirmation_mail(answers))
    with server_clock.moved(HALF_A_DAY):
        other = new_visitor()
        other.comes_to_log_in().log_in(answers.username, answers.password)
        expect(WelcomePage(other.page).sent_before).to_have_text(STILL_GOOD)
        WelcomePage(other.page).send_again()
        WelcomePage(other.page)
        second = link_in(visitor.confirmation_mail(answers, count=2))
        assert second != first
    visitor.page.goto(first)
    expect(MessagePage(visitor.page).heading).to_have_text("Email confermata")


def test_mails_that_are_asked_for_are_bounded_also_across_logins(
    new_visitor: NewVisitor, customer: Customer, server_clock: ServerClock
) -> None:
    visitor = new_visitor()
    answers = visitor.registers(customer)
    for asked in range(1, MOST_ASKED_FOR + 2):
        # Between two of them a minute must pass.
        with server_clock.moved(asked * 60):
            other = new_visitor()
            other.comes_to_log_in().log_in(answers.username, answers.password)
            WelcomePage(other.page).send_again()
            welcome = WelcomePage(other.page)
        if asked <= MOST_ASKED_FOR:
            expect(welcome.message).to_have_count(0)
    expect(welcome.message).to_contain_text("Per oggi ti abbiamo mandato abbastanza mail.")
    expect(welcome.sent_before).to_have_text(STILL_GOOD)
    assert len(visitor.mailbox.messages(answers.email)) == 1 + MOST_ASKED_FOR
    visitor.confirms(answers)


def test_the_help_desk_sees_when_the_last_mail_left_until_the_address_is_confirmed(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.registers(customer)
    [last] = admin.attributes(answers.username)["confirmationMail"]
    assert re.fullmatch(rf"\S+Z / \S+Z / {re.escape(answers.email)}", last)
    visitor.confirms(answers)
    assert "confirmationMail" not in admin.attributes(answers.username)
