"""`customer-codes purge-unconfirmed` on a real Keycloak: who goes, who stays, and what its account may do."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import requests

from stack.local import Stack
from stack.settings import realm_name
from tests.support.clock import ServerClock
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm, moves, state
from tests.support.registration import Registrant

MONTH_SECONDS = 31 * 86_400


@dataclass
class People:
    """Customers by what became of their registration of a month ago; `young` registered just now."""

    forgotten: Registrant
    without_email: Registrant
    confirmed: Registrant
    with_a_role: Registrant
    mailed_again: Registrant
    young: Registrant


@pytest.fixture(scope="module")
def people(stack: Stack, new_customer: NewCustomer, server_clock: ServerClock) -> People:
    """Registered with the server's clock a month behind, so that they are old now."""
    people = People(*(Registrant(stack, new_customer()) for _ in range(6)))
    with server_clock.moved(-MONTH_SECONDS):
        for old in (people.forgotten, people.confirmed, people.with_a_role, people.mailed_again):
            register(old)
        people.without_email.register()
    realm = Realm(stack)
    realm.call("PUT", f"/users/{user_id(realm, people.confirmed)}", json={"emailVerified": True})
    [role] = realm.call("GET", "/roles", params={"search": "help-desk"}).json()
    mappings = f"/users/{user_id(realm, people.with_a_role)}/role-mappings/realm"
    realm.call("POST", mappings, json=[role])
    assert people.mailed_again.log_in().name == "login-verify-email"
    register(people.young)
    return people


def register(registrant: Registrant) -> None:
    """With an email that is not confirmed."""
    email = f"{registrant.username}@example.org"
    registrant.register(email=email, emailConfirm=email)


def user_id(realm: Realm, registrant: Registrant) -> str:
    """The id of an account that must exist."""
    user = realm.user(registrant.username)
    assert user is not None, registrant.username
    return str(user["id"])


def test_only_the_forgotten_account_goes_and_its_code_is_free(stack: Stack, people: People) -> None:
    realm = Realm(stack)
    planned = stack.validator.command("purge-unconfirmed", "--dry-run")
    assert "\n1 would be purged\n" in planned
    assert realm.user(people.forgotten.username)

    printed = stack.validator.command("purge-unconfirmed", "--older-than", "30d")
    assert "\n1 purged, their codes are free\n" in printed
    assert "kept: 1 with roles or groups of their own" in printed
    assert realm.user(people.forgotten.username) is None
    assert state(stack, people.forgotten.customer.code) == "free"
    assert moves(stack, people.forgotten.customer.code, "confirmed -> free") == 1
    for kept in (
        people.without_email,
        people.confirmed,
        people.with_a_role,
        people.mailed_again,
        people.young,
    ):
        assert realm.user(kept.username), kept.username

    for word in (people.forgotten.username, people.forgotten.customer.code, "@"):
        assert word not in planned + printed
    assert "\n0 purged" in stack.validator.command("purge-unconfirmed")


def test_a_code_that_was_freed_registers_again(stack: Stack, people: People) -> None:
    stack.validator.command("purge-unconfirmed")
    Registrant(stack, people.forgotten.customer).register()


def test_the_purge_s_account_may_manage_users_and_change_nothing_else(stack: Stack) -> None:
    secret = stack.credentials.purge_client_secret
    headers = token(stack, "customer-codes-purge", secret)
    base = f"{stack.keycloak.url}/admin/realms/{realm_name()}"
    assert requests.get(f"{base}/users/count", headers=headers, timeout=20).status_code == 200
    for path in ("/clients", "/events", "/identity-provider/instances"):
        assert requests.get(base + path, headers=headers, timeout=20).status_code == 403, path
    assert requests.put(base, headers=headers, json={"verifyEmail": False}, timeout=20).status_code == 403


def test_the_service_s_own_account_cannot_delete_anybody(stack: Stack, people: People) -> None:
    headers = token(stack, "customer-code-validator", stack.credentials.validator_client_secret)
    young = user_id(Realm(stack), people.young)
    address = f"{stack.keycloak.url}/admin/realms/{realm_name()}/users/{young}"
    assert requests.delete(address, headers=headers, timeout=20).status_code == 403


def token(stack: Stack, client: str, secret: str) -> dict[str, str]:
    """A header that lets in the service account of this client."""
    answer = requests.post(
        f"{stack.keycloak.url}/realms/{realm_name()}/protocol/openid-connect/token",
        data={"grant_type": "client_credentials"},
        auth=(client, secret),
        timeout=20,
    )
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}
