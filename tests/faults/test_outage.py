"""The validator stays away: soon nobody asks it, customers read so at once, and it ends by itself."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from stack import http
from stack.local import Stack
from stack.page import Page
from stack.settings import HOST
from tests.faults.test_validator_faults import FAULTS, PATIENCE_SECONDS
from tests.support import breakable
from tests.support.breakable import Gate
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm, state
from tests.support.registration import RECOVERY_SECONDS, UNAVAILABLE, Registrant

#: What an outage looks like from Keycloak.
OUTAGES = ["says nothing", "nobody listens", "an error of its own", "answers after 5 s"]
_CUSTOMERS = 12
_AWAY = "is away: registrations are refused"
_BACK = "answers again: registrations go on"


@pytest.fixture
def customers(stack: Stack, new_customer: NewCustomer) -> list[Registrant]:
    """Customers who have the code page open."""
    return [Registrant(stack, new_customer()) for _ in range(_CUSTOMERS)]


def _said(stack: Stack, words: str) -> int:
    return stack.keycloak.log.read_text(encoding="utf-8").count(words)


def _metric(stack: Stack) -> str:
    _, body = http.request("GET", f"http://{HOST}:{stack.ports.management}/metrics")
    [line] = [
        line for line in body.decode().splitlines() if line.startswith("customer_codes_validator_away{")
    ]
    return line.rsplit(" ", 1)[1]


@pytest.mark.parametrize("fault", OUTAGES)
@pytest.mark.usefixtures("answering")
def test_nobody_waits_long_nobody_is_asked_in_vain_and_it_ends_by_itself(
    stack: Stack, gate: Gate, customers: list[Registrant], fault: str
) -> None:
    away, back = _said(stack, _AWAY), _said(stack, _BACK)
    pages = [customer.code_page() for customer in customers]

    def send(customer: Registrant, page: Page) -> tuple[Page, float]:
        began = time.monotonic()
        answer = customer.browser.submit(page.form, {"customerCode": customer.customer.code})
        return answer, time.monotonic() - began

    with FAULTS[fault](gate, "reserve"):
        with ThreadPoolExecutor(len(customers)) as threads:
            answers = list(threads.map(send, customers, pages))
        for customer, (page, seconds) in zip(customers, answers, strict=True):
            assert page.says(UNAVAILABLE), page.described()
            assert page.form.values["customerCode"] == customer.customer.code
            assert seconds < PATIENCE_SECONDS
        asked = len(gate.seen)
        page, seconds = send(customers[0], answers[0][0])
        assert page.says(UNAVAILABLE), page.described()
        assert len(gate.seen) == asked, "the validator was asked although it is away"
        assert (_said(stack, _AWAY), _said(stack, _BACK)) == (away + 1, back)
        assert _metric(stack) == "1.0"
    deadline = time.monotonic() + RECOVERY_SECONDS
    for customer in customers[:2]:
        customer.come_through(deadline)
        customer.register()
    assert (_said(stack, _AWAY), _said(stack, _BACK)) == (away + 1, back + 1)
    assert _metric(stack) == "0.0"


@pytest.mark.usefixtures("answering")
def test_a_refused_code_is_an_answer_and_takes_nobody_elses_registration_away(
    stack: Stack, gate: Gate, customers: list[Registrant]
) -> None:
    away = _said(stack, _AWAY)
    for customer in customers:
        customer.send_code("NOBODYS1")
    assert _said(stack, _AWAY) == away
    customers[0].register()


@pytest.mark.parametrize("step", ["check", "claim"])
@pytest.mark.usefixtures("answering")
def test_slow_answers_of_one_form_do_not_add_up(
    stack: Stack, gate: Gate, realm: Realm, customers: list[Registrant], step: str
) -> None:
    """Each answer comes in time; both together, and the release after them, would not."""
    anna = customers[0]
    anna.open_form()
    late = breakable.answering_after(1.5)
    asked_at = time.monotonic()
    with gate.broken(late, "check", "claim", "release") if step == "claim" else gate.broken(late, "check"):
        page = anna.send_form()
    assert time.monotonic() - asked_at < PATIENCE_SECONDS
    if step == "check":
        assert realm.user(anna.username) is not None
        return
    assert page.says(UNAVAILABLE), page.described()
    assert page.form.values["username"] == anna.username
    assert realm.user(anna.username) is None
    assert state(stack, anna.customer.code) in {"reserved", "claimed", "free"}
