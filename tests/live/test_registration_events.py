"""Why a registration failed, as the help desk reads it in the events: reasons, nothing that was typed."""

from __future__ import annotations

import json
from typing import Any

from stack.customers import Customer
from stack.local import Stack
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm
from tests.support.registration import Registrant

TAKEN = "service-account-customer-codes-purge"
NINETY_DAYS = 90 * 86_400
#: Words that nobody types by accident, one for each field.
TYPED = {
    "firstName": "Zenobia",
    "lastName": "Quagliarella",
    "username": "zenobia.quagliarella",
    "email": "zenobia@quagliarella.example",
    "mobile": "3339876543",
}


def failures(stack: Stack, registrant: Registrant) -> list[dict[str, Any]]:
    """The stored failures of registrations from this customer's address, the newest first."""
    query = {"type": "REGISTER_ERROR", "ipAddress": registrant.address}
    found: list[dict[str, Any]] = Realm(stack).call("GET", "/events", params=query).json()
    return found


def reasons(event: dict[str, Any]) -> set[str]:
    """What the event gives as reasons, each once."""
    told = event["details"]["reason"].split(", ")
    assert len(set(told)) == len(told), told
    return set(told)


def test_a_refused_code_is_told_without_the_code(stack: Stack, customer: Customer) -> None:
    anna = Registrant(stack, customer)
    anna.send_code("9876543219")
    [event] = failures(stack, anna)
    assert reasons(event) == {"code_refused"}
    assert "9876543219" not in json.dumps(event)


def test_every_wrong_field_is_told_with_its_rule_and_without_what_was_typed(
    stack: Stack, customer: Customer, new_customer: NewCustomer
) -> None:
    anna, other = Registrant(stack, customer), new_customer()
    typed = {**TYPED, "email": "zenobia@", "mobile": "tre", "codiceFiscale": other.codice_fiscale}
    anna.send_form(
        **typed,
        emailConfirm="quagliarella@",
        password="Zenobia-Q",
        password_confirm="Zenobia-Q",
        privacy_processing=None,
    )
    [event] = failures(stack, anna)
    assert reasons(event) == {
        "email: error-invalid-email",
        "mobile: reason.mobile_invalid",
        "password: invalidPasswordMinDigitsMessage",
        "email_confirmation",
        "privacy_authorization",
        "codiceFiscale: identity_mismatch",
    }
    assert_says_nothing_of(event, [*typed.values(), customer.code, "zenobia", "quagliarella"])


def test_a_taken_username_is_told_without_the_name(stack: Stack, customer: Customer) -> None:
    anna = Registrant(stack, customer)
    anna.send_form(**{**TYPED, "username": TAKEN}, emailConfirm=TYPED["email"])
    [event] = failures(stack, anna)
    assert event["error"] == "username_in_use"
    assert reasons(event) == {"username: usernameExistsMessage"}
    assert_says_nothing_of(event, [*TYPED.values(), TAKEN, customer.codice_fiscale])


def assert_says_nothing_of(event: dict[str, Any], words: list[str]) -> None:
    """Nowhere in the event, whatever its case."""
    said = json.dumps(event).lower()
    assert [word for word in words if word.lower() in said] == []


def test_events_are_kept_for_90_days(stack: Stack) -> None:
    realm = Realm(stack).call("GET", "").json()
    assert realm["eventsEnabled"]
    assert realm["eventsExpiration"] == NINETY_DAYS
