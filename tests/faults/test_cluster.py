"""Two nodes, two validators, one database: whatever ends and comes back, nobody’s registration is lost.

FAULT_ROUNDS above 1 goes through every disturbance, and sends a hundred forms to both nodes at once.
"""

from __future__ import annotations

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import requests

from stack.browserless import Browser
from stack.page import Page
from stack.settings import realm_name
from tests.faults.disturbances import DISTURBANCES, SHORT, Disturbance
from tests.faults.on_cluster import Cluster
from tests.faults.withstanding import ROUNDS, withstand
from tests.support.realm import eventually
from tests.support.registration import WELCOME, Registrant

_FORMS = 5 if ROUNDS == 1 else 100


def _cases() -> list[tuple[Disturbance, int]]:
    if ROUNDS == 1:
        return [(one, 0) for one in SHORT]
    return [(one, number) for one in DISTURBANCES for number in range(max(1, ROUNDS // 5))]


@pytest.mark.parametrize(
    ("what", "number"), [pytest.param(*case, id=f"{case[0]} {case[1]}") for case in _cases()]
)
def test_no_registration_is_lost_and_logins_go_on_while_a_part_goes_and_comes_back(
    cluster: Cluster, what: Disturbance, number: int
) -> None:
    withstand(cluster, what)


def test_of_one_form_sent_to_both_nodes_at_once_one_account_is_made(cluster: Cluster) -> None:
    """Now under one username, now under two."""
    pages = Counter[str]()
    for number in range(_FORMS):
        anna = cluster.newcomer(0)
        anna.open_form()
        names = [anna.username, f"{anna.username}-{number % 2}"]
        pages.update(_send_to_both(anna, cluster.newcomer(1).address, names))
        users = cluster.realm.with_code(anna.customer.code)
        assert len(users) == 1, pages
        assert sum(cluster.realm.user(name) is not None for name in set(names)) == 1
    cluster.agreement.wait()
    cluster.notes.append(
        f"one form sent to both nodes at once, {_FORMS} times, one account each: {dict(pages)}"
    )


def test_mails_of_forgotten_passwords_are_counted_over_both_nodes(cluster: Cluster) -> None:
    """One mail a moment to an account, whichever node and whichever network is asked."""
    name = f"u{secrets.token_hex(6)}"
    address = f"{name}@example.org"
    user = {"username": name, "email": address, "enabled": True, "emailVerified": True}
    cluster.realm.call("POST", "/users", json={**user, "firstName": "Anna", "lastName": "Neri"})
    _ask_for_a_password(cluster.newcomer(0), name)
    cluster.stack.mailbox.wait_for(address, "nuova password")
    _ask_for_a_password(cluster.newcomer(1), name)
    eventually(lambda: _refused_mails(cluster, name), ["too_many_mails"])
    assert len(cluster.stack.mailbox.messages(address)) == 1


def _ask_for_a_password(somebody: Registrant, username: str) -> None:
    """From the browser of somebody who has forgotten that account's."""
    browser = somebody.browser
    forgotten = f"{somebody.stack.keycloak.url}/realms/{realm_name()}/login-actions/reset-credentials"
    page = browser.submit(browser.open(forgotten, client_id="account").form, {"page": "PASSWORD"})
    sent = browser.submit(page.form, {"way": "PASSWORD_BY_USERNAME", "username": username})
    assert sent.name == "forgotten-sent", sent.described()


def _refused_mails(cluster: Cluster, username: str) -> list[str]:
    """Why no mail went to that account, of each request."""
    events = cluster.realm.call("GET", "/events?type=SEND_RESET_PASSWORD_ERROR&max=1000").json()
    [user] = cluster.realm.users(username=username)
    return [one["error"] for one in events if one.get("userId") == user["id"]]


def _send_to_both(anna: Registrant, elsewhere: str, names: list[str]) -> list[str]:
    """What the two answers are called; each goes to a node of its own, under the username at its place."""
    form = anna.form
    assert form is not None
    barrier = Barrier(len(names))

    def send(browser: Browser, name: str) -> str:
        barrier.wait()
        try:
            page: Page = browser.submit(form, anna.values(username=name))
        except requests.RequestException as error:
            return type(error).__name__
        assert page.status < 500, page.described()
        return "welcome" if page.name in WELCOME else page.name or f"status {page.status}"

    browsers = [anna.browser, anna.browser.elsewhere(elsewhere)]
    with ThreadPoolExecutor(len(browsers)) as threads:
        return list(threads.map(send, browsers, names))
