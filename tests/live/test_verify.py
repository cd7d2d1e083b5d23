"""`customer-codes reconcile --verify` on the running system: exit codes, counts, and under load."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import requests
from customer_code_validator import settings
from customer_code_validator.census import KeycloakCensus
from customer_code_validator.claims import utc_now
from customer_code_validator.settings import Times
from customer_code_validator.store.engine import open_engine
from customer_code_validator.verify import Verifier

from stack.customers import Customer
from stack.local import Stack
from stack.settings import realm_name
from tests.live.test_purge import token
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm, eventually, holder, state
from tests.support.registration import Registrant


def _verify(stack: Stack) -> subprocess.CompletedProcess[str]:
    return stack.validator.run("reconcile", "--verify")


def _disagreements(verified: subprocess.CompletedProcess[str]) -> set[str]:
    """Listed before the two lines of counts and the verdict; the exit code says the same."""
    *listed, accounts, codes, verdict = verified.stdout.splitlines()
    assert accounts.startswith("accounts with a customer code: "), verified
    assert codes.startswith("codes: "), verified
    agreed = verdict == "accounts and codes agree one to one"
    assert (verified.returncode, agreed) in {(0, not listed), (2, False)}, verified
    return set(listed)


@contextmanager
def _coming_and_going(stack: Stack, new_customer: NewCustomer) -> Iterator[None]:
    """Meanwhile nine customers register, three of whom leave again."""
    realm = Realm(stack)

    def register(customer: Customer, stays: bool) -> None:
        anna = Registrant(stack, customer)
        anna.register()
        user = realm.user(anna.username)
        assert user is not None
        if not stays:
            realm.delete(user["id"])

    waiting = [new_customer() for _ in range(9)]
    with ThreadPoolExecutor(3) as threads:
        moving = threads.map(register, waiting, [True, True, False] * 3)
        yield
        list(moving)


def test_the_whole_base_agrees_while_customers_register_and_leave(
    stack: Stack, new_customer: NewCustomer
) -> None:
    before = _disagreements(_verify(stack))
    with _coming_and_going(stack, new_customer):
        during = _verify(stack)
    assert _disagreements(during) - before == set()


def test_each_disagreement_is_listed_without_personal_data_and_is_gone_once_it_is_mended(
    stack: Stack, new_customer: NewCustomer
) -> None:
    realm, before = Realm(stack), _disagreements(_verify(stack))
    anna = Registrant(stack, new_customer())
    anna.register(email=f"{anna.username}@example.org", emailConfirm=f"{anna.username}@example.org")
    code = anna.customer.code
    eventually(lambda: state(stack, code), "confirmed")
    user_id = holder(stack, code)
    stack.validator.command("release", code, "--force")
    found = _verify(stack)
    assert found.returncode == 2
    assert _disagreements(found) - before == {f"user {user_id} has code {code}, which is free"}
    told = found.stdout + found.stderr
    for personal in (anna.username, anna.customer.codice_fiscale, anna.customer.last_name, "@example.org"):
        assert personal not in told
    realm.delete(str(user_id))
    assert _disagreements(_verify(stack)) - before == set()


def test_it_is_read_in_pages_while_customers_register_and_leave(
    stack: Stack, new_customer: NewCustomer
) -> None:
    """Five accounts or more in pages of two, as a million are in pages of five hundred."""
    known = settings.keycloak(stack.validator_environment())
    assert known is not None
    engine = open_engine(stack.validator.database_url)
    verifier = Verifier(
        engine,
        KeycloakCensus(known),
        settings.identities(stack.validator_environment()),
        lambda: utc_now() - Times().claim_grace,
        page=2,
    )
    for _ in range(5):
        Registrant(stack, new_customer()).register()
    before = set(verifier.run().disagreements)
    with _coming_and_going(stack, new_customer):
        during = verifier.run()
    engine.dispose()
    assert during.accounts >= 5
    assert set(during.disagreements) - before == set()


def test_without_an_answer_nothing_is_proved(stack: Stack) -> None:
    wrong = stack.validator.run("reconcile", "--verify", KEYCLOAK_REALM="no-such-realm")
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("customer-codes: nothing is proved: ")


def test_the_list_of_customers_holds_each_one_once_and_nobody_else(
    stack: Stack, new_customer: NewCustomer
) -> None:
    anna, realm = Registrant(stack, new_customer()), Realm(stack)
    for registrant in (anna, Registrant(stack, new_customer()), Registrant(stack, new_customer())):
        registrant.register()
    customers = {
        user["id"]: (
            user["attributes"]["customerCode"],
            user["attributes"].get("codiceFiscale", [None]),
            user["createdTimestamp"],
        )
        for user in realm.users(max="100000")
        if "customerCode" in user.get("attributes", {})
    }
    listed, after = list[dict[str, object]](), ""
    while page := realm.call("GET", "/customer/holders", params={"after": after, "max": "2"}).json():
        assert len(page) <= 2
        listed, after = listed + page, page[-1]["id"]
    ids = [str(one["id"]) for one in listed]
    assert ids == sorted(set(ids))
    assert customers == {
        str(one["id"]): ([one["customerCode"]], [one["codiceFiscale"]], one["createdTimestamp"])
        for one in listed
    }
    assert (anna.customer.code, anna.customer.codice_fiscale) in {
        (one["customerCode"], one["codiceFiscale"]) for one in listed
    }
    names = {"id", "customerCode", "codiceFiscale", "createdTimestamp"}
    assert {name for one in listed for name in one} == names


def test_of_many_users_those_are_named_that_there_are(stack: Stack, new_customer: NewCustomer) -> None:
    anna, realm = Registrant(stack, new_customer()), Realm(stack)
    anna.register()
    user = realm.user(anna.username)
    assert user is not None
    asked = ["11111111-2222-3333-4444-555555555555", user["id"]]
    assert realm.call("POST", "/customer/present", json=asked).json() == [user["id"]]


def test_a_service_account_that_may_not_view_users_gets_no_list(stack: Stack) -> None:
    realm, name, secret = Realm(stack), f"blind-{secrets.token_hex(4)}", secrets.token_urlsafe(32)
    realm.call("POST", "/clients", json={"clientId": name, "secret": secret, "serviceAccountsEnabled": True})
    try:
        address = f"{stack.keycloak.url}/admin/realms/{realm_name()}/customer/holders"
        answer = requests.get(address, headers=token(stack, name, secret), timeout=20)
    finally:
        [client] = realm.call("GET", "/clients", params={"clientId": name}).json()
        realm.call("DELETE", f"/clients/{client['id']}")
    assert answer.status_code == 403
