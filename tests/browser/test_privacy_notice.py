"""Each consent of the form links to its part of the privacy notice, in the customer's language."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.visitor import NewVisitor, Visitor

PARTS = {
    "it": {
        "trattamento dei miei dati": ("processing", "Trattamento dei dati per l’area riservata"),
        "finalità di marketing": ("marketing", "Finalità di marketing"),
        "comunicazione dei miei dati a terzi": ("thirdParties", "Comunicazione dei dati a terzi"),
        "finalità di profilazione": ("profiling", "Finalità di profilazione"),
    },
    "en": {
        "processing of my data": ("processing", "Processing of data for the reserved area"),
        "marketing purposes": ("marketing", "Marketing purposes"),
        "communication of my data to third parties": (
            "thirdParties",
            "Communication of data to third parties",
        ),
        "profiling purposes": ("profiling", "Profiling purposes"),
    },
}
TITLES = {"it": "Informativa sulla privacy", "en": "Privacy notice"}


@pytest.mark.parametrize("language", PARTS)
def test_each_consent_opens_its_part_of_the_notice(
    new_visitor: NewVisitor, customer: Customer, language: str
) -> None:
    visitor = new_visitor(locale=language, viewport={"width": 360, "height": 500})
    form = visitor.opens_the_form(customer)
    for words, (anchor, title) in PARTS[language].items():
        with visitor.page.context.expect_page() as opened:
            form.link(words).click()
        notice = opened.value
        expect(notice.locator("h1")).to_have_text(TITLES[language])
        expect(notice.locator("html")).to_have_attribute("lang", language)
        part = notice.locator(f"#{anchor}")
        expect(part).to_have_text(title)
        expect(part).to_be_in_viewport()
        assert notice.url.endswith(f"#{anchor}")
        notice.close()


def test_the_notice_opens_in_a_new_tab_and_says_so(visitor: Visitor, customer: Customer) -> None:
    form = visitor.opens_the_form(customer)
    form.field("firstName").fill("Anna")
    link = form.link("finalità di marketing")
    expect(link).to_have_accessible_description("Si apre in una nuova scheda")
    with visitor.page.context.expect_page():
        link.click()
    expect(form.field("firstName")).to_have_value("Anna")


def test_reading_the_notice_does_not_spoil_the_form(visitor: Visitor, customer: Customer) -> None:
    form = visitor.opens_the_form(customer)
    with visitor.page.context.expect_page() as opened:
        form.link("finalità di marketing").click()
    opened.value.locator("nav.languages a").click()
    expect(opened.value.locator("h1")).to_have_text("Privacy notice")
    form.submit()
    expect(form.summary.get_by_role("link")).to_have_count(6)
    expect(form.field("customerCode")).to_have_value(customer.code)
