"""Somebody registers with an address that the co-op does not know: the one that it knows hears of it."""

from __future__ import annotations

import json

import pytest

from stack.customers import Customer
from stack.local import Stack
from stack.mailbox.part import Mailbox
from tests.support.newcomers import KnownAddress, NewCustomer
from tests.support.realm import Realm, eventually
from tests.support.registration import WELCOME, Registrant

SUBJECT = {
    "it": "È stato creato un account con il tuo codice cliente",
    "en": "An account was created with your customer code",
}
WHAT_TO_DO = {"it": "Chiama subito il servizio clienti", "en": "Call customer service at once"}


def _typed(registrant: Registrant) -> str:
    return f"{registrant.username}@example.org"


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("with_email", [True, False], ids=["another address", "none"])
def test_the_holder_of_the_code_hears_of_the_account_and_what_to_do(
    stack: Stack,
    mailbox: Mailbox,
    customer: Customer,
    known_address: KnownAddress,
    language: str,
    with_email: bool,
) -> None:
    address = known_address(customer)
    anna = Registrant(stack, customer)
    typed = _typed(anna) if with_email else ""
    page = anna.browser.follow(anna.login_page(ui_locales=language), "login-actions/registration")
    anna.form = anna.browser.submit(page.form, {"customerCode": customer.code}).form
    anna.register(email=typed, emailConfirm=typed)
    mail = mailbox.wait_for(address)
    assert mail.subject == SUBJECT[language]
    for form in (mail.text, mail.html):
        assert WHAT_TO_DO[language] in form
        told = [anna.username, customer.first_name, customer.last_name, customer.code]
        assert [word for word in (*told, typed or "@example.org") if word in form] == []
    assert mail.to == (address,)


def test_who_typed_the_known_address_gets_one_mail_only(
    stack: Stack, mailbox: Mailbox, new_customer: NewCustomer, known_address: KnownAddress
) -> None:
    anna, other = Registrant(stack, new_customer()), Registrant(stack, new_customer())
    address, others = known_address(anna.customer), known_address(other.customer)
    anna.register(email=address.upper(), emailConfirm=address.upper())
    other.register()
    # The later one's has come: so would the earlier one's.
    mailbox.wait_for(others)
    [mail] = mailbox.messages(address)
    assert mail.subject != SUBJECT["it"]


def test_the_known_address_is_shown_to_nobody(
    stack: Stack, mailbox: Mailbox, realm: Realm, customer: Customer, known_address: KnownAddress
) -> None:
    address = known_address(customer)
    anna = Registrant(stack, customer)
    page = anna.register(email=_typed(anna), emailConfirm=_typed(anna))
    mailbox.wait_for(address)
    user = realm.user(anna.username)
    assert user is not None
    events = realm.call("GET", "/events", params={"max": "100"}).json()
    admin_events = realm.call("GET", "/admin-events", params={"max": "100"}).json()
    whole = realm.call("GET", f"/users/{user['id']}").json()
    sessions = realm.call("GET", f"/users/{user['id']}/sessions").json()
    seen = json.dumps([events, admin_events, whole, sessions]) + page.text
    logs = [stack.keycloak.log, stack.keycloak.access_log, stack.validator.log]
    seen += "".join(log.read_text(encoding="utf-8") for log in logs)
    assert address not in seen.casefold()
    assert user["email"] == _typed(anna)


def test_a_notice_that_cannot_leave_harms_no_registration_and_leaves_when_the_mail_server_is_back(
    stack: Stack, mailbox: Mailbox, realm: Realm, customer: Customer, known_address: KnownAddress
) -> None:
    address = known_address(customer)
    anna = Registrant(stack, customer)
    stack.mailbox.stop()
    try:
        page = anna.register()
        assert page.name in WELCOME
        user = realm.user(anna.username)
        assert user is not None
        said = f"user {user['id']}'s customer code was not told of the account; tried again in 10 s"
        eventually(lambda: said in stack.keycloak.log.read_text(encoding="utf-8"), True)
    finally:
        stack.mailbox.start()
    assert mailbox.wait_for(address, seconds=30).subject == SUBJECT["it"]
    assert address not in stack.keycloak.log.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def realm(stack: Stack) -> Realm:
    """The realm as its administrator sees it."""
    return Realm(stack)
