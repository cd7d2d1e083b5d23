"""The pictures of the README, taken along one journey. WRITE_PICTURES=1 puts them into docs/pictures/."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.account_pages import AccountConsole
from tests.browser.answers import complete
from tests.browser.camera import PHONE, Camera
from tests.browser.pages import LoginPage, MessagePage, RegistrationForm, WelcomePage
from tests.browser.visitor import NewVisitor, Visitor, link_in


def test_the_pictures_of_the_readme(new_visitor: NewVisitor, customer: Customer, tmp_path: Path) -> None:
    camera = Camera("", tmp_path)
    visitor = new_visitor(viewport=PHONE)
    _registers(visitor, customer, camera)
    desktop = new_visitor(viewport={"width": 1280, "height": 800})
    camera.take("login-desktop", desktop.comes_to_log_in().page, whole=False)


def _registers(visitor: Visitor, customer: Customer, camera: Camera) -> None:
    page, answers = visitor.page, complete(customer)
    camera.take("login", visitor.comes_to_log_in().page)
    LoginPage(page).register()
    page.fill("#customerCode", customer.code)
    camera.take("code", page)
    page.click("#customer-code-form button")
    form = RegistrationForm(page)
    form.fill(answers)
    privacy = page.locator("fieldset.section").last
    camera.take("form", page, above=privacy)
    privacy.evaluate("section => section.scrollIntoView()")
    camera.take("consents", page, whole=False)
    form.submit()
    camera.take("welcome", WelcomePage(page).page)
    mail = visitor.confirmation_mail(answers)
    letter = page.context.new_page()
    letter.set_content(mail.html)
    camera.take("mail", letter, whole=False)
    letter.close()
    page.goto(link_in(mail))
    camera.take("confirmed", MessagePage(page).page)
    page.goto(visitor.site.applications)
    LoginPage(page).log_in(answers.username, answers.password)
    expect(page.get_by_text("Autolettura", exact=True)).to_be_visible()
    page.goto(visitor.site.account)
    camera.take("account", AccountConsole(page).settled().page, whole=False)
    page.goto(visitor.site.applications)
    expect(page.get_by_text("Autolettura", exact=True)).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 560})
    camera.take("services", page, whole=False)
