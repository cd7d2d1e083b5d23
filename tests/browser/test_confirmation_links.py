"""Confirmation links that are not simply followed once: each ends in words that help, and confirms once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
import requests
from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.answers import Answers
from tests.browser.pages import LoginPage, MessagePage, ServicePage, WelcomePage
from tests.browser.site import Admin
from tests.browser.visitor import NewVisitor, Visitor, link_in

STALE = (
    "Questo link non vale più: forse hai già confermato l’email, oppure te ne abbiamo mandato uno più "
    "recente. Prova a fare LOGIN con le tue credenziali: se serve, ti mandiamo un altro link."
)
INCOMPLETE = (
    "Il link non è arrivato intero o non vale più: apri la mail e tocca il pulsante, oppure copia il link "
    "dall’inizio alla fine. Se non funziona, fai LOGIN con le tue credenziali: se serve, ti mandiamo un "
    "altro link."
)
NO_ACCOUNT = (
    "L’account di questo link non c’è più, per esempio perché l’email non è stata confermata in tempo. "
    "Puoi registrarti di nuovo: fai LOGIN e scegli Registrati."
)
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
CLICKS = 8


def mailed_link(visitor: Visitor, customer: Customer) -> tuple[Answers, str]:
    """A customer who has registered, and the link that came."""
    answers = visitor.registers(customer)
    return answers, link_in(visitor.confirmation_mail(answers))


def verified(admin: Admin, answers: Answers) -> bool:
    """Whether the address counts as confirmed."""
    user = admin.user(answers.username)
    assert user is not None
    return bool(user["emailVerified"])


def cut(link: str) -> str:
    """As of a mail program that breaks long lines and makes a link of the first."""
    return link[:76]


def without_its_end(link: str) -> str:
    """As of a link copied without its last characters: the signature is not whole."""
    key, rest = link.split("&", 1)
    return f"{key[:-9]}&{rest}"


def with_a_line_break(link: str) -> str:
    """As of a link copied across two lines: a space stands in the middle."""
    return f"{link[:200]}%20%0A{link[200:]}"


@pytest.mark.parametrize("mangled", [cut, without_its_end, with_a_line_break])
def test_a_mangled_link_says_to_copy_it_whole(
    visitor: Visitor,
    new_visitor: NewVisitor,
    customer: Customer,
    admin: Admin,
    mangled: Callable[[str], str],
) -> None:
    answers, link = mailed_link(visitor, customer)
    phone = new_visitor(**PHONE)
    phone.page.goto(mangled(link))
    page = MessagePage(phone.page)
    expect(page.words).to_have_text(INCOMPLETE)
    page.go_on()
    LoginPage(phone.page)
    assert not verified(admin, answers)
    visitor.page.goto(link)
    expect(MessagePage(visitor.page).heading).to_have_text("Email confermata")


def test_the_link_of_a_deleted_account_says_that_one_may_register_again(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer, admin: Admin
) -> None:
    answers, link = mailed_link(visitor, customer)
    admin.delete(answers.username)
    phone = new_visitor(**PHONE)
    phone.page.goto(link)
    page = MessagePage(phone.page)
    expect(page.words).to_have_text(NO_ACCOUNT)
    page.go_on()
    LoginPage(phone.page)


def test_a_link_sent_before_the_email_was_changed_confirms_nothing_and_the_login_mails_the_new_address(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer, admin: Admin
) -> None:
    answers, link = mailed_link(visitor, customer)
    corrected = f"corretta.{answers.email}"
    admin.change(answers.username, email=corrected)
    phone = new_visitor(**PHONE)
    phone.page.goto(link)
    page = MessagePage(phone.page)
    expect(page.words).to_have_text(STALE)
    page.go_on()
    LoginPage(phone.page).log_in(answers.username, answers.password)
    expect(WelcomePage(phone.page).body).to_contain_text(corrected)
    assert not verified(admin, answers)
    phone.page.goto(link_in(visitor.mailbox.wait_for(corrected)))
    expect(MessagePage(phone.page).heading).to_have_text("Email confermata")
    assert verified(admin, answers)


def test_a_used_link_does_not_confirm_again_what_an_administrator_has_taken_back(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer, admin: Admin
) -> None:
    answers, link = mailed_link(visitor, customer)
    phone = new_visitor(**PHONE)
    phone.page.goto(link)
    MessagePage(phone.page).go_on()
    expect(MessagePage(phone.page).heading).to_have_text("Email confermata")
    admin.change(answers.username, emailVerified=False)
    phone.page.goto(link)
    expect(MessagePage(phone.page).words).to_have_text(STALE)
    assert not verified(admin, answers)


def test_programs_that_open_the_links_of_a_mail_first_do_no_harm(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer, admin: Admin
) -> None:
    """Scanners fetch a link, and some the links of the page that they get, with its cookies."""
    answers, link = mailed_link(visitor, customer)
    scanner = requests.Session()
    scanner.trust_env = False
    assert scanner.head(link, timeout=20).status_code == 200
    page = scanner.get(link, timeout=20)
    assert page.status_code == 200
    for address in addresses_in(page.text):
        scanner.get(address, timeout=20)
    assert not verified(admin, answers)
    visitor.page.goto(link)
    expect(MessagePage(visitor.page).heading).to_have_text("Email confermata")


def addresses_in(page: str) -> list[str]:
    """What a program finds that looks for links."""
    found = [unescape(part.split('"', 1)[0]) for part in page.split(' href="')[1:]]
    return [address for address in found if address.startswith("http")]


def test_simultaneous_clicks_confirm_once(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.registers(customer, marketing="yes")
    link = link_in(visitor.confirmation_mail(answers))
    cookies = {cookie["name"]: cookie["value"] for cookie in visitor.page.context.cookies()}

    def click(_: int) -> str:
        return requests.get(link, cookies=cookies, timeout=30).text

    with ThreadPoolExecutor(CLICKS) as fingers:
        pages = list(fingers.map(click, range(CLICKS)))
    headings = {page.split('<h1 id="kc-page-title">', 1)[1].split("</h1>", 1)[0] for page in pages}
    assert headings <= {"Email confermata", "Email già confermata"}
    assert verified(admin, answers)
    granted = [
        entry
        for entry in admin.consent_history(answers.username)
        if entry["choice"] == "granted" and "proof" in entry
    ]
    assert [entry["purpose"] for entry in granted] == ["marketing"]
    assert len(admin.events("VERIFY_EMAIL", answers.username)) == 1


def test_the_tab_left_open_says_so_when_the_link_was_followed_on_another_device(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer
) -> None:
    answers, link = mailed_link(visitor, customer)
    phone = new_visitor(**PHONE)
    phone.page.goto(link)
    MessagePage(phone.page).go_on()
    expect(MessagePage(phone.page).heading).to_have_text("Email confermata")
    WelcomePage(visitor.page).send_again()
    login = LoginPage(visitor.page)
    expect(login.message).to_contain_text("oppure sei già andato avanti su un altro dispositivo")
    login.log_in(answers.username, answers.password)
    ServicePage(visitor.page)
