"""What slips of the hand and hostile programs type is refused at its field; what people type is taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from stack.customers import Customer
from stack.local import Stack
from stack.mailbox.part import Mailbox
from stack.page import Page
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm, account_of
from tests.support.registration import WELCOME, Registrant
from tests.support.typed import (
    BAD,
    CODICI_FISCALI,
    EMAILS,
    HOSTILE,
    HOSTILE_PASSWORDS,
    MOBILES,
    NAMES,
    Typed,
    said_twice,
    shown_as_markup,
)


@pytest.fixture
def registrant(stack: Stack, new_customer: NewCustomer) -> Registrant:
    """A customer with the form open."""
    somebody = Registrant(stack, new_customer())
    somebody.form = somebody.open_form()
    return somebody


@pytest.mark.parametrize("field", BAD)
def test_a_field_refuses_what_is_no_value_of_it_and_nothing_is_stored(
    registrant: Registrant, field: str
) -> None:
    accounts = count_accounts(registrant.stack)
    table = {**(HOSTILE_PASSWORDS if field == "password" else HOSTILE), **BAD[field]}
    faults = {name: refused(registrant, field, typed) for name, typed in table.items()}
    assert {name: fault for name, fault in faults.items() if fault} == {}
    assert count_accounts(registrant.stack) == accounts


@pytest.mark.parametrize("name", ["privacy.marketing", "privacy.thirdParties", "privacy.profiling"])
def test_an_optional_consent_is_given_by_yes_alone(registrant: Registrant, name: str) -> None:
    # Nothing typed by a program counts as a consent: as no choice, which is "No".
    page = send(registrant, {name: ["on", "yes<script>"], "privacy.processing": "yes"})
    assert page.name in WELCOME, page.described()
    user = account_of(registrant)
    assert user["attributes"][f"consent.{name.removeprefix('privacy.')}"] == ["denied"]


@pytest.mark.parametrize("name", ["nothing", "blanks", *HOSTILE])
def test_the_code_page_refuses_at_the_field(stack: Stack, customer: Customer, name: str) -> None:
    typed = {"nothing": "", "blanks": "   ", **HOSTILE}[name]
    registrant = Registrant(stack, customer)
    page = registrant.browser.submit(registrant.code_page().form, {"customerCode": typed})
    assert (page.status, page.name) == (200, "customer-code"), page.described()
    assert list(page.errors) == ["customerCode"], page.described()
    if not str(typed).strip():
        assert page.errors["customerCode"] == "Scrivi il codice cliente: lo trovi in bolletta."


@pytest.mark.parametrize("name", ["nothing", *HOSTILE])
def test_the_login_says_one_thing_to_whatever_is_typed(stack: Stack, customer: Customer, name: str) -> None:
    typed = {"nothing": "", **HOSTILE}[name]
    registrant = Registrant(stack, customer)
    page = registrant.browser.submit(registrant.login_page().form, {"username": typed, "password": typed})
    assert (page.status, page.name) == (200, "login"), page.described()
    assert page.messages == ("Username o password non corretti. Controlla maiuscole e minuscole e riprova.",)


def test_names_as_people_and_companies_have_them_are_taken(registrant: Registrant) -> None:
    for name in NAMES:
        for field in ("firstName", "lastName"):
            page = send(registrant, {field: name, "privacy.processing": ""})
            assert list(page.errors) == ["privacy.processing"], (name, page.described())
            assert page.form.values[field] == name


def test_a_name_is_stored_as_it_was_typed(registrant: Registrant) -> None:
    page = send(registrant, {"firstName": "È", "lastName": "D’Amico-Però", "mobile": "+39 333 1234567"})
    assert page.name in WELCOME, page.described()
    user = account_of(registrant)
    assert (user["firstName"], user["lastName"]) == ("È", "D’Amico-Però")


def test_mobile_numbers_with_and_without_prefix_are_taken(registrant: Registrant) -> None:
    for number in MOBILES:
        page = send(registrant, {"mobile": number, "privacy.processing": ""})
        assert list(page.errors) == ["privacy.processing"], (number, page.described())


@pytest.mark.parametrize("shape", EMAILS)
def test_emails_with_a_plus_or_an_accent_in_the_domain_are_taken(
    registrant: Registrant, shape: str, mailbox: Mailbox
) -> None:
    address = shape.format(registrant.username)
    page = send(registrant, {"email": address, "emailConfirm": address})
    assert page.name == "login-verify-email", page.described()
    assert account_of(registrant)["email"] == address
    local, _, domain = address.partition("@")
    mailbox.wait_for(f"{local}@{domain.encode('idna').decode()}", "Conferma la tua email")


@pytest.mark.parametrize("number", CODICI_FISCALI)
def test_a_codice_fiscale_of_any_kind_is_taken(stack: Stack, customer: Customer, number: str) -> None:
    owner = replace(customer, codice_fiscale=number)
    stack.import_customers([owner])
    typed = f" {number[:6].lower()} {number[6:]}"
    Registrant(stack, owner).register(codiceFiscale=typed)


def refused(registrant: Registrant, field: str, typed: Typed) -> str:
    """What is wrong with how the form takes `typed`; "" where the field says that it is not good."""
    page = send(registrant, {field: typed, **({"emailConfirm": typed} if field == "email" else {})})
    if page.status != 200 or page.name != "register":
        registrant.form = Registrant(registrant.stack, registrant.customer).open_form()
        return page.described()
    if field not in page.errors:
        return f"no message at {field}: {page.described()}"
    return said_twice(page.errors[field]) or shown_as_markup(page, typed)


def send(registrant: Registrant, changes: Mapping[str, Typed]) -> Page:
    """The form as it now is, complete but for `changes`; the next one is sent from the page that comes."""
    assert registrant.form is not None
    values: dict[str, Typed] = {**registrant.values(), **changes}
    values["password-confirm"] = values["password"]
    page = registrant.browser.submit(registrant.form, values)
    if page.name == "register":
        registrant.form = page.form
    return page


def count_accounts(stack: Stack) -> int:
    """How many accounts the realm has."""
    return int(Realm(stack).call("GET", "/users/count").json())
