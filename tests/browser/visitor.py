"""A person at a browser who walks through the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from playwright.sync_api import Error, Page

from stack.customers import Customer
from stack.mailbox.part import Mailbox
from stack.mailbox.store import Mail
from tests.browser.account_pages import AccountConsole
from tests.browser.answers import Answers, complete
from tests.browser.complaints import NETWORK_CHANGED
from tests.browser.pages import (
    LoginPage,
    MessagePage,
    RegistrationForm,
    ServicePage,
    WelcomePage,
)
from tests.browser.site import Site

_LINK = re.compile(r"https?://\S+/login-actions/action-token\S+")


class Visitor:
    """One browser profile: one device of one person. The methods are the steps of the customers' guide."""

    def __init__(self, page: Page, site: Site, mailbox: Mailbox) -> None:
        self.page = page
        self.site = site
        self.mailbox = mailbox

    def comes_to_log_in(self) -> LoginPage:
        """From the service, to the login page."""
        try:
            self.page.goto(self.site.service_login)
        except Error as error:
            if NETWORK_CHANGED not in error.message:
                raise
            self.page.goto(self.site.service_login)  # as Chromium's own page of this error does
        return LoginPage(self.page)

    def opens_the_form(self, customer: Customer) -> RegistrationForm:
        """Through the page of the customer code."""
        return self.comes_to_log_in().register().give_own(customer.code)

    def registers(self, customer: Customer, **changes: Any) -> Answers:
        """Until the page after the form; `changes` are fields of Answers."""
        answers = replace(complete(customer), **changes)
        self.opens_the_form(customer).send(answers)
        if answers.email:
            WelcomePage(self.page)
        return answers

    def confirms(self, answers: Answers) -> MessagePage:
        """Follow the link of the newest confirmation mail, in this browser."""
        self.page.goto(link_in(self.confirmation_mail(answers)))
        return MessagePage(self.page)

    def confirmation_mail(self, answers: Answers, count: int = 1) -> Mail:
        """The newest mail to the account's address, once there are `count`."""
        return self.mailbox.wait_for(answers.email, count=count)

    def logs_in(self, answers: Answers) -> ServicePage:
        """From the service and back into it."""
        self.comes_to_log_in().log_in(answers.username, answers.password)
        return ServicePage(self.page)

    def opens_the_account(self, answers: Answers) -> AccountConsole:
        """The account console, logging in on the way."""
        self.page.goto(self.site.account)
        LoginPage(self.page).log_in(answers.username, answers.password)
        return AccountConsole(self.page)

    def has_an_account(self, customer: Customer, **changes: Any) -> Answers:
        """Registered and confirmed, not logged in."""
        answers = self.registers(customer, **changes)
        self.confirms(answers)
        return answers


#: Takes the options of Playwright’s `new_context`; another person or device at each call.
NewVisitor = Callable[..., Visitor]
NewCustomer = Callable[[], Customer]


def link_in(mail: Mail) -> str:
    """The link that a mail asks to follow: the same in text and html."""
    found = _LINK.search(mail.text)
    assert found, f"no link in the mail {mail.subject!r}: {mail.text}"
    return found.group(0)
