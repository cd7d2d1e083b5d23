"""The role help-desk through the admin interface: what it may, and what it may not."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
import requests

from stack.browserless import Browser
from stack.customers import Customer
from stack.local import Stack
from stack.settings import realm_name
from tests.support.realm import Realm, eventually, guesses_path
from tests.support.registration import Registrant

PASSWORD = "Sportello-77x"
_CONSOLE = "security-admin-console"


class Desk:
    """Somebody of the help desk, at the admin interface."""

    def __init__(self, stack: Stack) -> None:
        self.username = f"desk-{secrets.token_hex(4)}"
        realm = Realm(stack)
        person = {"firstName": "S", "lastName": "S", "email": "s@enercasa.example", "emailVerified": True}
        login = {"credentials": [{"type": "password", "value": PASSWORD}], "enabled": True}
        realm.call("POST", "/users", json={"username": self.username, **person, **login})
        self.user_id = realm.users(username=self.username)[0]["id"]
        role = realm.call("GET", "/roles/help-desk").json()
        realm.call("POST", f"/users/{self.user_id}/role-mappings/realm", json=[role])
        self._base = f"{stack.keycloak.url}/admin/realms/{realm_name()}"
        console = f"{stack.keycloak.url}/admin/{realm_name()}/console/"
        browser = Browser(stack.keycloak.url)
        asked = browser.login_page(realm_name(), _CONSOLE, console)
        page = browser.submit(asked.form, {"username": self.username, "password": PASSWORD})
        token = browser.token(page, realm_name(), _CONSOLE, console)
        self._headers = {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, **sent: Any) -> int:
        """The status of a request below the realm."""
        answer = requests.request(method, self._base + path, headers=self._headers, timeout=20, **sent)
        return answer.status_code


@pytest.fixture(scope="module")
def desk(stack: Stack) -> Desk:
    """One person with the role."""
    return Desk(stack)


def test_it_sees_and_corrects_customers_and_sees_events(stack: Stack, customer: Customer, desk: Desk) -> None:
    anna = Registrant(stack, customer)
    anna.register()
    user = Realm(stack).user(anna.username)
    assert user is not None
    address = f"/users/{user['id']}"
    assert desk.call("GET", address) == 200
    assert desk.call("GET", "/events?type=REGISTER_ERROR") == 200
    assert desk.call("GET", "/admin-events") == 200
    assert desk.call("PUT", address, json={**user, "lastName": "D’Amico"}) == 204
    assert desk.call("POST", f"{address}/logout") == 204
    assert desk.call("DELETE", address) == 204


def test_it_lets_a_customer_in_again_who_waits_after_ten_wrong_passwords(
    stack: Stack, customer: Customer, desk: Desk
) -> None:
    anna, realm = Registrant(stack, customer), Realm(stack)
    anna.register()
    user = realm.user(anna.username)
    assert user is not None
    anna.guess_passwords(10)
    eventually(lambda: realm.guesses(user["id"])["disabled"], True)
    assert not anna.log_in().returned
    assert desk.call("DELETE", guesses_path(user["id"])) == 204
    assert anna.log_in().returned
    errors = {event.get("error") for event in realm.call("GET", f"/events?user={user['id']}").json()}
    assert {"invalid_user_credentials", "user_temporarily_disabled"} <= errors


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("customerCode", "1000999999"),
        ("codiceFiscale", "RSSMRA75C14H501L"),
        ("consent.marketing", "granted"),
        ("consentHistory", "{}"),
        ("confirmationMail", ""),
    ],
)
def test_it_cannot_write_what_only_the_registration_writes(
    stack: Stack, customer: Customer, desk: Desk, attribute: str, value: str
) -> None:
    anna = Registrant(stack, customer)
    email = f"{anna.username}@example.org"
    anna.register(email=email, emailConfirm=email)
    user = Realm(stack).user(anna.username)
    assert user is not None
    changed = {**user, "attributes": {**user["attributes"], attribute: [value]}}
    assert desk.call("PUT", f"/users/{user['id']}", json=changed) == 400
    after = Realm(stack).user(anna.username)
    assert after is not None
    assert after["attributes"] == user["attributes"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", ""),
        ("GET", "/clients"),
        ("GET", "/components"),
        ("GET", "/identity-provider/instances"),
        ("PUT", "/users/profile"),
        ("POST", "/roles"),
        ("POST", "/authentication/flows"),
        ("DELETE", "/localization/it/brandName"),
        ("DELETE", "/events"),
        ("PUT", "/events/config"),
    ],
)
def test_it_changes_and_sees_nothing_of_the_realm(desk: Desk, method: str, path: str) -> None:
    sent: dict[str, Any] = {"json": {}} if method in {"PUT", "POST"} else {}
    assert desk.call(method, path, **sent) == 403


def test_it_cannot_make_itself_an_administrator(stack: Stack, desk: Desk) -> None:
    realm = Realm(stack)
    [management] = realm.call("GET", "/clients", params={"clientId": "realm-management"}).json()
    role = realm.call("GET", f"/clients/{management['id']}/roles/realm-admin").json()
    mappings = f"/users/{desk.user_id}/role-mappings/clients/{management['id']}"
    assert desk.call("POST", mappings, json=[role]) == 403
