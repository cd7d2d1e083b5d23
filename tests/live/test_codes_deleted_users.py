"""A user who is deleted in Keycloak gives the customer code back."""

from __future__ import annotations

from stack.customers import Customer
from stack.local import Stack
from tests.support.realm import Realm, eventually, state
from tests.support.registration import Registrant


def test_a_deleted_user_s_code_is_soon_free_and_registers_again(stack: Stack, customer: Customer) -> None:
    realm = Realm(stack)
    anna = Registrant(stack, customer)
    anna.register()
    eventually(lambda: state(stack, customer.code), "confirmed")
    user = realm.user(anna.username)
    assert user is not None
    realm.delete(user["id"])
    eventually(lambda: state(stack, customer.code), "free")
    again = Registrant(stack, customer)
    again.register()
    eventually(lambda: state(stack, customer.code), "confirmed")
    assert [found["username"] for found in realm.with_code(customer.code)] == [again.username]
