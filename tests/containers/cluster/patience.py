"""A customer who sends the same page again where it says “unavailable”, not for long."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from playwright.sync_api import Page, expect

from stack.customers import Customer
from tests.browser.answers import Answers, complete
from tests.browser.pages import CustomerPage, RegistrationForm, WelcomePage
from tests.browser.visitor import Visitor

#: A call may find its validator dead (2 s), others a server that is not warm yet.
UNAVAILABLE_SECONDS = 10.0


def goes_through(page: Page, answers: Answers) -> None:
    """The form is taken by a node that has not come to speed yet: sent again where it says “unavailable”."""
    deadline = time.monotonic() + UNAVAILABLE_SECONDS
    while not page.locator(WelcomePage.sign).is_visible() and time.monotonic() < deadline:
        RegistrationForm(page).send(answers)
    WelcomePage(page)


def registers(visitor: Visitor, customer: Customer) -> Answers:
    """As `Visitor.registers`, patient with the code."""
    answers = complete(customer)
    page = visitor.comes_to_log_in().register()
    sends_until_it_is_taken(page, partial(page.give, customer.code), RegistrationForm.sign)
    RegistrationForm(visitor.page).send(answers)
    WelcomePage(visitor.page)
    return answers


def sends_until_it_is_taken(page: CustomerPage, send: Callable[[], None], then: str) -> None:
    """The same page again where it says “unavailable”, not for long."""
    following, deadline = page.page.locator(then), time.monotonic() + UNAVAILABLE_SECONDS
    while time.monotonic() < deadline:
        with page.page.expect_navigation():
            send()
        if following.is_visible():
            return
    expect(following).to_be_visible()
