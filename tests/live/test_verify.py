"""`customer-codes reconcile --verify` on the running system: exit codes, counts, and under load."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor

from stack.local import Stack
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm, eventually, holder, state
from tests.support.registration import Registrant


def _verify(stack: Stack) -> subprocess.CompletedProcess[str]:
    return stack.validator.run("reconcile", "--verify")


def _disagreements(verified: subprocess.CompletedProcess[str]) -> set[str]:
    """Listed before the two lines of counts and the verdict; the exit code says the same."""
    *listed, accounts, codes, verdict = verified.stdout.splitlines()
    assert accounts.startswith("accounts: "), verified
    assert codes.startswith("codes: "), verified
    agreed = verdict == "accounts and codes agree one to one"
    assert (verified.returncode, agreed) in {(0, not listed), (2, False)}, verified
    return set(listed)


def test_the_whole_base_agrees_while_customers_register_and_leave(
    stack: Stack, new_customer: NewCustomer
) -> None:
    realm = Realm(stack)
    before = _disagreements(_verify(stack))

    def come_and_go(_: int) -> None:
        anna = Registrant(stack, new_customer())
        anna.register()
        user = realm.user(anna.username)
        assert user is not None
        realm.delete(user["id"])

    waiting = [new_customer() for _ in range(6)]
    with ThreadPoolExecutor(3) as threads:
        moving = threads.map(lambda one: Registrant(stack, one).register(), waiting)
        leaving = threads.map(come_and_go, range(3))
        during = _verify(stack)
        list(moving), list(leaving)
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


def test_without_an_answer_nothing_is_proved(stack: Stack) -> None:
    wrong = stack.validator.run("reconcile", "--verify", KEYCLOAK_REALM="no-such-realm")
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("customer-codes: nothing is proved: ")
