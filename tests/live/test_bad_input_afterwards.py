"""What is typed on the pages after the registration: the same tables, and nothing of it is stored either."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests

from stack.local import Stack
from stack.mailbox.part import Mailbox
from stack.page import Page
from stack.settings import realm_name
from tests.support.newcomers import NewCustomer
from tests.support.realm import account_of
from tests.support.registration import CLIENT, PASSWORD, Registrant
from tests.support.typed import BAD, HOSTILE, HOSTILE_PASSWORDS, Typed, said_twice, shown_as_markup

#: Where a field comes twice, Keycloak's own pages take the first and say it: see the test of its own.
TWICE = "twice"
#: Way → the fields that are typed to have a credential back.
RECOVERIES = {
    "USERNAME_BY_EMAIL": ("email",),
    "USERNAME_BY_CODE": ("customerCode", "codiceFiscale"),
    "PASSWORD_BY_USERNAME": ("username",),
}
FREE = ("firstName", "lastName", "gender", "mobile")


@pytest.fixture
def registrant(stack: Stack, new_customer: NewCustomer) -> Registrant:
    """A customer who has an account, without an email."""
    somebody = Registrant(stack, new_customer())
    somebody.register()
    return somebody


def refused(page: Page, name: str, field: str, typed: Typed) -> str:
    """What is wrong with how the page `name` takes `typed`; "" where its field says that it is not good."""
    if (page.status, page.name) != (200, name) or not (field in page.errors or belongs(page, field)):
        return page.described()
    return said_twice(page.errors.get(field, "")) or shown_as_markup(page, typed)


def belongs(page: Page, field: str) -> bool:
    """Whether the message on top is tied to the field: a broken rule of passwords stands there."""
    (tag,) = re.findall(rf'<input[^>]* id="{field}"[^>]*>', page.text)
    return bool(page.messages) and "page-message" in tag and 'aria-invalid="true"' in tag


def opened(registrant: Registrant, action: str) -> Page:
    """The page of that action, after the login."""
    credentials = {"username": registrant.username, "password": PASSWORD}
    login = registrant.login_page(kc_action=action)
    return registrant.browser.submit(login.form, credentials) if login.name == "login" else login


def faults(registrant: Registrant, action: str, field: str, table: Mapping[str, Typed]) -> dict[str, str]:
    """Types all of the table into one field of the action's page; what is wrong with the answers, by name."""
    page, found = opened(registrant, action), {}
    for name, typed in table.items():
        sent: dict[str, Any] = {field: typed}
        if field == "password-new":
            sent["password-confirm"] = typed
        answer = registrant.browser.submit(page.form, sent)
        if fault := refused(answer, page.name, field, typed):
            found[name] = fault
        page = answer if answer.name == page.name else opened(registrant, action)
    return found


def test_a_new_email_that_is_none_is_refused_at_the_field_and_not_stored(registrant: Registrant) -> None:
    before = account_of(registrant)
    table = {name: typed for name, typed in (HOSTILE | BAD["email"]).items() if name != TWICE}
    assert faults(registrant, "UPDATE_EMAIL", "email", table) == {}
    assert account_of(registrant) == before


def test_a_new_email_that_comes_twice_is_the_first_and_said(registrant: Registrant) -> None:
    page = registrant.browser.submit(
        opened(registrant, "UPDATE_EMAIL").form, {"email": ["anna@example.org", "bruno@example.org"]}
    )
    assert page.says("anna@example.org"), page.described()
    assert "bruno" not in page.text
    assert account_of(registrant).get("email") is None


def test_a_new_password_that_is_none_is_refused_at_the_field_and_the_old_one_stays(
    registrant: Registrant,
) -> None:
    assert faults(registrant, "UPDATE_PASSWORD", "password-new", HOSTILE_PASSWORDS | BAD["password"]) == {}
    assert registrant.log_in().returned


@pytest.mark.parametrize("purpose", ["marketing", "thirdParties", "profiling"])
def test_no_consent_is_given_by_anything_but_yes(registrant: Registrant, purpose: str) -> None:
    for typed in ("on", "yes<script>", "YES", ["no", "yes"], ""):
        page = opened(registrant, "privacy-consents")
        answer = registrant.browser.submit(page.form, {f"privacy.{purpose}": typed})
        assert answer.status < 500, (typed, answer.described())
        assert shown_as_markup(answer, typed) == ""
        assert account_of(registrant)["attributes"][f"consent.{purpose}"] == ["denied"], typed


@pytest.mark.parametrize(("way", "field"), [(way, field) for way in RECOVERIES for field in RECOVERIES[way]])
def test_whatever_is_typed_to_recover_is_answered_and_sends_nothing(
    registrant: Registrant, mailbox: Mailbox, way: str, field: str
) -> None:
    mails = len(mailbox.messages())
    page = recovery(registrant, way)
    form = len(page.forms) - 1 if way == "USERNAME_BY_CODE" else 0
    good = {"customerCode": registrant.customer.code, "codiceFiscale": registrant.customer.codice_fiscale}
    rest = {name: good[name] for name in RECOVERIES[way] if name != field}
    for name, typed in {"nothing": "", **HOSTILE, **BAD.get(field, {})}.items():
        answer = registrant.browser.submit(page.forms[form], {"way": way, **rest, field: typed})
        answered = answer.name == "forgotten-sent" or field in answer.errors
        assert (answer.status, answered) == (200, True), (name, answer.described())
        assert shown_as_markup(answer, typed) == "", name
        page = recovery(registrant, way) if answer.name == "forgotten-sent" else answer
    assert len(mailbox.messages()) == mails


def recovery(registrant: Registrant, way: str) -> Page:
    """The page on which that way begins."""
    choice = registrant.browser.follow(registrant.login_page(), "login-actions/reset-credentials")
    lost = "PASSWORD" if way.startswith("PASSWORD") else "USERNAME"
    return registrant.browser.submit(choice.form, {"page": lost})


@pytest.fixture
def console(registrant: Registrant) -> Iterator[requests.Session]:
    """What the account console sends with: the customer's own token."""
    address = f"{registrant.stack.keycloak.url}/realms/{realm_name()}/account/"
    returned = registrant.log_in()
    token = registrant.browser.token(returned, realm_name(), CLIENT, address)
    with requests.Session() as session:
        session.headers.update({"Authorization": f"Bearer {token}", "Accept": "application/json"})
        yield session


@pytest.mark.parametrize("field", FREE)
def test_the_account_refuses_what_the_form_refuses(
    registrant: Registrant, console: requests.Session, field: str
) -> None:
    address = f"{registrant.stack.keycloak.url}/realms/{realm_name()}/account/"
    mine, before = console.get(address, timeout=30).json(), account_of(registrant)
    for name, typed in {**HOSTILE, **BAD[field]}.items():
        changed = {**mine, field: typed}
        if field in ("gender", "mobile"):
            values = [typed] if isinstance(typed, str) else typed
            changed = {**mine, "attributes": {**mine["attributes"], field: values}}
        answer = console.post(address, json=changed, timeout=30)
        assert answer.status_code == 400, (name, answer.status_code, answer.text)
        # A list in place of a name is no such JSON at all.
        assert field in answer.text or isinstance(typed, list), (name, answer.text)
        assert "<" not in answer.text, (name, answer.text)
    assert account_of(registrant) == before
