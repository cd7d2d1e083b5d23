"""The mails as a mail program on a phone shows them: light and dark, nothing fetched, every word readable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, Request

from stack.customers import Customer
from stack.mailbox.store import Mail
from tests.browser import words
from tests.browser.accessibility import axe
from tests.browser.camera import PHONE, Camera
from tests.browser.conftest import NewPage
from tests.browser.pages import NewPasswordPage
from tests.browser.visitor import NewVisitor, Visitor, link_in
from tests.support.newcomers import KnownAddress

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
#: A mail has no headings, landmarks and skip links of a page.
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_WIDTH = "document.documentElement.scrollWidth"
_GROUND = """() => {
    const ground = getComputedStyle(document.querySelector(".surface")).backgroundColor;
    return Math.max(...ground.match(/\\d+/g).slice(0, 3).map(Number));
}"""


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_mail_can_be_read_on_a_phone_in_light_and_dark_and_fetches_nothing(
    language: str,
    new_visitor: NewVisitor,
    new_page: NewPage,
    customer: Customer,
    known_address: KnownAddress,
    tmp_path: Path,
) -> None:
    camera = Camera("mails", tmp_path)
    for name, mail in mails(new_visitor(locale=language), customer, known_address(customer)):
        page = new_page(viewport=PHONE)
        fetched = opened(page, mail)
        assert page.locator("html").get_attribute("lang") == language
        assert words.strangers(words.texts(page, language), language) == []
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert (axe(page, _RULES), page.evaluate(_WIDTH)) == ([], PHONE["width"]), (name, scheme)
            assert (page.evaluate(_GROUND) < 128) == (scheme == "dark"), (name, scheme)
            if language == "it":
                camera.take(f"{name}-{scheme}", page)
        assert fetched == []
        said = re.sub(r"\s+", " ", mail.text)
        assert page.locator("h1").inner_text() in said
        assert (page.locator("a.button").get_attribute("href") or "no link") in mail.text


def mails(visitor: Visitor, customer: Customer, known: str) -> Iterator[tuple[str, Mail]]:
    """Every mail that a customer gets on the way from the registration to another email; the co-op knows
    the address `known` of the customer, which is not the one of the account."""
    answers = visitor.registers(customer)
    yield "confirmation", visitor.confirmation_mail(answers)
    yield "account-made", visitor.mailbox.wait_for(known)
    visitor.confirms(answers)
    sent = visitor.comes_to_log_in().forgotten().username().by_email(answers.email)
    yield "usernames", visitor.mailbox.wait_for(answers.email, count=2)
    sent.next_password().ask(answers.username)
    link = visitor.mailbox.wait_for(answers.email, count=3)
    yield "new-password", link
    visitor.page.goto(link_in(link))
    NewPasswordPage(visitor.page).choose(answers.password)
    yield "password-changed", visitor.mailbox.wait_for(answers.email, count=4)
    new = f"nuova.{answers.email}"
    visitor.opens_the_account(answers).change_email().change(new)
    confirm = visitor.mailbox.wait_for(new)
    yield "new-email", confirm
    visitor.page.goto(link_in(confirm))
    yield "email-changed", visitor.mailbox.wait_for(answers.email, count=5)


def opened(page: Page, mail: Mail) -> list[str]:
    """Show the mail's html; the addresses that it fetches, now and later, come into the list."""
    fetched: list[str] = []

    def note(request: Request) -> None:
        fetched.append(request.url)

    page.set_content(mail.html)
    page.on("request", note)
    page.set_content(mail.html)
    return fetched
