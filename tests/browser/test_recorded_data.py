"""What is kept of a registration, read as the administrator reads it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from stack.customers import Customer
from stack.settings import REALM_CONFIG
from tests.browser.answers import complete
from tests.browser.site import Admin
from tests.browser.visitor import NewVisitor, Visitor

VERSION = "2026-11"
OPTIONAL = ("marketing", "thirdParties", "profiling")
NOTICES: Path = REALM_CONFIG / "privacy" / VERSION


def digest_of_the_notice(language: str) -> str:
    """SHA-256 of the text that the realm shows in that language."""
    return hashlib.sha256((NOTICES / f"{language}.md").read_bytes()).hexdigest()


def test_what_the_customer_gave_is_recorded(visitor: Visitor, customer: Customer, admin: Admin) -> None:
    answers = visitor.registers(customer, gender="female", mobile="+39 333 1234567")
    user = admin.user(answers.username)
    assert user is not None
    assert (user["firstName"], user["lastName"]) == (customer.first_name, customer.last_name)
    assert user["email"] == answers.email
    attributes = user["attributes"]
    assert attributes["customerCode"] == [customer.code]
    assert attributes["codiceFiscale"] == [customer.codice_fiscale]
    assert attributes["gender"] == ["female"]
    assert attributes["mobile"] == ["+39 333 1234567"]


def test_the_sex_and_the_mobile_may_be_left_out(visitor: Visitor, customer: Customer, admin: Admin) -> None:
    answers = visitor.registers(customer)
    assert admin.attributes(answers.username).keys() & {"gender", "mobile"} == set()


def test_the_mandatory_authorization_is_granted_at_once(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.registers(customer)
    assert admin.attributes(answers.username)["consent.processing"] == ["granted"]


@pytest.mark.parametrize("choice", ["no", None], ids=["no", "not choosing"])
def test_no_and_not_choosing_are_recorded_as_no(
    visitor: Visitor, customer: Customer, admin: Admin, choice: str | None
) -> None:
    answers = visitor.registers(customer, marketing=choice, third_parties=choice, profiling=choice)
    visitor.confirms(answers)
    attributes = admin.attributes(answers.username)
    assert [attributes[f"consent.{purpose}"] for purpose in OPTIONAL] == [["denied"]] * 3
    recorded = [entry for entry in admin.consent_history(answers.username) if entry["choice"] == "denied"]
    assert sorted(entry["purpose"] for entry in recorded) == sorted(OPTIONAL)


def test_a_yes_is_pending_until_the_email_is_confirmed(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.registers(customer, marketing="yes", third_parties="no", profiling="yes")

    def states() -> list[list[str]]:
        attributes = admin.attributes(answers.username)
        return [attributes[f"consent.{purpose}"] for purpose in OPTIONAL]

    assert states() == [["pending"], ["denied"], ["pending"]]
    visitor.confirms(answers)
    assert states() == [["granted"], ["denied"], ["granted"]]


def test_without_an_email_a_yes_stays_pending(visitor: Visitor, customer: Customer, admin: Admin) -> None:
    answers = visitor.registers(customer, email="", marketing="yes")
    assert admin.attributes(answers.username)["consent.marketing"] == ["pending"]


def test_each_choice_is_in_the_history_with_what_proves_it(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    answers = visitor.registers(customer, marketing="yes", third_parties="no")
    history = admin.consent_history(answers.username)
    assert {entry["purpose"]: entry["choice"] for entry in history} == {
        "processing": "granted",
        "marketing": "pending",
        "thirdParties": "denied",
        "profiling": "denied",
    }
    assert len(history) == 4
    for entry in history:
        assert entry["version"] == VERSION
        assert entry["sha256"] == digest_of_the_notice("it")
        assert entry["locale"] == "it"
        assert entry["channel"] == "registration"
        assert before <= datetime.fromisoformat(entry["time"]) <= datetime.now(UTC)
        assert "proof" not in entry


def test_the_confirmation_adds_a_line_with_its_proof_and_changes_none(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.registers(customer, marketing="yes", third_parties="no")
    before = admin.consent_history(answers.username)
    visitor.confirms(answers)
    after = admin.consent_history(answers.username)
    assert all(entry in after for entry in before)
    [added] = [entry for entry in after if entry not in before]
    assert (added["purpose"], added["choice"]) == ("marketing", "granted")
    assert added["proof"] == "email-confirmed"
    assert added["sha256"] == digest_of_the_notice("it")


def test_following_the_link_again_adds_nothing(visitor: Visitor, customer: Customer, admin: Admin) -> None:
    answers = visitor.has_an_account(customer, marketing="yes")
    before = admin.consent_history(answers.username)
    visitor.confirms(answers)
    assert admin.consent_history(answers.username) == before


def test_the_language_of_the_form_counts_not_that_of_a_notice_read_beside_it(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = complete(customer)
    form = visitor.opens_the_form(customer)
    with visitor.page.context.expect_page() as opened:
        form.link("finalità di marketing").click()
    opened.value.get_by_role("link", name="English").click()
    expect(opened.value.locator("html")).to_have_attribute("lang", "en")
    form.send(answers)
    visitor.confirmation_mail(answers)
    for entry in admin.consent_history(answers.username):
        assert (entry["locale"], entry["sha256"]) == ("it", digest_of_the_notice("it"))


def test_who_reads_the_english_form_consents_to_the_english_text(
    new_visitor: NewVisitor, customer: Customer, admin: Admin
) -> None:
    answers = new_visitor(locale="en-GB").registers(customer, marketing="yes")
    for entry in admin.consent_history(answers.username):
        assert (entry["locale"], entry["sha256"]) == ("en", digest_of_the_notice("en"))
