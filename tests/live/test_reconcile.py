"""Reconciliation against a real Keycloak: what its answers are, and what is freed on their word."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from customer_code_validator.directory import Absent, NoAnswer, Present
from customer_code_validator.keycloak import KeycloakDirectory
from customer_code_validator.reconcile import Reconciler
from customer_code_validator.settings import KeycloakSettings, Times

from stack.administrator import Administrator
from stack.keycloak import Keycloak
from stack.local import Stack
from tests.validator.world import BIANCHI, ROSSI, World, make_world

VALIDATOR = "customer-code-validator"
BLIND = "may-query-but-not-view"
SECRET = secrets.token_urlsafe(24)


@dataclass
class Realm:
    """A realm of this file's own, with two service accounts, as its administrator sees it."""

    server: Keycloak
    name: str

    def call(self, method: str, path: str, body: object = None) -> requests.Response:
        """An admin request on the realm; any failure fails the test."""
        response = Administrator(self.server).request(method, path, json=body)
        response.raise_for_status()
        return response

    def add_user(self, code: str) -> str:
        """A user with this customer code; the id."""
        body = {"username": f"user-{secrets.token_hex(4)}", "attributes": {"customerCode": [code]}}
        location = self.call("POST", f"/{self.name}/users", body).headers["Location"]
        return location.rsplit("/", 1)[-1]

    def delete_user(self, user_id: str) -> None:
        """The user is no more."""
        self.call("DELETE", f"/{self.name}/users/{user_id}")

    def settings(self, client: str = VALIDATOR) -> KeycloakSettings:
        """How a service account logs in."""
        return KeycloakSettings(self.server.url, self.name, client, SECRET)


def _representation(name: str) -> dict[str, Any]:
    rights = {VALIDATOR: ["view-users", "query-users"], BLIND: ["query-users"]}
    return {
        "realm": name,
        "enabled": True,
        "clients": [
            {"clientId": client, "secret": SECRET, "serviceAccountsEnabled": True, "publicClient": False}
            for client in rights
        ],
        "users": [
            {
                "username": f"service-account-{client}",
                "enabled": True,
                "serviceAccountClientId": client,
                "clientRoles": {"realm-management": roles},
            }
            for client, roles in rights.items()
        ],
    }


@pytest.fixture(scope="module")
def realm(stack: Stack) -> Iterator[Realm]:
    """The realm, whose user profile knows the customer code."""
    made = Realm(stack.keycloak, f"reconcile-{secrets.token_hex(4)}")
    made.call("POST", "", _representation(made.name))
    profile = made.call("GET", f"/{made.name}/users/profile").json()
    permissions = {"view": ["admin", "user"], "edit": ["admin"]}
    profile["attributes"].append({"name": "customerCode", "permissions": permissions})
    made.call("PUT", f"/{made.name}/users/profile", profile)
    yield made
    made.call("DELETE", f"/{made.name}")


@pytest.fixture
def directory(realm: Realm) -> KeycloakDirectory:
    """Keycloak as the service asks it."""
    return KeycloakDirectory(realm.settings())


@pytest.fixture
def world(tmp_path: Path, directory: KeycloakDirectory) -> Iterator[World]:
    """The life of a code over a new database, reconciled with the real Keycloak."""
    with make_world(f"sqlite:///{tmp_path / 'codes.sqlite3'}") as made:
        made.reconciler = Reconciler(made.engine, directory, Times(), sweep_most=50)
        yield made


def test_a_user_is_present_until_it_is_deleted(realm: Realm, directory: KeycloakDirectory) -> None:
    code = str(secrets.randbelow(10**9) + 10**9)
    user_id = realm.add_user(code)
    assert directory.user(user_id) == Present(user_id)
    assert directory.user_with_code(code) == Present(user_id)
    realm.delete_user(user_id)
    assert directory.user(user_id) == Absent()
    assert directory.user_with_code(code) == Absent()


def test_of_many_users_those_are_listed_that_the_realm_has(
    realm: Realm, directory: KeycloakDirectory
) -> None:
    made = [realm.add_user(f"60000000{number:02d}") for number in range(3)]
    elsewhere = Administrator(realm.server).request("GET", "/master/users").json()[0]["id"]
    nobody = [str(uuid4()) for _ in range(997)]
    realm.delete_user(made[0])
    assert directory.present([*made, *nobody[1:], elsewhere]) == frozenset(made[1:])
    assert directory.present([]) == frozenset()
    assert isinstance(directory.present([*made, *nobody, elsewhere]), NoAnswer)
    assert isinstance(KeycloakDirectory(realm.settings(BLIND)).present(made), NoAnswer)


def test_a_part_of_a_code_finds_nobody(realm: Realm, directory: KeycloakDirectory) -> None:
    user_id = realm.add_user("7000000001")
    assert directory.user_with_code("700000000") == Absent()
    realm.delete_user(user_id)


def test_an_account_that_may_not_view_users_learns_nothing_about_codes(realm: Realm) -> None:
    """Keycloak answers its search with an empty list, whoever exists."""
    user_id = realm.add_user("7000000002")
    blind = KeycloakDirectory(realm.settings(BLIND))
    assert isinstance(blind.user_with_code("7000000002"), NoAnswer)
    assert isinstance(blind.user(user_id), NoAnswer)
    realm.delete_user(user_id)


def test_a_wrong_realm_a_wrong_secret_and_a_wrong_port_are_no_answer(realm: Realm) -> None:
    good = realm.settings()
    for wrong in (
        replace(good, realm="no-such-realm"),
        replace(good, client_secret="wrong"),
        replace(good, url="http://127.0.0.1:9"),
    ):
        asked = KeycloakDirectory(wrong)
        assert isinstance(asked.user("0b0e1c9e-3f0f-4c5e-9d55-2f8e6a1d7c11"), NoAnswer)
        assert isinstance(asked.user_with_code(ROSSI.code), NoAnswer)
        assert isinstance(asked.present(["0b0e1c9e-3f0f-4c5e-9d55-2f8e6a1d7c11"]), NoAnswer)


def test_claims_left_by_a_crash_are_confirmed_or_freed_as_keycloak_knows(realm: Realm, world: World) -> None:
    user_id = realm.add_user(ROSSI.code)
    world.claimed(ROSSI, user_id)
    world.claimed(BIANCHI, "0b0e1c9e-3f0f-4c5e-9d55-2f8e6a1d7c11", "session-2")
    world.clock.forward(minutes=3)
    report = world.reconciler.run(world.clock.now)
    assert (report.claims_confirmed, report.claims_freed, report.settled) == (1, 1, True)
    assert (world.state(ROSSI.code), world.state(BIANCHI.code)) == ("confirmed", "free")
    realm.delete_user(user_id)
    assert world.reconciler.run(world.clock.now).deleted_users_freed == 1
    assert world.state(ROSSI.code) == "free"


def test_a_reservation_past_its_lease_follows_the_users_code(realm: Realm, world: World) -> None:
    user_id = realm.add_user(ROSSI.code)
    world.reserve(ROSSI)
    world.reserve(BIANCHI, "session-2")
    world.clock.forward(hours=3)
    report = world.reconciler.run(world.clock.now)
    assert (report.reservations_confirmed, report.reservations_freed) == (1, 1)
    assert world.record(ROSSI.code).user_id == user_id
    realm.delete_user(user_id)
