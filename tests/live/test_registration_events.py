"""Why a registration failed, as the help desk reads it in the events: reasons, nothing that was typed."""

from __future__ import annotations

import json
import secrets
from typing import Any

from stack.customers import Customer
from stack.local import Stack
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm, eventually
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


def logged(stack: Stack, request_id: str) -> set[tuple[str, int]]:
    """Route and status of what the validator has logged under this request."""
    lines = [
        json.loads(line) for line in stack.validator.log.read_text("utf-8").splitlines() if line[:1] == "{"
    ]
    return {(line["route"], line["status"]) for line in lines if line.get("request_id") == request_id}


def test_a_failure_and_the_validators_log_name_the_same_request(stack: Stack, customer: Customer) -> None:
    anna = Registrant(stack, customer)
    anna.send_code("9876543219")
    [event] = failures(stack, anna)
    assert logged(stack, event["details"]["request_id"]) == {("/v1/reservations", 409)}


def test_a_registration_keeps_the_name_that_a_proxy_gave_to_the_request(
    stack: Stack, customer: Customer
) -> None:
    anna, name = Registrant(stack, customer), f"proxy-{secrets.token_hex(8)}"
    anna.open_form()
    anna.browser.send_header("X-Request-Id", name)
    anna.register()
    query = {"type": "REGISTER", "ipAddress": anna.address}
    [event] = Realm(stack).call("GET", "/events", params=query).json()
    assert event["details"]["request_id"] == name
    reservation = "/v1/reservations/<reservation>"
    assert logged(stack, name) >= {(f"{reservation}/check", 200), (f"{reservation}/claim", 200)}
    eventually(lambda: ("/v1/confirmations", 200) in logged(stack, name), True)


def test_a_name_that_could_be_anything_is_replaced(stack: Stack, customer: Customer) -> None:
    anna = Registrant(stack, customer)
    anna.browser.send_header("X-Request-Id", f"{customer.codice_fiscale} {'x' * 80}")
    anna.send_code("9876543219")
    [event] = failures(stack, anna)
    assert customer.codice_fiscale not in json.dumps(event)
    assert logged(stack, event["details"]["request_id"])


def assert_says_nothing_of(event: dict[str, Any], words: list[str]) -> None:
    """Nowhere in the event, whatever its case."""
    said = json.dumps(event).lower()
    assert [word for word in words if word.lower() in said] == []


def test_events_are_kept_for_90_days(stack: Stack) -> None:
    realm = Realm(stack).call("GET", "").json()
    assert realm["eventsEnabled"]
    assert realm["eventsExpiration"] == NINETY_DAYS
