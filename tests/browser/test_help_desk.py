"""What the help desk does in Keycloak's console, with the role help-desk and nothing more.

WRITE_PICTURES=1 keeps the pictures of docs/administrators.md in docs/pictures/console/.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from stack.customers import Customer
from tests.browser.answers import complete
from tests.browser.camera import Camera
from tests.browser.console import Console
from tests.browser.pages import MessagePage, RegistrationForm
from tests.browser.site import Admin, Site
from tests.browser.visitor import NewVisitor, Visitor, link_in

NAME, PASSWORD = "sportello", "Sportello-77x"
WINDOW: ViewportSize = {"width": 1100, "height": 800}
TALL: ViewportSize = {"width": 1100, "height": 1660}
GROUPS = ("Dati cliente", "Dati anagrafici", "Dati di contatto", "Privacy")
READ_ONLY = (
    "username",
    "customerCode",
    "codiceFiscale",
    "confirmationMail",
    "consent.processing",
    "consent.marketing",
    "consent.thirdParties",
    "consent.profiling",
)
EDITABLE = ("firstName", "lastName", "email", "mobile")


@pytest.fixture(scope="module")
def desk(browser: Browser, site: Site, admin: Admin) -> Iterator[Page]:
    """The browser of somebody of the help desk."""
    admin.hire(NAME, PASSWORD, "help-desk")
    context = browser.new_context(locale="it-IT", timezone_id="Europe/Rome", viewport=WINDOW)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def console(desk: Page, site: Site) -> Console:
    """The console, logged in once."""
    return Console(desk, site, NAME, PASSWORD)


@pytest.fixture
def camera(tmp_path: Path) -> Camera:
    """For the pictures of docs/administrators.md."""
    return Camera("console", tmp_path)


def test_a_customer_is_shown_in_labelled_groups_with_help_and_only_what_may_be_corrected_is_editable(
    console: Console, visitor: Visitor, customer: Customer, admin: Admin, camera: Camera
) -> None:
    answers = visitor.registers(customer, mobile="+39 333 1234567", gender="female", marketing="yes")
    console.opens(answers.username)
    page = console.page
    for group in GROUPS:
        expect(page.get_by_role("heading", name=group, exact=True)).to_be_visible()
    expect(page.get_by_text("Dal codice in bolletta. Si correggono con gli strumenti")).to_be_visible()
    for attribute in READ_ONLY:
        expect(console.field(attribute)).to_be_disabled()
    for attribute in EDITABLE:
        expect(console.field(attribute)).to_be_enabled()
    expect(console.field("customerCode")).to_have_value(customer.code)
    expect(console.field("consent.marketing")).to_have_value("pending")
    page.set_viewport_size(TALL)
    camera.take("customer", page, whole=False)
    page.set_viewport_size(WINDOW)
    console.help_of("codiceFiscale").click()
    expect(page.get_by_text("Quello dell’anagrafica dei clienti alla registrazione.")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_text("Aggiungi Storia dei consensi").scroll_into_view_if_needed()
    camera.take("consents", page, whole=False)

    corrected = f"corretta.{answers.email}"
    console.field("email").fill(corrected)
    console.save()
    user = admin.user(answers.username)
    assert user is not None
    assert user["email"] == corrected
    assert user["attributes"]["customerCode"] == [customer.code]
    # The login mails the new address: nothing else is to be done.
    visitor.comes_to_log_in().log_in(answers.username, answers.password)
    visitor.page.goto(link_in(visitor.mailbox.wait_for(corrected)))
    expect(MessagePage(visitor.page).heading).to_have_text("Email confermata")


def test_a_confirmation_is_sent_again_and_its_link_confirms_what_was_consented_too(
    console: Console,
    visitor: Visitor,
    new_visitor: NewVisitor,
    customer: Customer,
    admin: Admin,
    camera: Camera,
) -> None:
    answers = visitor.registers(customer, marketing="yes")
    visitor.confirmation_mail(answers)
    console.opens(answers.username)
    send = console.mail_for("Verify Email")
    expect(send).to_be_enabled()
    camera.take("confirmation-again", console.page, whole=False)
    send.click()
    mail = visitor.confirmation_mail(answers, count=2)
    assert mail.subject == "Il link che hai chiesto al servizio clienti"
    assert "confermare la tua email" in mail.text
    assert "24 ore" in mail.text
    phone = new_visitor(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    phone.page.goto(link_in(mail))
    MessagePage(phone.page).go_on()
    expect(MessagePage(phone.page).heading).to_be_visible()
    user = admin.user(answers.username)
    assert user is not None
    assert user["emailVerified"]
    assert admin.attributes(answers.username)["consent.marketing"] == ["granted"]
    visitor.logs_in(answers)


def test_a_failed_registration_tells_its_reasons(
    console: Console, visitor: Visitor, customer: Customer, camera: Camera
) -> None:
    slips = replace(complete(customer), email="anna@", codice_fiscale="RSSMRA75C14H501A")
    visitor.opens_the_form(customer).send(slips)
    expect(RegistrationForm(visitor.page).summary).to_be_visible()
    rows = console.failed_registrations()
    rows.first.locator("button").first.click()
    told = "email: error-invalid-email, codiceFiscale: codice_fiscale_invalid"
    expect(console.page.get_by_text(told, exact=True)).to_be_visible()
    camera.take("failed-registration", console.page, whole=False)


def test_an_account_is_deleted_and_its_code_is_free_for_its_customer(
    console: Console, visitor: Visitor, customer: Customer, admin: Admin, camera: Camera
) -> None:
    answers = visitor.registers(customer)
    console.opens(answers.username)
    menu = console.actions()
    expect(menu.get_by_text("Delete")).to_be_visible()
    camera.take("delete", console.page, whole=False)
    menu.get_by_text("Delete").click()
    console.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(console.page.get_by_text("The user has been deleted").first).to_be_visible()
    assert admin.user(answers.username) is None
    again = visitor.comes_to_log_in().register().give_own(customer.code)
    expect(again.heading).to_have_text("Crea il tuo account")
