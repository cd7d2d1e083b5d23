"""The pictures of the README, taken along one journey. WRITE_PICTURES=1 puts them into docs/pictures/."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from stack.customers import Customer
from stack.settings import REPOSITORY
from tests.browser.answers import complete
from tests.browser.pages import LoginPage, MessagePage, RegistrationForm, WelcomePage
from tests.browser.visitor import NewVisitor, Visitor, link_in

FOLDER = REPOSITORY / "docs" / "pictures"
PHONE = {"width": 360, "height": 740}
MOST_BYTES = 150_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go: a run of the tests leaves the repository as it is, unless asked."""
    return FOLDER if os.environ.get("WRITE_PICTURES") == "1" else tmp_path


class Camera:
    """Takes pictures of whole pages, without the focus ring and the caret that come and go."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, name: str, page: Page, *, above: Locator | None = None, whole: bool = True) -> None:
        """Write NAME.png. `whole`: as long as the page is, or down to `above`; else what the window shows."""
        page.evaluate("document.activeElement?.blur()")
        if whole:
            page.evaluate("scrollTo(0, 0)")
        page.evaluate("document.fonts.ready")
        picture = self._folder / f"{name}.png"
        picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=picture, full_page=whole, animations="disabled", clip=_down_to(above))
        assert picture.stat().st_size < MOST_BYTES, f"{name}.png is too large for a README"


def _down_to(end: Locator | None) -> FloatRect | None:
    box = end.bounding_box() if end else None
    return {"x": 0, "y": 0, "width": PHONE["width"], "height": box["y"]} if box else None


def test_the_pictures_of_the_readme(new_visitor: NewVisitor, customer: Customer, folder: Path) -> None:
    camera = Camera(folder)
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
    page.set_viewport_size({"width": 1280, "height": 560})
    camera.take("services", page, whole=False)
