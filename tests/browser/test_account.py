"""The account console: the customer's own data, seen, changed, taken along and deleted, in Italian."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, ViewportSize, expect

from stack.customers import Customer
from stack.local import Stack
from tests.browser.accessibility import axe
from tests.browser.account_pages import AccountConsole, DeletionPage
from tests.browser.pages import (
    ConsentsPage,
    LoginPage,
    MessagePage,
    NewPasswordPage,
    WelcomeWithoutEmailPage,
)
from tests.browser.site import Admin, Site
from tests.browser.visitor import NewVisitor, Visitor, link_in
from tests.support.realm import eventually, state

PATHS = ("", "applications", "account-security/signing-in", "account-security/device-activity")
PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
WRONG = {
    "it-IT": [
        "Compila questo campo.",
        "Usa solo lettere, numeri, spazi, apostrofi e trattini.",
        "Il numero di cellulare non è valido: scrivi solo cifre, con o senza +39.",
    ],
    "en-GB": [
        "Fill in this field.",
        "Use only letters, numbers, spaces, apostrophes and hyphens.",
        "The mobile number is not valid: type digits only, with or without +39.",
    ],
}


def texts(site: Site, language: str) -> dict[str, str]:
    """Every text that the console may show in one language."""
    realm = site.url.rsplit("/", 1)[-1]
    answer = requests.get(f"{site.keycloak.url}/resources/{realm}/account/{language}", timeout=30)
    answer.raise_for_status()
    return {text["key"]: text["value"] for text in answer.json()}


def english(site: Site) -> set[str]:
    """What only an English page says."""
    italian = texts(site, "it")
    return {text for key, text in texts(site, "en").items() if italian.get(key) != text} - set(
        italian.values()
    )


def test_no_page_of_it_says_a_word_of_english(visitor: Visitor, customer: Customer) -> None:
    answers = visitor.has_an_account(customer, mobile="+39 333 1234567", gender="female")
    visitor.opens_the_account(answers)
    foreign = english(visitor.site)
    for path in PATHS:
        visitor.page.goto(visitor.site.account + path)
        console = AccountConsole(visitor.page).settled()
        expect(visitor.page).to_have_title("Il tuo account – EnerCasa Coop")
        said = {line.strip() for line in console.words.splitlines()}
        assert not said & foreign, path
        assert not said & texts(visitor.site, "it").keys() - {"Email", "Username", "Password"}, path


def test_customer_code_and_codice_fiscale_are_shown_and_cannot_be_changed(
    visitor: Visitor, customer: Customer
) -> None:
    console = visitor.opens_the_account(visitor.has_an_account(customer))
    for field, value in (("customerCode", customer.code), ("codiceFiscale", customer.codice_fiscale)):
        expect(console.field(field)).to_have_value(value)
        expect(console.field(field)).not_to_be_editable()
    assert "consenso" not in console.words and "granted" not in console.words


def test_the_mobile_is_changed_at_once(visitor: Visitor, customer: Customer, admin: Admin) -> None:
    answers = visitor.has_an_account(customer)
    console = visitor.opens_the_account(answers)
    console.field("mobile").fill("333 7654321")
    console.save()
    expect(visitor.page.get_by_text("I tuoi dati sono salvati.")).to_be_visible()
    assert admin.attributes(answers.username)["mobile"] == ["333 7654321"]


def test_a_new_email_counts_once_its_own_address_has_confirmed_it_and_the_old_one_is_told(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.has_an_account(customer)
    new = f"nuova.{answers.email}"
    visitor.opens_the_account(answers).change_email().change(new)
    expect(MessagePage(visitor.page).words).to_contain_text(
        f"Ti abbiamo inviato una mail all’indirizzo {new}"
    )
    assert _email(admin, answers.username) == (answers.email, True)
    mail = visitor.mailbox.wait_for(new)
    assert mail.subject == "Conferma il tuo nuovo indirizzo email"
    assert "Il link vale 24 ore." in mail.text
    visitor.page.goto(link_in(mail))
    expect(MessagePage(visitor.page).words).to_have_text(f"La tua email ora è {new}.")
    assert _email(admin, answers.username) == (new, True)
    told = visitor.mailbox.wait_for(answers.email, subject="L’email del tuo account è cambiata")
    assert "Non l’hai fatto tu? Chiama subito il servizio clienti." in told.text
    assert new not in told.text


def test_an_address_that_never_confirms_itself_keeps_nobody_out(
    visitor: Visitor, customer: Customer, new_visitor: NewVisitor
) -> None:
    answers = visitor.has_an_account(customer)
    visitor.opens_the_account(answers).change_email().change(f"sbagliata.{answers.email}")
    MessagePage(visitor.page)
    new_visitor().logs_in(answers)


def test_an_email_may_be_taken_away(visitor: Visitor, customer: Customer, admin: Admin) -> None:
    answers = visitor.has_an_account(customer)
    visitor.opens_the_account(answers).change_email().change("")
    AccountConsole(visitor.page)
    assert _email(admin, answers.username)[0] is None
    visitor.mailbox.wait_for(answers.email, subject="L’email del tuo account è cambiata")


def test_a_pending_consent_counts_when_a_first_email_is_confirmed(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.registers(customer, email="", marketing="yes")
    WelcomeWithoutEmailPage(visitor.page).go_on()
    visitor.page.goto(visitor.site.account)
    address = f"{answers.username}@example.net"
    AccountConsole(visitor.page).change_email().change(address)
    visitor.page.goto(link_in(visitor.mailbox.wait_for(address)))
    MessagePage(visitor.page)
    assert admin.attributes(answers.username)["consent.marketing"] == ["granted"]
    assert admin.consent_history(answers.username)[-1]["proof"] == "email-confirmed"


def test_the_password_is_changed_from_the_console(
    visitor: Visitor, customer: Customer, new_visitor: NewVisitor
) -> None:
    answers = visitor.has_an_account(customer)
    visitor.opens_the_account(answers)
    visitor.page.goto(visitor.site.account + "account-security/signing-in")
    visitor.page.get_by_role("button", name="Aggiorna").click()
    NewPasswordPage(visitor.page).choose("Lampadina-88z")
    AccountConsole(visitor.page)
    other = new_visitor()
    other.comes_to_log_in().log_in(answers.username, "Lampadina-88z")
    expect(other.page.locator("#inside")).to_be_visible()


def test_the_consents_are_one_click_away_and_lead_back(visitor: Visitor, customer: Customer) -> None:
    visitor.opens_the_account(visitor.has_an_account(customer))
    visitor.page.get_by_role("link", name="Le tue scelte sulla privacy").click()
    ConsentsPage(visitor.page).choose(marketing="yes")
    ConsentsPage(visitor.page).leave()
    AccountConsole(visitor.page)
    assert "code=" not in visitor.page.url


def test_cancelling_the_consents_leads_back_too(visitor: Visitor, customer: Customer) -> None:
    visitor.opens_the_account(visitor.has_an_account(customer))
    visitor.page.get_by_role("link", name="Le tue scelte sulla privacy").click()
    ConsentsPage(visitor.page).cancel()
    AccountConsole(visitor.page)


def test_customers_take_their_data_along(visitor: Visitor, customer: Customer, tmp_path: Path) -> None:
    answers = visitor.has_an_account(customer, marketing="yes")
    visitor.opens_the_account(answers)
    with visitor.page.expect_download() as started:
        visitor.page.get_by_role("link", name="Scarica i tuoi dati").click()
    assert started.value.suggested_filename == "enercasa-data.json"
    started.value.save_as(tmp_path / "data.json")
    data = json.loads((tmp_path / "data.json").read_text(encoding="utf-8"))
    assert data["username"] == answers.username
    assert data["profile"]["email"] == answers.email
    assert data["profile"]["customerCode"] == customer.code
    assert data["profile"]["codiceFiscale"] == customer.codice_fiscale
    assert data["consents"]["marketing"] == "granted"
    assert [entry["choice"] for entry in data["consentHistory"] if entry["purpose"] == "marketing"] == [
        "pending",
        "granted",
    ]


def test_nobodys_data_are_given_to_who_is_not_logged_in(visitor: Visitor) -> None:
    visitor.page.goto(f"{visitor.site.own}/data")
    LoginPage(visitor.page)
    answer = requests.get(f"{visitor.site.own}/data", allow_redirects=False, timeout=30)
    assert (answer.status_code, answer.text) == (303, "")


def test_a_deleted_account_is_gone_and_its_code_is_free(
    visitor: Visitor, customer: Customer, admin: Admin, stack: Stack
) -> None:
    answers = visitor.has_an_account(customer)
    console, page = visitor.opens_the_account(answers), visitor.page
    # Keycloak counts whole seconds (OIDCLoginProtocol.isReAuthRequiredForKcAction): within that of the login
    # it does not ask for the password again.
    page.wait_for_timeout(1_000)
    console.delete()
    LoginPage(page).give_password(answers.password)
    deletion = DeletionPage(page)
    expect(deletion.heading).to_have_text("Vuoi eliminare il tuo account?")
    gone = deletion.confirm()
    expect(gone.words).to_have_text("Il tuo account è stato eliminato.")
    expect(gone.heading).to_have_text("Account eliminato")
    assert admin.user(answers.username) is None
    eventually(lambda: state(stack, customer.code), "free")


def test_it_has_the_brands_colours(visitor: Visitor, customer: Customer) -> None:
    console = visitor.opens_the_account(visitor.has_an_account(customer))
    brand = visitor.page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--brand')")
    assert brand == "#0b5d4e"
    expect(console.page.locator("#save-btn")).to_have_css("background-color", "rgb(11, 93, 78)")
    expect(console.page.locator("#app h1").first).to_have_css(
        "font-family", re.compile("^.Atkinson Hyperlegible")
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["it-IT", "en-GB"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways_on_phone_and_desktop(
    new_visitor: NewVisitor, customer: Customer, locale: str, scheme: str
) -> None:
    """Also what Keycloak’s console leaves to be desired: see names.js and account.css."""
    visitor = new_visitor(locale=locale, color_scheme=scheme, viewport=PHONE)
    answers = visitor.has_an_account(customer, mobile="+39 333 1234567")
    new_visitor().opens_the_account(answers)  # a second device in the list
    visitor.opens_the_account(answers)
    found: dict[str, list[str]] = {}
    for size in (PHONE, DESKTOP):
        visitor.page.set_viewport_size(size)
        for path in PATHS:
            # On a phone the menu lies over a page that was opened on a desktop: each is opened as it is seen.
            visitor.page.goto(visitor.site.account + path)
            AccountConsole(visitor.page).settled()
            found[f"{path} {size['width']}"] = axe(visitor.page) + _sticks_out(visitor.page)
    assert found == {place: [] for place in found}


@pytest.mark.parametrize("locale", ["it-IT", "en-GB"])
def test_what_is_typed_wrong_is_told_in_the_words_of_the_other_pages(
    new_visitor: NewVisitor, customer: Customer, locale: str
) -> None:
    visitor = new_visitor(locale=locale)
    console = visitor.opens_the_account(visitor.has_an_account(customer))
    console.field("firstName").fill("")
    console.field("lastName").fill("<b>")
    console.field("mobile").fill("tre")
    console.save()
    told = visitor.page.locator(".pf-v5-c-helper-text__item.pf-m-error")
    expect(told).to_have_text(WRONG[locale])


def test_nothing_of_the_help_desks_is_said_to_customers(visitor: Visitor, customer: Customer) -> None:
    console = visitor.opens_the_account(visitor.has_an_account(customer)).settled()
    expect(visitor.page.get_by_test_id("help-label-customerCode")).to_be_hidden()
    assert "customer-codes" not in console.words


def _sticks_out(page: Page) -> list[str]:
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{wider} px wider than the window"] if wider else []


def _email(admin: Admin, username: str) -> tuple[str | None, bool]:
    user = admin.user(username)
    assert user is not None
    return user.get("email"), user["emailVerified"]
