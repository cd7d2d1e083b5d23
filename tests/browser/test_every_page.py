"""What must hold on each page of ours, in every state: on a small phone, on a desktop, in the dark.

WRITE_PICTURES=1 keeps the picture of each in docs/pictures/pages/.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from stack.local import Stack
from stack.mailbox.part import Mailbox
from tests.browser import words
from tests.browser.accessibility import axe
from tests.browser.camera import PICTURES, Camera
from tests.browser.conftest import forgive, open_browser
from tests.browser.site import Admin, Site
from tests.browser.tour import PAGES, walk
from tests.browser.visitor import NewCustomer, Visitor

#: 320 CSS pixels are also what a desktop window of 1280 shows at 400 % zoom.
PHONE: ViewportSize = {"width": 320, "height": 740}
SIZES: dict[str, ViewportSize] = {"desktop": {"width": 1280, "height": 900}, "phone": PHONE}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("dark", "light")
LANGUAGES = ("it", "en")
EACH_PAGE = pytest.mark.parametrize("name", PAGES)
EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
CHECKS = Path(__file__).with_name("checks.js").read_text(encoding="utf-8")
_STICKS_OUT = """() => [...document.querySelectorAll("body, body *")]
    .filter(one => one.checkVisibility() && !one.closest(".visually-hidden"))
    .filter(one => {
        const style = getComputedStyle(one);
        const clipped = style.display !== "inline" && style.overflowX !== "visible";
        // A field of one line may show less than what it holds, where the page says it in full.
        const said = one.value && document.body.innerText.includes(one.value);
        return one.getBoundingClientRect().right > innerWidth + 0.5
            || clipped && one.scrollWidth > one.clientWidth && !said;
    }).map(one => one.outerHTML.slice(0, 80))"""


@dataclass
class Seen:
    """What was found on one page; by size and colour scheme what axe reports and by size what sticks out."""

    page: str
    failed: bool
    title: str
    language: str
    wrong: list[str]
    raw: list[str]
    foreign: list[str]
    sticks_out: dict[str, list[str]] = field(default_factory=dict)
    axe: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def seen(
    browser: Browser,
    site: Site,
    stack: Stack,
    mailbox: Mailbox,
    new_customer: NewCustomer,
    admin: Admin,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[tuple[str, str], Seen]]:
    """(language, name) → what was found on that page; one walk in each language."""
    found: dict[tuple[str, str], Seen] = {}
    camera = Camera("pages", tmp_path_factory.mktemp("pages"))
    with ExitStack() as opened:
        for language in LANGUAGES:

            def new_visitor(locale: str = language) -> Visitor:
                page, _ = open_browser(browser, site, locale=locale, viewport=PHONE)
                opened.callback(page.context.close)
                return Visitor(page, site, mailbox)

            def look(name: str, page: Page, language: str = language) -> None:
                found[language, name] = examine(page, language)
                if language == "it":
                    camera.take(name.replace(" ", "-"), page)

            forgive(stack)
            walk(new_visitor, new_customer, admin, look)
        yield found


def examine(page: Page, language: str) -> Seen:
    """Everything the tests below ask of a page, found in one visit; it is left as a phone shows it."""
    said = words.texts(page, language)
    seen = Seen(
        page=page.locator("body").get_attribute("data-page-id") or "",
        failed=page.locator("#error-summary, .alert.error").count() > 0,
        title=page.title(),
        language=page.locator("html").get_attribute("lang") or "",
        wrong=page.evaluate(CHECKS),
        raw=words.raw_keys(said),
        foreign=words.strangers(said, language),
    )
    for size, viewport in SIZES.items():
        page.set_viewport_size(viewport)
        seen.sticks_out[size] = page.evaluate(_STICKS_OUT)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            seen.axe[f"{size}, {scheme}"] = axe(page)
    return seen


@EACH_LANGUAGE
@EACH_PAGE
def test_axe_finds_nothing_and_has_nothing_to_review_on_phone_and_desktop_in_light_and_dark(
    seen: dict[tuple[str, str], Seen], name: str, language: str
) -> None:
    assert seen[language, name].axe == {f"{size}, {scheme}": [] for size in SIZES for scheme in SCHEMES}


@EACH_LANGUAGE
@EACH_PAGE
def test_nothing_is_cut_off_or_scrolls_sideways_also_at_400_percent_zoom(
    seen: dict[tuple[str, str], Seen], name: str, language: str
) -> None:
    assert seen[language, name].sticks_out == {size: [] for size in SIZES}


@EACH_LANGUAGE
@EACH_PAGE
def test_every_field_error_group_and_target_is_as_it_should(
    seen: dict[tuple[str, str], Seen], name: str, language: str
) -> None:
    """Described by what is there, focus on what went wrong, 24 px, the theme’s looks: see checks.js."""
    assert seen[language, name].wrong == []


@EACH_LANGUAGE
@EACH_PAGE
def test_no_page_shows_a_message_key_or_another_language(
    seen: dict[tuple[str, str], Seen], name: str, language: str
) -> None:
    assert seen[language, name].language == language
    assert (seen[language, name].raw, seen[language, name].foreign) == ([], [])


@EACH_LANGUAGE
def test_every_page_has_a_title_of_its_own_and_says_where_it_has_errors(
    seen: dict[tuple[str, str], Seen], language: str
) -> None:
    pages = [seen[language, name] for name in PAGES]
    for title in {page.title for page in pages}:
        assert title.endswith(" – EnerCasa Coop")
        assert len({(page.page, page.failed) for page in pages if page.title == title}) == 1, title


def test_every_page_has_its_picture_in_the_documents(seen: dict[tuple[str, str], Seen]) -> None:
    """`make pictures` takes those that are missing."""
    kept = {picture.stem for picture in (PICTURES / "pages").glob("*.png")}
    assert kept == {name.replace(" ", "-") for _, name in seen}


def test_a_defect_would_be_found(browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)
    page.set_content(DEFECTS)
    seen = examine(page, "it")
    page.close()
    for place in ("too wide", 'id="long"'):
        assert any(place in one for one in seen.sticks_out["phone"]), place
    for rule in ("violations label", "violations color-contrast", "incomplete color-contrast"):
        assert any(rule in place for place in seen.axe["phone, dark"]), rule
    assert seen.raw == ["reason.code_refused", "registerTitle"]
    assert seen.foreign == ["We are sorry..."]
    for wrong in DEFECTS_FOUND:
        assert any(wrong in sentence for sentence in seen.wrong), wrong


DEFECTS = """<main><h1>registerTitle</h1><h1>reason.code_refused</h1><h2>We are sorry...</h2>
<p style="width: 400px; color: #ccc">too wide and too pale</p>
<p style="background: linear-gradient(#fff, #888)">who knows</p>
<input id="long" value="an.address.that.no.phone.shows.whole@example.org">
<input id="bad" aria-invalid="true" aria-describedby="none"><p id="input-error-bad">wrong</p>
<input type="password" maxlength="8"><fieldset id="group"><input type="radio" id="one"></fieldset>
<a href="#" style="display: inline-block; width: 9px; height: 9px; overflow: hidden">x</a></main>"""
DEFECTS_FOUND = (
    "2 main headings",
    "the typeface is not the theme's",
    "bad is described by nothing",
    "bad is invalid, and nothing says why",
    "no field points to input-error-bad",
    "errors at fields, but no summary",
    "a group without a legend: group",
    "x is 9 × 9 px",
    "does not say whether it is a new password",
    "cuts off what is typed",
    "something is inline",
)
