"""The page of consents: opened by the customer at any time, forced when the mandatory text changes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from stack.customers import Customer
from stack.settings import REALM_CONFIG
from tests.browser.answers import Answers
from tests.browser.pages import ConsentsPage, LoginPage, ServicePage, WelcomeWithoutEmailPage
from tests.browser.site import Admin
from tests.browser.visitor import NewVisitor, Visitor

VERSION = "2026-11"
NEW_VERSION = "2099-01"
NEW_TEXT = "# Informativa nuova\n\n## Trattamento | processing\n\nUn testo nuovo.\n"
OPTIONAL = ("marketing", "thirdParties", "profiling")


def opens_consents(visitor: Visitor, answers: Answers) -> ConsentsPage:
    """From the service, logging in on the way."""
    visitor.page.goto(visitor.site.consents)
    LoginPage(visitor.page).log_in(answers.username, answers.password)
    return ConsentsPage(visitor.page)


def states(admin: Admin, answers: Answers) -> dict[str, str]:
    """What counts of each optional purpose."""
    attributes = admin.attributes(answers.username)
    return {purpose: attributes[f"consent.{purpose}"][0] for purpose in OPTIONAL}


def test_the_page_shows_what_was_chosen(visitor: Visitor, customer: Customer) -> None:
    answers = visitor.has_an_account(customer, marketing="yes", profiling="no")
    consents = opens_consents(visitor, answers)
    expect(consents.heading).to_have_text("Le tue scelte sulla privacy")
    expect(consents.option("marketing", "yes")).to_be_checked()
    expect(consents.option("profiling", "no")).to_be_checked()
    expect(consents.option("thirdParties", "no")).to_be_checked()
    expect(consents.state("marketing")).to_have_text(f"Sì, dal {_today()}")
    expect(consents.state("profiling")).to_have_text(f"No, dal {_today()}")
    expect(consents.option("processing", "yes")).to_have_count(0)
    expect(consents.body).to_contain_text("Regolamento (UE) 2016/679: Sì, dal")


@pytest.mark.parametrize(("before", "after", "state"), [("no", "yes", "granted"), ("yes", "no", "denied")])
def test_giving_and_withdrawing_take_the_same_two_clicks_and_count_at_once(
    visitor: Visitor, customer: Customer, admin: Admin, before: str, after: str, state: str
) -> None:
    answers = visitor.has_an_account(customer, marketing=before)
    consents = opens_consents(visitor, answers)
    consents.option("marketing", after).check()
    consents.save()
    expect(ConsentsPage(visitor.page).message).to_have_text("Abbiamo salvato le tue scelte.")
    assert states(admin, answers)["marketing"] == state


def test_a_change_is_added_to_the_history_with_what_proves_it(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.has_an_account(customer, marketing="yes")
    before = admin.consent_history(answers.username)
    started = datetime.now(UTC) - timedelta(seconds=1)
    opens_consents(visitor, answers).choose(marketing="no", profiling="yes")
    expect(ConsentsPage(visitor.page).message).to_be_visible()
    after = admin.consent_history(answers.username)
    assert after[: len(before)] == before
    added = after[len(before) :]
    assert {entry["purpose"]: entry["choice"] for entry in added} == {
        "marketing": "denied",
        "profiling": "granted",
    }
    notice = (REALM_CONFIG / "privacy" / VERSION / "it.md").read_bytes()
    for entry in added:
        assert started <= datetime.fromisoformat(entry["time"]) <= datetime.now(UTC)
        assert {**entry, "time": "", "purpose": "", "choice": ""} == {
            "purpose": "",
            "choice": "",
            "version": VERSION,
            "sha256": hashlib.sha256(notice).hexdigest(),
            "locale": "it",
            "channel": "account",
            "proof": "logged-in, email-confirmed",
            "time": "",
        }


def test_saving_without_a_change_adds_nothing(visitor: Visitor, customer: Customer, admin: Admin) -> None:
    answers = visitor.has_an_account(customer, marketing="yes")
    before = admin.consent_history(answers.username)
    opens_consents(visitor, answers).save()
    expect(ConsentsPage(visitor.page).message).to_be_visible()
    assert admin.consent_history(answers.username) == before


def test_a_yes_without_a_confirmed_email_is_pending_and_says_so(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.registers(customer, email="")
    WelcomeWithoutEmailPage(visitor.page).go_on()
    visitor.page.goto(visitor.site.consents)
    ConsentsPage(visitor.page).choose(marketing="yes")
    expect(ConsentsPage(visitor.page).state("marketing")).to_have_text(
        f"Sì, dal {_today()}: vale da quando confermi la tua email"
    )
    assert states(admin, answers)["marketing"] == "pending"
    assert admin.consent_history(answers.username)[-1]["proof"] == "logged-in"


def test_cancelling_changes_nothing_and_leads_back(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.has_an_account(customer, marketing="yes")
    before = admin.consent_history(answers.username)
    consents = opens_consents(visitor, answers)
    consents.option("marketing", "no").check()
    consents.cancel()
    ServicePage(visitor.page)
    assert admin.consent_history(answers.username) == before


def test_after_saving_one_click_leads_back(visitor: Visitor, customer: Customer) -> None:
    answers = visitor.has_an_account(customer)
    opens_consents(visitor, answers).choose(marketing="yes")
    ConsentsPage(visitor.page).leave()
    ServicePage(visitor.page)


def test_the_page_works_without_scripts(new_visitor: NewVisitor, customer: Customer, admin: Admin) -> None:
    answers = new_visitor().has_an_account(customer)
    visitor = new_visitor(java_script_enabled=False)
    opens_consents(visitor, answers).choose(marketing="yes", thirdParties="yes")
    expect(ConsentsPage(visitor.page).message).to_have_text("Abbiamo salvato le tue scelte.")
    assert states(admin, answers) == {
        "marketing": "granted",
        "thirdParties": "granted",
        "profiling": "denied",
    }


def test_two_tabs_keep_each_others_changes(visitor: Visitor, customer: Customer, admin: Admin) -> None:
    answers = visitor.has_an_account(customer)
    visitor.logs_in(answers)
    visitor.page.goto(visitor.site.consents)
    first = ConsentsPage(visitor.page)
    tab = visitor.page.context.new_page()
    tab.goto(visitor.site.consents)
    ConsentsPage(tab).choose(profiling="yes")
    expect(ConsentsPage(tab).message).to_be_visible()
    first.choose(marketing="yes")
    expect(ConsentsPage(visitor.page).option("profiling", "yes")).to_be_checked()
    assert states(admin, answers) == {
        "marketing": "granted",
        "thirdParties": "denied",
        "profiling": "granted",
    }


def test_a_new_version_of_the_mandatory_text_is_asked_at_the_next_login(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.has_an_account(customer, marketing="yes")
    with admin.privacy_text(NEW_VERSION, NEW_TEXT):
        visitor.comes_to_log_in().log_in(answers.username, answers.password)
        consents = ConsentsPage(visitor.page)
        expect(consents.heading).to_have_text("È cambiata l’informativa sulla privacy")
        expect(consents.option("processing", "yes")).not_to_be_checked()
        consents.save()
        refused = ConsentsPage(visitor.page)
        expect(refused.error_at("privacy.processing")).to_have_text(
            "Per continuare serve la tua autorizzazione al trattamento dei dati."
        )
        expect(refused.option("processing", "yes")).not_to_be_checked()
        refused.choose(processing="yes")
        ServicePage(visitor.page)
        history = admin.consent_history(answers.username)
    assert [(entry["purpose"], entry["choice"]) for entry in history if entry["version"] == NEW_VERSION] == [
        ("processing", "granted")
    ]
    assert history[-1]["sha256"] == hashlib.sha256(NEW_TEXT.encode()).hexdigest()
    assert states(admin, answers)["marketing"] == "granted"


def test_who_is_asked_for_the_new_text_cannot_leave_by_a_forged_field(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.has_an_account(customer)
    with admin.privacy_text(NEW_VERSION, NEW_TEXT):
        visitor.comes_to_log_in().log_in(answers.username, answers.password)
        asked = ConsentsPage(visitor.page)
        visitor.page.locator("form").filter(has=asked.option("processing", "yes")).evaluate(
            "form => form.insertAdjacentHTML('beforeend', '<input type=hidden name=leave value=1>')"
        )
        asked.save()
        refused = ConsentsPage(visitor.page)
        expect(refused.error_at("privacy.processing")).to_be_visible()


def test_what_was_agreed_to_is_not_asked_again(
    new_visitor: NewVisitor, customer: Customer, admin: Admin
) -> None:
    answers = new_visitor().has_an_account(customer)
    with admin.privacy_text(NEW_VERSION, NEW_TEXT):
        visitor = new_visitor()
        visitor.comes_to_log_in().log_in(answers.username, answers.password)
        ConsentsPage(visitor.page).choose(processing="yes")
        ServicePage(visitor.page)
        new_visitor().logs_in(answers)
    new_visitor().logs_in(answers)


def test_a_text_that_changes_while_the_page_is_open_is_shown_again_before_it_counts(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.has_an_account(customer)
    before = admin.consent_history(answers.username)
    consents = opens_consents(visitor, answers)
    with admin.privacy_text(VERSION, NEW_TEXT):
        consents.choose(marketing="yes")
        again = ConsentsPage(visitor.page)
        expect(again.message).to_contain_text("L’informativa è cambiata mentre questa pagina era aperta")
        expect(again.option("marketing", "yes")).to_be_checked()
        assert admin.consent_history(answers.username) == before


def _today() -> str:
    months = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
    rome = datetime.now(ZoneInfo("Europe/Rome"))
    return f"{rome.day} {months.split()[rome.month - 1]} {rome.year}"
