"""The registration's executions as an administrator may leave them in the console: unset, or switched off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest

from stack.local import Stack
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm
from tests.support.registration import UNAVAILABLE, Registrant

CODE_PAGE, CLAIM = "customer-code-page", "customer-code-claim"


@contextmanager
def _without(realm: Realm, setting: str, instead: str) -> Iterator[None]:
    """The execution with another value; in the end it is as it was."""
    path = f"/authentication/config/{_execution(realm, CODE_PAGE)[1]['authenticationConfig']}"
    before = realm.call("GET", path).json()
    with _put(realm, path, {**before, "config": {**before["config"], setting: instead}}, before):
        yield


@contextmanager
def _switched_off(realm: Realm, provider: str) -> Iterator[None]:
    flow, execution = _execution(realm, provider)
    with _put(realm, flow, {**execution, "requirement": "DISABLED"}, execution):
        yield


@contextmanager
def _put(realm: Realm, path: str, changed: dict[str, Any], before: dict[str, Any]) -> Iterator[None]:
    realm.call("PUT", path, json=changed)
    try:
        yield
    finally:
        realm.call("PUT", path, json=before)


def _execution(realm: Realm, provider: str) -> tuple[str, dict[str, Any]]:
    """The path of the registration flow's executions, and that one of them."""
    path = f"/authentication/flows/{quote(realm.call('GET', '').json()['registrationFlow'])}/executions"
    [found] = [one for one in realm.call("GET", path).json() if one.get("providerId") == provider]
    return path, found


@pytest.mark.parametrize(
    ("setting", "instead"),
    [
        pytest.param("validatorUrl", "", id="no address"),
        pytest.param("validatorUrl", "not an address", id="no address that can be read"),
        pytest.param("validatorUrl", "validator:8090", id="an address without http"),
        pytest.param("validatorSecret", "${vault.nothing-of-this-name}", id="no such secret in the vault"),
    ],
)
def test_nobody_is_let_through_and_the_log_names_execution_and_field(
    stack: Stack, new_customer: NewCustomer, setting: str, instead: str
) -> None:
    anna, heard = Registrant(stack, new_customer()), len(stack.keycloak.log.read_text(encoding="utf-8"))
    with _without(Realm(stack), setting, instead):
        page = anna.send_code()
    assert page.name == "customer-code", page.described()
    assert page.says(UNAVAILABLE), page.described()
    told = stack.keycloak.log.read_text(encoding="utf-8")[heard:]
    assert CODE_PAGE in told
    assert setting in told
    anna.register()


def test_with_the_claim_switched_off_accounts_are_made_without_a_code(
    stack: Stack, new_customer: NewCustomer
) -> None:
    """For the administrator has said so; the code is nobody's."""
    realm, anna = Realm(stack), Registrant(stack, new_customer())
    with _switched_off(realm, CLAIM):
        anna.register()
        assert realm.with_code(anna.customer.code) == []
    assert realm.user(anna.username) is not None
    Registrant(stack, anna.customer).register()
    assert len(realm.with_code(anna.customer.code)) == 1
