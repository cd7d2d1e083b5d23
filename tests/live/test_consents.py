"""Consents beyond the browser: simultaneous changes, forged fields, and what a portal reads in its token."""

from __future__ import annotations

import base64
import json
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import requests

from stack.browserless import Browser
from stack.errors import StackError
from stack.local import Stack
from stack.page import Form, Page
from stack.settings import REALM_CONFIG, realm_name
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm
from tests.support.registration import PASSWORD, Registrant, own_address

SERVICE = "bollette"
SERVICE_URL = "https://bollette.enercasa.example/"
OPTIONAL = ("marketing", "thirdParties", "profiling")
ROUNDS = 5


@pytest.fixture
def anna(stack: Stack, new_customer: NewCustomer) -> Registrant:
    """A registered customer who has no email."""
    registrant = Registrant(stack, new_customer())
    registrant.register(privacy_marketing="yes")
    return registrant


@pytest.fixture
def realm(stack: Stack) -> Realm:
    """The realm as its administrator sees it."""
    return Realm(stack)


def _logs_in(anna: Registrant, **query: str) -> Page:
    """At the service, in a browser of its own."""
    anna.browser = Browser(anna.stack.keycloak.url, own_address())
    login = anna.browser.login_page(realm_name(), SERVICE, SERVICE_URL, **query)
    return anna.browser.submit(login.form, {"username": anna.username, "password": PASSWORD})


def _opens_consents(anna: Registrant) -> tuple[Browser, Form]:
    page = _logs_in(anna, kc_action="privacy-consents")
    assert page.name == "privacy-consents", page.described()
    return anna.browser, page.form


def _confirms_address(realm: Realm, anna: Registrant) -> None:
    user = realm.user(anna.username)
    assert user is not None
    confirmed = {**user, "email": f"{anna.username}@example.org", "emailVerified": True}
    realm.call("PUT", f"/users/{user['id']}", json=confirmed)


def _attributes(realm: Realm, anna: Registrant) -> dict[str, list[str]]:
    user = realm.user(anna.username)
    assert user is not None
    attributes: dict[str, list[str]] = user["attributes"]
    return attributes


def _history(realm: Realm, anna: Registrant) -> list[dict[str, str]]:
    return [json.loads(entry) for entry in _attributes(realm, anna)["consentHistory"]]


def test_simultaneous_changes_on_three_devices_are_all_in_the_history(
    realm: Realm, stack: Stack, new_customer: NewCustomer
) -> None:
    for _ in range(ROUNDS):
        anna = Registrant(stack, new_customer())
        anna.register()
        opened = [_opens_consents(anna) for _ in OPTIONAL]
        barrier = Barrier(len(OPTIONAL))

        def save(number: int, opened: Any = opened, barrier: Barrier = barrier) -> Page:
            browser, form = opened[number]
            choices = {**form.values, f"privacy.{OPTIONAL[number]}": "yes"}
            barrier.wait()
            page: Page = browser.submit(form, choices)
            return page

        with ThreadPoolExecutor(len(OPTIONAL)) as threads:
            for page in threads.map(save, range(len(OPTIONAL))):
                assert page.says("Abbiamo salvato le tue scelte."), page.described()
        added = [entry for entry in _history(realm, anna) if entry["channel"] == "account"]
        assert sorted((entry["purpose"], entry["choice"]) for entry in added) == sorted(
            (purpose, "pending") for purpose in OPTIONAL
        )
        assert len(_history(realm, anna)) == len(OPTIONAL) + 4
        attributes = _attributes(realm, anna)
        assert [attributes[f"consent.{purpose}"] for purpose in OPTIONAL] == [["pending"]] * len(OPTIONAL)


@pytest.mark.parametrize("value", ["maybe", "", "YES", "yes\x00", "granted"])
def test_a_value_that_is_no_answer_changes_nothing(realm: Realm, anna: Registrant, value: str) -> None:
    before = _attributes(realm, anna)
    browser, form = _opens_consents(anna)
    page = browser.submit(form, {f"privacy.{purpose}": value for purpose in OPTIONAL})
    assert page.name == "privacy-consents", page.described()
    after = _attributes(realm, anna)
    assert after["consentHistory"] == before["consentHistory"]
    assert after["consent.marketing"] == ["pending"]


def test_a_forged_hash_of_the_text_is_refused(realm: Realm, anna: Registrant) -> None:
    browser, form = _opens_consents(anna)
    page = browser.submit(form, {"noticeSha256": "0" * 64, "privacy.profiling": "yes"})
    assert page.says("L’informativa è cambiata mentre questa pagina era aperta"), page.described()
    assert _attributes(realm, anna)["consent.profiling"] == ["denied"]


def test_a_purpose_of_nobodys_is_not_recorded(realm: Realm, anna: Registrant) -> None:
    browser, form = _opens_consents(anna)
    browser.submit(form, {**form.values, "privacy.newsletter": "yes", "privacy.processing": "no"})
    attributes = _attributes(realm, anna)
    assert "consent.newsletter" not in attributes
    assert attributes["consent.processing"] == ["granted"]


def _claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def _portal_reads(anna: Registrant) -> tuple[Any, Any]:
    """The claim of a fresh access token, and that of userinfo."""
    returned = _logs_in(anna)
    token = anna.browser.token(returned, realm_name(), SERVICE, SERVICE_URL)
    answer = requests.get(
        f"{anna.stack.keycloak.url}/realms/{realm_name()}/protocol/openid-connect/userinfo",
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    answer.raise_for_status()
    return _claims(token)["consents"], answer.json()["consents"]


def test_a_portal_reads_only_the_consents_that_count(realm: Realm, anna: Registrant) -> None:
    assert _portal_reads(anna) == ({"processing": True}, {"processing": True})
    _confirms_address(realm, anna)
    browser, form = _opens_consents(anna)
    browser.submit(form, {**form.values, "privacy.profiling": "yes"})
    granted = {"processing": True, "profiling": True}
    assert _portal_reads(anna) == (granted, granted)
    browser, form = _opens_consents(anna)
    browser.submit(form, {**form.values, "privacy.profiling": "no"})
    assert _portal_reads(anna) == ({"processing": True}, {"processing": True})


def test_a_client_without_the_scope_reads_nothing_of_consents(anna: Registrant) -> None:
    anna.browser = Browser(anna.stack.keycloak.url, own_address())
    console = f"{anna.stack.keycloak.url}/realms/{realm_name()}/account/"
    login = anna.browser.login_page(realm_name(), "account-console", console)
    password = {"username": anna.username, "password": PASSWORD}
    returned = anna.browser.submit(login.form, password)
    token = anna.browser.token(returned, realm_name(), "account-console", console)
    assert "consents" not in _claims(token)


@pytest.mark.parametrize("by", ["username", "code"])
def test_the_proof_of_one_customer_is_printed_and_checked(stack: Stack, anna: Registrant, by: str) -> None:
    browser, form = _opens_consents(anna)
    browser.submit(form, {**form.values, "privacy.marketing": "no"})
    who = anna.username if by == "username" else anna.customer.code
    printed = stack.validator.command("consents", who, "--texts", str(REALM_CONFIG / "privacy"))
    assert f"code      {anna.customer.code}" in printed
    assert "marketing: denied" in printed
    assert printed.index("pending  registration, text 2026-11 (it)") < printed.index("denied   account, text")
    assert "proof logged-in" in printed
    assert "Se scegli Sì, ti mandiamo offerte e notizie di EnerCasa Coop" in printed


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("nobody-has-this-name",), "nobody-has-this-name: no customer has this username or customer code"),
        (("anna", "--texts", "/nowhere"), "/nowhere: no such folder"),
    ],
)
def test_what_cannot_be_proved_is_one_line(stack: Stack, arguments: tuple[str, ...], error: str) -> None:
    with pytest.raises(StackError, match=re.escape(error)) as raised:
        stack.validator.command("consents", "--texts", str(REALM_CONFIG / "privacy"), *arguments)
    assert "Traceback" not in str(raised.value)
