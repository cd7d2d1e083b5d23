"""What must hold on each page of ours, in both languages: for every eye, on a small phone, in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from stack.local import Stack
from stack.mailbox.part import Mailbox
from tests.browser.conftest import forgive, open_browser
from tests.browser.site import Admin, Site
from tests.browser.tour import PAGES, walk
from tests.browser.visitor import NewCustomer, Visitor

#: Widths in CSS pixels; axe looks at the last.
PHONES = (320, 360)
LANGUAGES = ("it", "en")
EACH_PAGE = pytest.mark.parametrize("name", PAGES)
EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
_OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_HEIGHT = 740


@dataclass
class Seen:
    """What was found on one page: pixels that stick out, by width; what axe reports, by colour scheme."""

    title: str = ""
    language: str = ""
    headings: int = 0
    overflow: dict[int, int] = field(default_factory=dict)
    violations: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def seen(
    browser: Browser, site: Site, stack: Stack, mailbox: Mailbox, new_customer: NewCustomer, admin: Admin
) -> Iterator[dict[tuple[str, str], Seen]]:
    """(language, name) → what was found on that page; one walk in each language."""
    found: dict[tuple[str, str], Seen] = {}
    with ExitStack() as opened:
        for language in LANGUAGES:

            def new_visitor(locale: str = language, **options: Any) -> Visitor:
                phone = {"width": PHONES[0], "height": _HEIGHT}
                page, _ = open_browser(browser, site, locale=locale, viewport=phone, **options)
                opened.callback(page.context.close)
                return Visitor(page, site, mailbox)

            def look(name: str, page: Page, language: str = language) -> None:
                found[language, name] = examine(page)

            forgive(stack)
            walk(new_visitor, new_customer, admin, look)
        yield found


def examine(page: Page) -> Seen:
    """Everything the tests below ask of a page, found in one visit."""
    seen = Seen(page.title(), page.locator("html").get_attribute("lang") or "", page.locator("h1").count())
    for width in PHONES:
        page.set_viewport_size({"width": width, "height": _HEIGHT})
        seen.overflow[width] = page.evaluate(_OVERFLOW)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    seen.violations["light"] = axe(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    # Only the colours differ: the other rules would find the same again.
    seen.violations["dark"] = axe(page, {"runOnly": ["color-contrast", "link-in-text-block"]})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return seen


def axe(page: Page, options: dict[str, Any] | None = None) -> str:
    """axe's report of the page as it is shown now, "" where it finds nothing; `options` of axe.run."""
    results = Axe().run(page, options={"resultTypes": ["violations"], **(options or {})})
    report: str = results.generate_report()
    return report if results.violations_count else ""


@EACH_LANGUAGE
@EACH_PAGE
def test_axe_finds_nothing_in_light_and_in_dark(
    seen: dict[tuple[str, str], Seen], name: str, language: str
) -> None:
    assert seen[language, name].violations == {"light": "", "dark": ""}


@EACH_LANGUAGE
@EACH_PAGE
def test_no_page_scrolls_sideways(seen: dict[tuple[str, str], Seen], name: str, language: str) -> None:
    assert seen[language, name].overflow == dict.fromkeys(PHONES, 0)


@EACH_LANGUAGE
@EACH_PAGE
def test_each_page_has_one_heading_and_says_its_language(
    seen: dict[tuple[str, str], Seen], name: str, language: str
) -> None:
    assert seen[language, name].headings == 1
    assert seen[language, name].language == language


@EACH_LANGUAGE
def test_the_steps_have_titles_of_their_own(seen: dict[tuple[str, str], Seen], language: str) -> None:
    steps = ("login", "code", "code refused", "form", "form with errors", "notice", "welcome", "confirmed")
    titles = [seen[language, name].title for name in steps]
    assert len(set(titles)) == len(steps), titles
    assert all(title.endswith(" – EnerCasa Coop") for title in titles)


def test_a_defect_would_be_found(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": PHONES[0], "height": _HEIGHT})
    page.set_content("<main><input><p style='width: 400px; color: #ccc'>too wide and too pale</p></main>")
    seen = examine(page)
    page.close()
    assert seen.overflow[320] > 0
    assert "label" in seen.violations["light"]
    assert "color-contrast" in seen.violations["light"]
    assert "color-contrast" in seen.violations["dark"]
