"""A walk past every page of ours, the rare ones included, for what must hold on each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import Page

from stack.customers import Customer
from tests.browser.account_pages import AccountConsole, DeletionPage, NewEmailPage
from tests.browser.answers import Answers, complete
from tests.browser.pages import (
    CodePage,
    ConsentsPage,
    CustomerPage,
    ForgottenPage,
    ForgottenPasswordPage,
    ForgottenUsernamePage,
    LoginPage,
    MessagePage,
    NewPasswordPage,
    PageExpired,
    RegistrationForm,
    WelcomePage,
    WelcomeWithoutEmailPage,
)
from tests.browser.site import Admin, wait_until_expired
from tests.browser.visitor import NewCustomer, NewVisitor, Visitor, link_in

#: Every stop of the walk, in its order.
PAGES = (
    "login",
    "code",
    "code missing",
    "code refused",
    "form",
    "form with errors",
    "page expired",
    "notice",
    "welcome",
    "mail just sent",
    "another device",
    "confirmed",
    "confirmed before",
    "stale tab",
    "login refused",
    "forgotten credentials",
    "forgotten username",
    "email of the username missing",
    "code of the username missing",
    "username sent",
    "forgotten password",
    "username of the password missing",
    "password link sent",
    "new password",
    "new password refused",
    "password changed",
    "password link used",
    "consents",
    "consents saved",
    "consents asked again",
    "consents refused",
    "portals",
    "new email",
    "new email refused",
    "new email sent",
    "new email waiting",
    "new email too soon",
    "new email confirmed",
    "password again",
    "delete account",
    "account deleted",
    "welcome without email",
    "logout",
    "logged out",
    "link expired",
    "link expired on another device",
    "mail still good",
    "link cut",
    "account gone",
)
_SEND_TO = "action => { document.forms[0].action = action; document.forms[0].submit(); }"
Look = Callable[[str, Page], None]


def walk(new_visitor: NewVisitor, new_customer: NewCustomer, admin: Admin, look: Look) -> None:
    """Call `look` with the name and the browser page of each stop."""
    visitor, customer = new_visitor(), new_customer()
    answers = _register(visitor, customer, look)
    _confirm(visitor, new_visitor(), answers, look)
    _reset(visitor, answers, look)
    _consent(new_visitor(), answers, admin, look)
    _look_after_the_account(new_visitor(), answers, look)
    _leave(new_visitor(), new_customer(), look)
    _expire(new_visitor(), new_visitor(), new_customer(), admin, look)
    _come_back(new_visitor(), new_visitor(), new_customer(), admin, look)


def _register(visitor: Visitor, customer: Customer, look: Look) -> Answers:
    page, answers = visitor.page, complete(customer)
    look("login", visitor.comes_to_log_in().page)
    code = LoginPage(page).register()
    look("code", page)
    code.give("")
    look("code missing", CodePage(page).page)
    CodePage(page).give("9999999999")
    look("code refused", CodePage(page).page)
    used_up = page.locator(CodePage.sign).get_attribute("action")
    form = CodePage(page).give_own(customer.code)
    look("form", page)
    # All errors that a page can show at once: what is missing, and what is wrong.
    form.send(Answers(email="anna@", email_again="bruno@", mobile="tre", password="x", authorized=False))
    look("form with errors", RegistrationForm(page).page)
    page.evaluate(_SEND_TO, used_up)
    look("page expired", PageExpired(page).page)
    PageExpired(page).go_on()
    with page.context.expect_page() as opened:
        page.locator("a[href$='#marketing']").click()
    look("notice", opened.value)
    opened.value.close()
    RegistrationForm(page).send(answers)
    look("welcome", WelcomePage(page).page)
    WelcomePage(page).send_again()
    look("mail just sent", WelcomePage(page).page)
    return answers


def _confirm(visitor: Visitor, device: Visitor, answers: Answers, look: Look) -> None:
    look("another device", device.confirms(answers).page)
    mailed = visitor.page.context.new_page()
    mailed.goto(link_in(visitor.confirmation_mail(answers)))
    look("confirmed", MessagePage(mailed).page)
    mailed.goto(link_in(visitor.confirmation_mail(answers)))
    look("confirmed before", MessagePage(mailed).page)
    mailed.close()
    visitor.page.click("main a.button")
    look("stale tab", MessagePage(visitor.page).page)


def _reset(visitor: Visitor, answers: Answers, look: Look) -> None:
    page = visitor.page
    visitor.comes_to_log_in().log_in(answers.username, "Sbagliata-1")
    look("login refused", LoginPage(page).page)
    LoginPage(page).forgotten()
    look("forgotten credentials", page)
    username = ForgottenPage(page).username()
    look("forgotten username", page)
    username.send_email("")
    look("email of the username missing", ForgottenUsernamePage(page).page)
    username.send_code("", "")
    look("code of the username missing", ForgottenUsernamePage(page).page)
    sent = username.by_email(f"nobody.{answers.email}")
    look("username sent", page)
    password = sent.next_password()
    look("forgotten password", page)
    password.send("")
    look("username of the password missing", ForgottenPasswordPage(page).page)
    password.ask(answers.username)
    look("password link sent", page)
    _choose_a_new_password(visitor, answers, look)


def _choose_a_new_password(visitor: Visitor, answers: Answers, look: Look) -> None:
    page = visitor.page
    link = link_in(visitor.confirmation_mail(answers, count=2))
    page.goto(link)
    look("new password", NewPasswordPage(page).page)
    NewPasswordPage(page).choose("corta", again="diversa")
    look("new password refused", NewPasswordPage(page).page)
    NewPasswordPage(page).choose(answers.password)
    look("password changed", MessagePage(page).page)
    page.goto(link)
    look("password link used", MessagePage(page).page)


def _consent(visitor: Visitor, answers: Answers, admin: Admin, look: Look) -> None:
    page = visitor.page
    visitor.logs_in(answers)
    page.goto(visitor.site.consents)
    look("consents", ConsentsPage(page).page)
    ConsentsPage(page).choose(marketing="yes")
    look("consents saved", ConsentsPage(page).page)
    with admin.privacy_text("2099-01", "# Informativa\n\n## Trattamento | processing\n\nUn testo nuovo.\n"):
        page.goto(visitor.site.consents)
        look("consents asked again", ConsentsPage(page).page)
        ConsentsPage(page).save()
        look("consents refused", ConsentsPage(page).page)


def _look_after_the_account(visitor: Visitor, answers: Answers, look: Look) -> None:
    page = visitor.page
    page.goto(visitor.site.portals)
    look("portals", CustomerPage(page).page)
    visitor.opens_the_account(answers).change_email()
    look("new email", page)
    NewEmailPage(page).change("anna@")
    look("new email refused", NewEmailPage(page).page)
    new = f"nuova.{answers.email}"
    NewEmailPage(page).change(new)
    look("new email sent", MessagePage(page).page)
    page.goto(visitor.site.account)
    AccountConsole(page).change_email()
    look("new email waiting", page)
    NewEmailPage(page).change(new)
    look("new email too soon", NewEmailPage(page).page)
    page.goto(link_in(visitor.mailbox.wait_for(new)))
    look("new email confirmed", MessagePage(page).page)
    _delete_the_account(visitor, answers, look)


def _delete_the_account(visitor: Visitor, answers: Answers, look: Look) -> None:
    page = visitor.page
    page.goto(visitor.site.account)
    AccountConsole(page).delete()
    look("password again", LoginPage(page).page)
    LoginPage(page).give_password(answers.password)
    look("delete account", DeletionPage(page).page)
    look("account deleted", DeletionPage(page).confirm().page)


def _leave(visitor: Visitor, customer: Customer, look: Look) -> None:
    page = visitor.page
    visitor.opens_the_form(customer).send(replace(complete(customer), email=""))
    look("welcome without email", WelcomeWithoutEmailPage(page).page)
    WelcomeWithoutEmailPage(page).go_on()
    page.goto(f"{visitor.site.url}/protocol/openid-connect/logout?client_id=bollette")
    page.locator("#kc-logout").wait_for()
    look("logout", page)
    page.click("#kc-logout")
    look("logged out", MessagePage(page).page)


def _expire(visitor: Visitor, device: Visitor, customer: Customer, admin: Admin, look: Look) -> None:
    with admin.confirmation_links_live(seconds=1):
        link = link_in(visitor.confirmation_mail(visitor.registers(customer)))
    wait_until_expired(link)
    visitor.page.goto(link)
    look("link expired", LoginPage(visitor.page).page)
    device.page.goto(link)
    look("link expired on another device", MessagePage(device.page).page)


def _come_back(visitor: Visitor, device: Visitor, customer: Customer, admin: Admin, look: Look) -> None:
    answers = visitor.registers(customer)
    link = link_in(visitor.confirmation_mail(answers))
    device.comes_to_log_in().log_in(answers.username, answers.password)
    look("mail still good", WelcomePage(device.page).page)
    device.page.goto(link[:76])
    look("link cut", MessagePage(device.page).page)
    admin.delete(answers.username)
    device.page.goto(link)
    look("account gone", MessagePage(device.page).page)
