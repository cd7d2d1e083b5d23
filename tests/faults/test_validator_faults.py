"""The validator is away or out of its mind: nobody is registered, the customer reads why, nothing is lost."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest

from stack.local import Stack
from stack.page import Page
from tests.support import breakable
from tests.support.breakable import Fault, Gate
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm, eventually, state
from tests.support.registration import CLAIM_REFUSED, UNAVAILABLE, WELCOME, Registrant

#: All answers of one request 2 s, and the page itself.
PATIENCE_SECONDS = 3.0

Break = Callable[[Gate, str], AbstractContextManager[None]]


def _at_step(fault: Fault) -> Break:
    return lambda gate, step: gate.broken(fault, step)


FAULTS: dict[str, Break] = {
    "nobody listens": lambda gate, _: gate.closed(),
    "packets vanish": lambda gate, _: gate.unreachable(),
    "hangs up": _at_step(breakable.hangs_up),
    "says nothing": _at_step(breakable.says_nothing),
    "answers after 5 s": _at_step(breakable.answers_late),
    "trickles": _at_step(breakable.trickles),
    "stops in the middle of the answer": _at_step(breakable.truncates),
    "a web page with 200": _at_step(breakable.answering(200, b"<html>Welcome</html>", "text/html")),
    "JSON of another shape with 200": _at_step(breakable.answering(200, b'{"hello": ["world"]}')),
    "a JSON list with 200": _at_step(breakable.answering(200, b"[]")),
    "nothing with 200": _at_step(breakable.answering(200, b"")),
    "wrong types with 200": _at_step(
        breakable.answering(200, b'{"reservation": 1, "code": {}, "codiceFiscale": []}')
    ),
    "created": _at_step(breakable.answering(201, b'{"reservation": "r", "code": "c", "codiceFiscale": "f"}')),
    "an error of its own": _at_step(breakable.answering(500, b"<h1>Internal Server Error</h1>", "text/html")),
    "not found": _at_step(breakable.answering(404, b'{"status": 404, "reason": "not_found"}')),
    "wrong secret": _at_step(breakable.answering(401, b'{"status": 401, "reason": "unauthorized"}')),
    "overloaded": _at_step(breakable.answering(503, b'{"status": 503, "reason": "unavailable"}')),
    "a refusal without a reason": _at_step(breakable.answering(409, b"{}")),
    "sends elsewhere": _at_step(breakable.redirects),
}
#: Each kind of fault once more where it hurts most.
AT_THE_CLAIM = [name for name in FAULTS if name not in {"nobody listens", "packets vanish"}]


@pytest.fixture
def anna(stack: Stack, new_customer: NewCustomer) -> Registrant:
    """A customer who has not registered."""
    return Registrant(stack, new_customer())


def _assert_unavailable(page: Page, asked_at: float) -> None:
    assert page.says(UNAVAILABLE), page.described()
    assert page.status < 500, page.described()
    assert time.monotonic() - asked_at < PATIENCE_SECONDS
    assert not re.search(r"\bat org\.|Exception|\{\"error", page.text)


@pytest.mark.parametrize("fault", FAULTS)
def test_at_the_code_page_the_customer_reads_why_and_the_code_typed_stays(
    stack: Stack, gate: Gate, anna: Registrant, fault: str
) -> None:
    page = anna.code_page()
    asked_at = time.monotonic()
    with FAULTS[fault](gate, "reserve"):
        page = anna.browser.submit(page.form, {"customerCode": anna.customer.code})
    _assert_unavailable(page, asked_at)
    assert page.name == "customer-code"
    assert page.form.values["customerCode"] == anna.customer.code
    page = anna.browser.submit(page.form, {"customerCode": anna.customer.code})
    assert page.name == "register", page.described()


def _assert_form_kept(page: Page, anna: Registrant, typed: dict[str, str]) -> None:
    assert page.name == "register", page.described()
    kept = page.form.values
    assert {name: kept.get(name) for name in typed} == typed
    assert kept["firstName"] == anna.customer.first_name
    assert kept["username"] == anna.username
    assert kept["privacy.processing"] == "yes"


def _assert_nobody(stack: Stack, realm: Realm, anna: Registrant, states: set[str]) -> None:
    assert realm.user(anna.username) is None
    assert realm.with_code(anna.customer.code) == []
    assert state(stack, anna.customer.code) in states


@pytest.mark.parametrize("fault", FAULTS)
def test_at_the_check_of_the_form_nobody_is_registered_and_the_same_form_goes_through_later(
    stack: Stack, gate: Gate, realm: Realm, anna: Registrant, fault: str
) -> None:
    typed = {"mobile": "+39 333 1234567", "privacy.marketing": "yes"}
    anna.open_form()
    asked_at = time.monotonic()
    with FAULTS[fault](gate, "check"):
        page = anna.send_form(**typed)
    _assert_unavailable(page, asked_at)
    _assert_form_kept(page, anna, typed)
    _assert_nobody(stack, realm, anna, {"reserved"})
    anna.form = page.form
    anna.register(**typed)


@pytest.mark.parametrize("fault", AT_THE_CLAIM)
def test_at_the_claim_nothing_is_half_registered_and_the_same_form_goes_through_later(
    stack: Stack, gate: Gate, realm: Realm, anna: Registrant, fault: str
) -> None:
    """Keycloak has written the user by then: all of it must be taken back."""
    typed = {"mobile": "+39 333 1234567", "privacy.marketing": "yes"}
    anna.open_form()
    asked_at = time.monotonic()
    with FAULTS[fault](gate, "claim"):
        page = anna.send_form(**typed)
    _assert_unavailable(page, asked_at)
    # Where the customer has waited long enough the claim is released after the answer.
    eventually(lambda: state(stack, anna.customer.code) in {"reserved", "free"}, True)
    _assert_nobody(stack, realm, anna, {"reserved", "free"})
    _assert_form_kept(page, anna, typed)
    anna.form = page.form if state(stack, anna.customer.code) == "reserved" else None
    anna.register(**typed)
    eventually(lambda: state(stack, anna.customer.code), "confirmed")


@pytest.mark.parametrize("step", ["reserve", "check", "claim"])
def test_a_validator_that_sends_elsewhere_is_not_followed_with_the_secret(
    gate: Gate, anna: Registrant, step: str
) -> None:
    anna.open_form()
    seen = len(gate.seen)
    with gate.broken(breakable.redirects, step):
        if step == "reserve":
            anna.send_code()
        else:
            anna.send_form()
    assert step in gate.seen[seen:]
    assert breakable.ELSEWHERE not in gate.seen


def test_a_claim_whose_answer_is_lost_is_released_even_if_only_by_reconciliation(
    stack: Stack, gate: Gate, realm: Realm, anna: Registrant
) -> None:
    anna.open_form()
    with gate.broken(breakable.answers_late, "claim", "release"):
        anna.send_form()
    _assert_nobody(stack, realm, anna, {"claimed", "free"})
    time.sleep(1.1)  # the grace of an unconfirmed claim, see conftest.py
    stack.validator.command("reconcile")
    assert state(stack, anna.customer.code) == "free"
    Registrant(stack, anna.customer).register()


@pytest.mark.parametrize("fault", ["hangs up", "answers after 5 s", "an error of its own"])
def test_a_lost_confirmation_costs_the_customer_nothing_and_is_made_up_by_reconciliation(
    stack: Stack, gate: Gate, realm: Realm, anna: Registrant, fault: str
) -> None:
    anna.open_form()
    asked_at = time.monotonic()
    with FAULTS[fault](gate, "confirm"):
        page = anna.send_form()
        assert page.name in WELCOME, page.described()
        assert time.monotonic() - asked_at < 2, "the customer waited for the confirmation"
        eventually(lambda: "confirm" in gate.seen, True)
        time.sleep(0.2)
    time.sleep(1.1)  # the grace of an unconfirmed claim, see conftest.py
    stack.validator.command("reconcile")
    assert state(stack, anna.customer.code) == "confirmed"
    assert len(realm.with_code(anna.customer.code)) == 1


@pytest.mark.parametrize("fault", ["nobody listens", "packets vanish", "says nothing"])
def test_logins_work_while_the_validator_is_away(gate: Gate, anna: Registrant, fault: str) -> None:
    anna.register()
    with FAULTS[fault](gate, "reserve"):
        asked_at = time.monotonic()
        assert anna.log_in().returned
        assert time.monotonic() - asked_at < 3


def test_a_user_deleted_while_the_validator_is_away_frees_the_code_by_reconciliation(
    stack: Stack, gate: Gate, realm: Realm, anna: Registrant
) -> None:
    anna.register()
    eventually(lambda: state(stack, anna.customer.code), "confirmed")
    user = realm.user(anna.username)
    assert user is not None
    with gate.closed():
        realm.delete(user["id"])
        time.sleep(0.5)
    assert state(stack, anna.customer.code) == "confirmed"
    stack.validator.command("reconcile")
    assert state(stack, anna.customer.code) == "free"


def test_a_form_filled_in_again_while_the_first_one_is_on_its_way_spoils_neither_account_nor_welcome(
    stack: Stack, gate: Gate, realm: Realm, anna: Registrant
) -> None:
    """Both are past every check when the first claims; they share the browser's session in Keycloak."""
    reloaded = re.sub(r"session_code=[^&]*&?", "", anna.open_form().action)
    with gate.broken(breakable.one_after_the_other(), "claim"), ThreadPoolExecutor(1) as beside:
        asked = gate.seen.count("claim")
        first = beside.submit(anna.send_form)
        eventually(lambda: gate.seen.count("claim") - asked, 1)
        again = anna.browser.open(reloaded)
        refused = anna.browser.submit(again.form, anna.values(username=f"{anna.username}-2"))
    assert first.result().name in WELCOME, first.result().described()
    assert refused.says(CLAIM_REFUSED), refused.described()
    assert [user["username"] for user in realm.with_code(anna.customer.code)] == [anna.username]
    assert anna.log_in().returned
