"""Attributes that only the extension writes: customer code, codice fiscale, consents and their history."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from stack.local import Stack
from stack.settings import realm_name
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm
from tests.support.registration import CLIENT, Registrant

FORGED = {
    "customerCode": "FORGED0001",
    "codiceFiscale": "FRGRYA80A01H501X",
    "consent.processing": "denied",
    "consent.marketing": "granted",
    "consent.thirdParties": "granted",
    "consent.profiling": "granted",
    "consentHistory": '{"purpose":"marketing","choice":"granted"}',
}
PURPOSES = ("processing", "marketing", "thirdParties", "profiling")


@pytest.fixture
def anna(stack: Stack, new_customer: NewCustomer) -> Registrant:
    """A customer who has not registered."""
    return Registrant(stack, new_customer())


@pytest.fixture
def realm(stack: Stack) -> Realm:
    """The realm as its administrator sees it."""
    return Realm(stack)


def _attributes(realm: Realm, registrant: Registrant) -> dict[str, list[str]]:
    user = realm.user(registrant.username)
    assert user is not None
    attributes: dict[str, list[str]] = user["attributes"]
    return attributes


@pytest.mark.parametrize("prefix", ["", "user.attributes."])
def test_attributes_sent_as_form_fields_are_ignored(realm: Realm, anna: Registrant, prefix: str) -> None:
    anna.open_form()
    fields = {f"{prefix}{name}": value for name, value in FORGED.items() if prefix + name != "codiceFiscale"}
    anna.register(**fields)
    stored = _attributes(realm, anna)
    assert stored["customerCode"] == [anna.customer.code]
    assert stored["codiceFiscale"] == [anna.customer.codice_fiscale]
    assert {purpose: stored[f"consent.{purpose}"] for purpose in PURPOSES} == {
        "processing": ["granted"],
        "marketing": ["denied"],
        "thirdParties": ["denied"],
        "profiling": ["denied"],
    }
    assert sorted(json.loads(entry)["purpose"] for entry in stored["consentHistory"]) == sorted(PURPOSES)


def test_each_choice_is_recorded_as_made_with_the_proof_of_the_text_shown(
    realm: Realm, anna: Registrant
) -> None:
    anna.register(privacy_marketing="yes", privacy_thirdParties="no")
    stored = _attributes(realm, anna)
    now = {purpose: stored[f"consent.{purpose}"][0] for purpose in PURPOSES}
    assert now == {
        "processing": "granted",
        "marketing": "pending",  # until the address is confirmed
        "thirdParties": "denied",
        "profiling": "denied",
    }
    history = [json.loads(entry) for entry in stored["consentHistory"]]
    assert {entry["purpose"]: entry["choice"] for entry in history} == now
    for entry in history:
        assert (entry["channel"], entry["locale"], len(entry["sha256"])) == ("registration", "it", 64)
        assert entry["version"]
        assert entry["time"].endswith("Z")


def _account(registrant: Registrant, method: str, **sent: Any) -> requests.Response:
    """A request of the customer's own account API, as the account console makes it."""
    redirect = f"{registrant.stack.keycloak.url}/realms/{realm_name()}/account/"
    page = registrant.log_in()
    token = registrant.browser.token(page, realm_name(), CLIENT, redirect)
    session = requests.Session()
    session.trust_env = False
    return session.request(
        method,
        f"{registrant.stack.keycloak.url}/realms/{realm_name()}/account/?userProfileMetadata=true",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        timeout=30,
        **sent,
    )


@pytest.mark.parametrize("name", FORGED)
def test_a_customer_cannot_change_an_attribute_through_the_account_api(
    realm: Realm, anna: Registrant, name: str
) -> None:
    anna.register()
    before = _attributes(realm, anna)
    profile = _account(anna, "GET").json()
    assert profile["username"] == anna.username
    shown = {key: value for key, value in profile.items() if key != "userProfileMetadata"}
    changed = {**shown, "attributes": {**profile["attributes"], name: [FORGED[name]]}}
    answer = _account(anna, "POST", json=changed)
    assert answer.status_code in {200, 204, 400}, answer.text[:300]
    assert _attributes(realm, anna) == before


def test_an_administrator_cannot_change_the_attributes_either(realm: Realm, anna: Registrant) -> None:
    anna.register()
    user = realm.user(anna.username)
    assert user is not None
    with pytest.raises(AssertionError, match="error-user-attribute-read-only"):
        realm.call(
            "PUT",
            f"/users/{user['id']}",
            json={**user, "attributes": {**user["attributes"], "consent.marketing": ["granted"]}},
        )
    assert _attributes(realm, anna) == user["attributes"]


@pytest.mark.parametrize("client", ["bollette", "autolettura", "account-console"])
def test_no_service_takes_a_password_without_the_login_page(
    stack: Stack, anna: Registrant, client: str
) -> None:
    anna.register()
    session = requests.Session()
    session.trust_env = False
    answer = session.post(
        f"{stack.keycloak.url}/realms/{realm_name()}/protocol/openid-connect/token",
        data={
            "grant_type": "password",
            "client_id": client,
            "username": anna.username,
            "password": "Corretto-Cavallo-7",
        },
        timeout=30,
    )
    assert answer.status_code in {400, 401}
    assert answer.json()["error"] in {"unauthorized_client", "invalid_client"}
