"""A codice fiscale that was wrong in the co-operative's registry: corrected there, then in the account."""

from __future__ import annotations

from dataclasses import replace

import requests

from stack.administrator import Administrator
from stack.customers import Customer
from stack.local import Stack
from stack.settings import realm_name
from tests.live.test_purge import token
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm, eventually, state
from tests.support.registration import IDENTITY_MISMATCH, Registrant

PATH = "/customer/{}/codice-fiscale"


def test_who_could_not_register_does_so_once_the_registry_is_corrected(
    stack: Stack, customer: Customer, new_customer: NewCustomer
) -> None:
    right = replace(customer, codice_fiscale=new_customer().codice_fiscale)
    page = Registrant(stack, right).send_form()
    assert page.says(IDENTITY_MISMATCH), page.described()
    stack.import_customers([right])
    anna = Registrant(stack, right)
    anna.register()
    assert codice_fiscale(stack, anna) == right.codice_fiscale


def test_an_account_with_the_wrong_one_is_corrected_in_place(
    stack: Stack, customer: Customer, new_customer: NewCustomer
) -> None:
    anna = Registrant(stack, customer)
    anna.register()
    eventually(lambda: state(stack, customer.code), "confirmed")
    right = replace(customer, codice_fiscale=new_customer().codice_fiscale)
    stack.import_customers([right])
    assert codice_fiscale(stack, anna) == customer.codice_fiscale
    found = stack.validator.run("reconcile", "--verify")
    assert (found.returncode, f"customer-codes correct {customer.code}\n" in found.stdout) == (2, True)

    refused = stack.validator.answered(customer.codice_fiscale, "correct", customer.code)
    assert refused.returncode == 1
    done = stack.validator.answered(right.codice_fiscale, "correct", customer.code)
    assert done.returncode == 0, done.stderr
    assert codice_fiscale(stack, anna) == right.codice_fiscale
    again = stack.validator.answered(right.codice_fiscale, "correct", customer.code)
    assert again.stdout == "nothing to correct\n"
    assert customer.code not in stack.validator.run("reconcile", "--verify").stdout
    assert "codice_fiscale_corrected" in stack.validator.command("history", customer.code)
    [event] = Realm(stack).call("GET", "/admin-events", params={"resourceTypes": "USER", "max": 1}).json()
    assert event["operationType"] == "UPDATE"
    for word in (customer.codice_fiscale, right.codice_fiscale, anna.username):
        assert word not in found.stdout + refused.stderr + done.stdout + str(event)


def test_no_person_may_do_it_whatever_their_rights(stack: Stack, customer: Customer) -> None:
    anna = Registrant(stack, customer)
    anna.register()
    user = Realm(stack).user(anna.username)
    assert user is not None
    refused = put(Administrator(stack.keycloak), user["id"])
    assert refused.status_code == 403
    assert codice_fiscale(stack, anna) == customer.codice_fiscale


def test_the_services_own_account_may_not_do_it(stack: Stack, customer: Customer) -> None:
    anna = Registrant(stack, customer)
    anna.register()
    user = Realm(stack).user(anna.username)
    assert user is not None
    headers = token(stack, "customer-code-validator", stack.credentials.validator_client_secret)
    address = f"{stack.keycloak.url}/admin/realms/{realm_name()}{PATH.format(user['id'])}"
    plain = {**headers, "Content-Type": "text/plain"}
    assert requests.put(address, data="x", headers=plain, timeout=20).status_code == 403


def test_who_is_no_customer_gets_none(stack: Stack) -> None:
    headers = token(stack, "customer-codes-purge", stack.credentials.purge_client_secret)
    base = f"{stack.keycloak.url}/admin/realms/{realm_name()}"
    [staff] = Realm(stack).users(username="service-account-customer-codes-purge")
    for user_id in (staff["id"], "00000000-0000-0000-0000-000000000000"):
        address, plain = base + PATH.format(user_id), {**headers, "Content-Type": "text/plain"}
        assert requests.put(address, data="x", headers=plain, timeout=20).status_code == 404


def put(administrator: Administrator, user_id: str) -> requests.Response:
    """Try to write a codice fiscale as a person of the administration."""
    plain = {"Content-Type": "text/plain"}
    return administrator.request("PUT", f"/{realm_name()}{PATH.format(user_id)}", data="x", headers=plain)


def codice_fiscale(stack: Stack, registrant: Registrant) -> str:
    """As the account holds it."""
    user = Realm(stack).user(registrant.username)
    assert user is not None
    [value] = user["attributes"]["codiceFiscale"]
    return str(value)
