"""Simultaneous submits: one code has one account, whoever is faster, and the loser reads words.

FAULT_ROUNDS above 1 asks for a hundred rounds of each.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from stack.local import Stack
from stack.page import Page
from tests.faults.on_both_stores import gate, new_customer, on_postgresql, stack
from tests.support.newcomers import NewCustomer, known_address
from tests.support.realm import Realm, eventually, moves, state
from tests.support.registration import CODE_LOST, WELCOME, Registrant

__all__ = ["gate", "new_customer", "on_postgresql", "stack"]

ROUNDS = 5 if os.environ.get("FAULT_ROUNDS", "1") == "1" else 100


def _at_once(*actions: Callable[[], Page]) -> list[Page]:
    """The answers of all actions, which start at the same moment."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], Page]) -> Page:
        barrier.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(run, actions))


def _assert_one_account(stack: Stack, realm: Realm, code: str) -> None:
    assert len(realm.with_code(code)) == 1
    assert moves(stack, code, "reserved -> claimed") == 1
    eventually(lambda: state(stack, code), "confirmed")


def _assert_in_words(page: Page) -> None:
    """A page of ours for a person, and no bare JSON nor a stack trace."""
    assert page.status < 500, page.described()
    assert page.name or page.returned, page.described()


def test_of_two_browsers_with_one_code_one_makes_an_account(stack: Stack, new_customer: NewCustomer) -> None:
    """Both may be given the form, for the last one who asks has the code; sent at once, one is registered."""
    realm = Realm(stack)
    for _ in range(ROUNDS):
        customer = new_customer()
        rivals = [Registrant(stack, customer), Registrant(stack, customer)]
        code_pages = [rival.code_page() for rival in rivals]
        code = {"customerCode": customer.code}
        answers = _at_once(
            *(
                partial(rival.browser.submit, page.form, code)
                for rival, page in zip(rivals, code_pages, strict=True)
            )
        )
        given = [
            (rival, page) for rival, page in zip(rivals, answers, strict=True) if page.name == "register"
        ]
        assert given, [page.described() for page in answers]
        for rival, page in given:
            rival.form = page.form
        sent = _at_once(*(rival.send_form for rival, _ in given))
        for page in sent:
            _assert_in_words(page)
        assert sum(page.name in WELCOME for page in sent) == 1, [page.described() for page in sent]
        _assert_one_account(stack, realm, customer.code)


def test_a_registration_begun_on_the_phone_is_finished_at_the_desk(
    stack: Stack, new_customer: NewCustomer
) -> None:
    """The form left open on the first device keeps nobody out, and says so when it is sent after all."""
    phone = Registrant(stack, new_customer())
    phone.open_form()
    desk = Registrant(stack, phone.customer)
    desk.open_form()
    late = phone.send_form()
    assert late.says(CODE_LOST), late.described()
    desk.register()
    _assert_one_account(stack, Realm(stack), phone.customer.code)


@pytest.mark.parametrize(("parallel", "rounds"), [(2, ROUNDS), (4, 3)])
def test_of_one_browser_s_parallel_submits_one_makes_an_account(
    stack: Stack, new_customer: NewCustomer, parallel: int, rounds: int
) -> None:
    realm = Realm(stack)
    for _ in range(rounds):
        anna = Registrant(stack, new_customer())
        anna.open_form()
        names = [f"{anna.username}-{number}" for number in range(parallel)]
        answers = _at_once(*(partial(anna.send_form, username=name) for name in names))
        for page in answers:
            _assert_in_words(page)
        [anna.username] = [name for name in names if realm.user(name) is not None]
        assert any(page.name in WELCOME for page in answers), [page.described() for page in answers]
        _assert_one_account(stack, realm, anna.customer.code)
        assert anna.log_in().returned


def test_a_double_click_on_create_account_makes_one_account(stack: Stack, new_customer: NewCustomer) -> None:
    realm = Realm(stack)
    for _ in range(ROUNDS):
        anna = Registrant(stack, new_customer())
        anna.open_form()
        answers = _at_once(anna.send_form, anna.send_form)
        for page in answers:
            _assert_in_words(page)
        user = realm.user(anna.username)
        assert user is not None
        assert user["attributes"]["customerCode"] == [anna.customer.code]
        _assert_one_account(stack, realm, anna.customer.code)


def test_of_two_parallel_submits_with_the_same_username_one_makes_an_account(
    stack: Stack, new_customer: NewCustomer, tmp_path: Path
) -> None:
    """Two customers, two codes, one username: the loser keeps the code and may choose another name. Each
    holder of a code hears of the account that came of it, and of none that did not."""
    realm, give_address = Realm(stack), known_address(stack, tmp_path)
    for _ in range(ROUNDS // 2):
        rivals = [Registrant(stack, new_customer()) for _ in range(2)]
        holders = [give_address(rival.customer) for rival in rivals]
        rivals[1].username = rivals[0].username
        for rival in rivals:
            rival.open_form()
        answers = _at_once(*(rival.send_form for rival in rivals))
        for page in answers:
            _assert_in_words(page)
        winners = [page.name in WELCOME for page in answers]
        assert sum(winners) == 1, [page.described() for page in answers]
        loser = rivals[winners.index(False)]
        assert realm.with_code(loser.customer.code) == []
        assert state(stack, loser.customer.code) in {"reserved", "free"}
        again = Registrant(stack, loser.customer)
        again.browser = loser.browser
        again.register()
        for holder in holders:
            stack.mailbox.wait_for(holder)
            assert len(stack.mailbox.messages(holder)) == 1
