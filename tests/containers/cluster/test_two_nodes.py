"""Customers of two nodes and two validators, each of which may be away; how little each added part may do."""

from __future__ import annotations

import time
from functools import partial

import pytest
from playwright.sync_api import Browser, expect

from stack.customers import Customer
from stack.mailbox.part import Mailbox
from stack.settings import realm_name
from tests.browser.accessibility import axe
from tests.browser.answers import complete
from tests.browser.conftest import open_browser
from tests.browser.pages import RegistrationForm
from tests.browser.site import Site
from tests.browser.visitor import Visitor, link_in
from tests.containers.cluster.door import Door
from tests.containers.cluster.nodes import (
    ADDED,
    NODES,
    VALIDATORS,
    leader,
    node_of,
    posts,
    wait_for_one_cluster,
)
from tests.containers.cluster.patience import (
    UNAVAILABLE_SECONDS,
    goes_through,
    registers,
    sends_until_it_is_taken,
)
from tests.containers.confinement import require_no_rights, require_read_only
from tests.containers.project import Project
from tests.support.realm import eventually

PUBLISHED = {"keycloak": "8080/tcp", "mailpit": "8025/tcp", "proxy": "8443/tcp"}
#: So long Keycloak asks no validator after several gave no answer.
_ASKED_AGAIN_SECONDS = 4.0
#: A login may be refused for so long where a node dies.
_MOST_UNSERVED_SECONDS = 5.0
_WITHOUT_A_LEADER_SECONDS = 15.0
#: From the click until the node has the form, and is still asked for other things.
_ON_ITS_WAY_MS = 2_000


def test_a_customer_registers_confirms_and_logs_in_through_the_proxy(
    visitor: Visitor, door: Door, customer: Customer
) -> None:
    answers = registers(visitor, customer)
    link = link_in(visitor.confirmation_mail(answers))
    assert link.startswith(f"{door.url}/realms/{realm_name()}/")
    visitor.confirms(answers)
    visitor.logs_in(answers)


def test_codes_are_answered_while_either_validator_is_away(
    visitor: Visitor, clustered: Project, free_code: str
) -> None:
    for validator in VALIDATORS:
        with clustered.without(validator):
            page = visitor.comes_to_log_in().register()
            sends_until_it_is_taken(page, partial(page.give, free_code), RegistrationForm.sign)


@pytest.mark.parametrize(
    ("name", "answering", "asking"),
    [
        *(("validator", VALIDATORS, node) for node in NODES),
        *(("keycloak", NODES, validator) for validator in VALIDATORS),
    ],
)
def test_one_name_leads_to_both(
    clustered: Project, name: str, answering: tuple[str, ...], asking: str
) -> None:
    """Where two networks are shared an engine answers for one of them, whichever comes first."""
    found = clustered.found(asking, name)
    assert {each for each in answering if found & set(clustered.addresses(each))} == set(answering)


@pytest.mark.parametrize(("hung", "away"), [VALIDATORS, VALIDATORS[::-1]])
def test_a_validator_that_hangs_is_not_asked_again_once_another_one_is_back(
    visitor: Visitor, clustered: Project, free_code: str, hung: str, away: str
) -> None:
    with clustered.with_hanging(hung):
        with clustered.without(away):
            for _ in NODES:
                assert not gives_a_code(visitor, free_code)
        time.sleep(_ASKED_AGAIN_SECONDS)
        # Soon, on a busy machine too; and from then on everybody.
        eventually(lambda: gives_a_code(visitor, free_code), True, UNAVAILABLE_SECONDS)
        for _ in (*NODES, *NODES):
            assert gives_a_code(visitor, free_code)


def gives_a_code(visitor: Visitor, code: str) -> bool:
    """Whether it is answered at once."""
    page = visitor.comes_to_log_in().register()
    with page.page.expect_navigation():
        page.give(code)
    return page.page.locator(RegistrationForm.sign).is_visible()


def test_a_form_that_a_dying_node_has_taken_is_sent_to_no_other_and_goes_through_once_the_customer_sends_it(
    browser: Browser, public_site: Site, composed_mailbox: Mailbox, one_cluster: Project, customer: Customer
) -> None:
    """The node is there, takes the form, answers nothing and is gone: only the customer may send it again."""
    page, _ = open_browser(browser, public_site, ignore_https_errors=True)  # it complains of the 502, rightly
    visitor, answers = Visitor(page, public_site, composed_mailbox), complete(customer)
    visitor.opens_the_form(customer)
    mine = node_of(visitor, one_cluster)
    [other] = set(NODES) - {mine}
    before = posts(one_cluster, other)
    one_cluster.hang(mine)
    RegistrationForm(page).fill(answers)
    page.evaluate("setTimeout(() => document.getElementById('kc-submit').click())")  # waits for no answer
    page.wait_for_timeout(_ON_ITS_WAY_MS)
    with one_cluster.without(mine):
        expect(page.get_by_role("heading")).to_have_text("Il servizio è momentaneamente non disponibile")
        assert axe(page) == []
        assert posts(one_cluster, other) == before
        page.reload()
        goes_through(page, answers)
        visitor.confirms(answers)
        visitor.logs_in(answers)
    page.context.close()


def test_customers_are_served_by_the_other_node_when_the_one_that_leads_the_cluster_dies(
    door: Door, one_cluster: Project
) -> None:
    """Its entry in the database outlives it by a minute, and for so long the other calls itself not ready."""
    led = leader(one_cluster)
    assert led in NODES
    unserved, longest = 0.0, 0.0
    with one_cluster.without(led):
        end = (last := time.monotonic()) + _WITHOUT_A_LEADER_SECONDS
        while (now := time.monotonic()) < end:
            served = door.ask(f"/realms/{realm_name()}/account/").status < 500
            unserved = 0.0 if served else unserved + now - last
            longest, last = max(longest, unserved), now
            time.sleep(0.3)
    assert longest < _MOST_UNSERVED_SECONDS


def test_the_nodes_are_one_cluster(clustered: Project) -> None:
    wait_for_one_cluster(clustered)


def test_provisioning_leaves_the_public_address_as_it_is(clustered: Project) -> None:
    assert "nothing to do" in clustered.again("provisioning")
    assert "nothing to do" in clustered.again("public-address")


def test_only_the_proxy_is_added_to_what_is_published(clustered: Project) -> None:
    assert clustered.published() == {service: {port} for service, port in PUBLISHED.items()}


def test_the_proxy_which_faces_strangers_finds_the_nodes_and_nothing_else(clustered: Project) -> None:
    services = set(clustered.inspected()) - {"proxy"}
    assert {each for each in services if clustered.finds("proxy", each)} == set(NODES)


@pytest.mark.parametrize("service", ADDED)
def test_an_added_container_is_confined_as_the_others_are(clustered: Project, service: str) -> None:
    require_no_rights(clustered, service)
    require_read_only(clustered, service)
    bounds = clustered.inspected()[service]["HostConfig"]
    assert bounds["Memory"] > 0
    assert bounds["PidsLimit"] > 0
