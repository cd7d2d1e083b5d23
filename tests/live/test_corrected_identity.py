"""A codice fiscale that was wrong in the co-operative's registry: corrected there, then in the account."""

from __future__ import annotations

from dataclasses import replace

from stack.customers import Customer
from stack.local import Stack
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm, eventually, state
from tests.support.registration import IDENTITY_MISMATCH, Registrant


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


def test_who_has_an_account_with_the_wrong_one_registers_again_after_its_deletion(
    stack: Stack, customer: Customer, new_customer: NewCustomer
) -> None:
    anna = Registrant(stack, customer)
    anna.register()
    eventually(lambda: state(stack, customer.code), "confirmed")
    right = replace(customer, codice_fiscale=new_customer().codice_fiscale)
    stack.import_customers([right])
    assert codice_fiscale(stack, anna) == customer.codice_fiscale
    user = Realm(stack).user(anna.username)
    assert user is not None
    Realm(stack).delete(user["id"])
    eventually(lambda: state(stack, customer.code), "free")
    again = Registrant(stack, right, username=anna.username)
    again.register()
    assert codice_fiscale(stack, again) == right.codice_fiscale


def codice_fiscale(stack: Stack, registrant: Registrant) -> str:
    """As the account holds it."""
    user = Realm(stack).user(registrant.username)
    assert user is not None
    [value] = user["attributes"]["codiceFiscale"]
    return str(value)
