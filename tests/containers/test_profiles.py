"""`docker compose --profile cluster --profile observe up`: two nodes behind the proxy, and Prometheus.

No registry that is reachable here has Grafana: with podman it stays away, and its dashboard is held to what
the running Prometheus answers. That Grafana shows it is not proven.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from stack import customers
from stack.customers import Customer
from stack.keycloak import Keycloak
from stack.mailbox.part import Mailbox
from stack.membership import Membership
from stack.ports import Ports
from stack.settings import SAMPLE_CUSTOMERS, realm_name
from tests.browser.accessibility import axe
from tests.browser.answers import Answers, complete
from tests.browser.camera import PHONE
from tests.browser.conftest import open_browser
from tests.browser.pages import CustomerPage, RegistrationForm, WelcomePage
from tests.browser.site import Admin, Site
from tests.browser.visitor import Visitor, link_in
from tests.containers.confinement import require_no_rights, require_read_only
from tests.containers.door import Door
from tests.containers.nodes import NODES, VALIDATORS, leader, node_of, posts, wait_for_one_cluster
from tests.containers.project import Project
from tests.containers.queries import ALERTS, Prometheus, of_the_alerts, of_the_dashboard
from tests.support.realm import eventually

ADDED = ("keycloak-2", "validator-2", "proxy", "prometheus")
PUBLISHED = {"keycloak": "8080/tcp", "mailpit": "8025/tcp", "proxy": "8443/tcp"}
#: No test registers as a customer of another, here or in test_compose.py, which has the first two.
_PLAIN = [each for each in customers.read(SAMPLE_CUSTOMERS)[2:] if each.first_name.isascii()]
FIRST, SECOND, THIRD, FOURTH = [each for each in _PLAIN if each.first_name.isalpha()][:4]
FORGED = "203.0.113.9"
_SCRAPES_SECONDS = 60.0
#: A call may find its validator dead (2 s), others a server that is not warm yet.
_UNAVAILABLE_SECONDS = 10.0
#: So long Keycloak asks no validator after several gave no answer.
_ASKED_AGAIN_SECONDS = 4.0
#: A login may be refused for so long where a node dies.
_MOST_UNSERVED_SECONDS = 5.0
_WITHOUT_A_LEADER_SECONDS = 15.0
#: From the click until the node has the form, and is still asked for other things.
_ON_ITS_WAY_MS = 2_000


@pytest.fixture(scope="module")
def clustered(composed: Project) -> Iterator[Project]:
    """Both profiles, up beside what runs; in the end one node has the realm at its own address again."""
    composed.up("cluster", "observe")
    yield composed
    composed.again("public-address", PUBLIC_URL="")
    composed.remove(*ADDED, "public-address")


@pytest.fixture
def one_cluster(clustered: Project) -> Project:
    """The same, once the nodes share their sessions."""
    wait_for_one_cluster(clustered)
    return clustered


@pytest.fixture(scope="module")
def door(clustered: Project) -> Door:
    """The customers' address, with the proxy's own authority."""
    authority = clustered.inside("proxy", "cat", "/data/caddy/pki/authorities/local/root.crt").stdout
    return Door("login.localhost", clustered.public_port, authority)


@pytest.fixture
def public_site(door: Door, container_ports: Ports, clustered: Project) -> Site:
    """The realm's addresses as customers know them."""
    nowhere = clustered.folder / "none"
    behind = Membership("", door.url, 0)
    return Site(Keycloak(nowhere, nowhere, container_ports, "", membership=behind), realm_name())


@pytest.fixture
def visitor(browser: Browser, public_site: Site, composed_mailbox: Mailbox) -> Iterator[Visitor]:
    """A person at a browser in front of the proxy; whether its certificate is good is asked elsewhere."""
    page, complaints = open_browser(browser, public_site, ignore_https_errors=True)
    yield Visitor(page, public_site, composed_mailbox)
    page.context.close()
    assert complaints.found == []


def test_a_customer_registers_confirms_and_logs_in_through_the_proxy(visitor: Visitor, door: Door) -> None:
    answers = registers(visitor, FIRST)
    link = link_in(visitor.confirmation_mail(answers))
    assert link.startswith(f"{door.url}/realms/{realm_name()}/")
    visitor.confirms(answers)
    visitor.logs_in(answers)


def test_codes_are_answered_while_either_validator_is_away(visitor: Visitor, clustered: Project) -> None:
    for validator in VALIDATORS:
        with clustered.without(validator):
            page = visitor.comes_to_log_in().register()
            sends_until_it_is_taken(page, partial(page.give, SECOND.code), RegistrationForm.sign)


@pytest.mark.parametrize(("hung", "away"), [VALIDATORS, VALIDATORS[::-1]])
def test_a_validator_that_hangs_is_not_asked_again_once_another_one_is_back(
    visitor: Visitor, clustered: Project, hung: str, away: str
) -> None:
    with clustered.with_hanging(hung):
        with clustered.without(away):
            for _ in NODES:
                assert not gives_a_code(visitor)
        time.sleep(_ASKED_AGAIN_SECONDS)
        # Soon, on a busy machine too; and from then on everybody.
        eventually(lambda: gives_a_code(visitor), True, _UNAVAILABLE_SECONDS)
        for _ in (*NODES, *NODES):
            assert gives_a_code(visitor)


def gives_a_code(visitor: Visitor) -> bool:
    """Whether it is answered at once."""
    page = visitor.comes_to_log_in().register()
    with page.page.expect_navigation():
        page.give(SECOND.code)
    return page.page.locator(RegistrationForm.sign).is_visible()


def test_a_form_that_a_dying_node_has_taken_is_sent_to_no_other_and_goes_through_once_the_customer_sends_it(
    browser: Browser, public_site: Site, composed_mailbox: Mailbox, one_cluster: Project
) -> None:
    """The node is there, takes the form, answers nothing and is gone: only the customer may send it again."""
    page, _ = open_browser(browser, public_site, ignore_https_errors=True)  # it complains of the 502, rightly
    visitor, answers = Visitor(page, public_site, composed_mailbox), complete(FOURTH)
    visitor.opens_the_form(FOURTH)
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


def goes_through(page: Page, answers: Answers) -> None:
    """The form is taken by a node that has not come to speed yet: sent again where it says “unavailable”."""
    deadline = time.monotonic() + _UNAVAILABLE_SECONDS
    while not page.locator(WelcomePage.sign).is_visible() and time.monotonic() < deadline:
        RegistrationForm(page).send(answers)
    WelcomePage(page)


def registers(visitor: Visitor, customer: Customer) -> Answers:
    """As `Visitor.registers`, patient with the code."""
    answers = complete(customer)
    page = visitor.comes_to_log_in().register()
    sends_until_it_is_taken(page, partial(page.give, customer.code), RegistrationForm.sign)
    RegistrationForm(visitor.page).send(answers)
    WelcomePage(visitor.page)
    return answers


def sends_until_it_is_taken(page: CustomerPage, send: Callable[[], None], then: str) -> None:
    """The same page again where it says “unavailable”, not for long."""
    following, deadline = page.page.locator(then), time.monotonic() + _UNAVAILABLE_SECONDS
    while time.monotonic() < deadline:
        with page.page.expect_navigation():
            send()
        if following.is_visible():
            return
    expect(following).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/master/console/",
        "/admin/enercasa/console/",
        "/admin/realms",
        "/admin/serverinfo",
        "/realms/master",
        "/realms/master/protocol/openid-connect/auth",
        "/realms/enercasa/../master",
        "/realms/enercasa/%2e%2e/master",
        "/realms/enercasa/..;/master",
        "/realms/enercasa/%2e%2e%2fmaster",
        "/realms/enercasa%2f..%2fmaster",
        "/resources/../admin/realms",
        "/resources/..;/admin/realms",
        "/resources/%2e%2e/realms/master",
        "//admin/realms",
        "/metrics",
        "/health",
        "/health/ready",
        "/management",
    ],
)
def test_administration_is_nowhere_on_the_public_name(door: Door, path: str) -> None:
    answer = door.ask(path)
    assert answer.status in {400, 404}
    assert "master" not in answer.body


def test_an_address_of_nothing_is_answered_with_a_page_that_leads_on(browser: Browser, door: Door) -> None:
    answer = door.ask("/bollette")
    assert answer.status == 404
    assert answer.header("Content-Type") == ["text/html; charset=utf-8"]
    page = browser.new_page(viewport=PHONE)
    page.set_content(answer.body)
    expect(page.get_by_role("heading")).to_have_text("Pagina non trovata")
    account = f"/realms/{realm_name()}/account/"
    expect(page.get_by_role("link", name="Vai all’area riservata")).to_have_attribute("href", account)
    assert axe(page) == []
    page.context.close()


def test_the_bare_name_leads_to_the_account(door: Door) -> None:
    answer = door.ask("/")
    assert (answer.status, answer.header("Location")) == (302, [f"/realms/{realm_name()}/account/"])


def test_administrators_are_on_this_machines_address_alone(composed_site: Site, door: Door) -> None:
    settings = Admin(composed_site).realm()
    assert settings["attributes"]["frontendUrl"] == door.url


@pytest.mark.parametrize("header", ["X_Forwarded_For", "X_Real_IP", "Forwarded"])
def test_what_a_client_says_about_its_own_address_is_not_believed(
    door: Door, composed_site: Site, clustered: Project, header: str
) -> None:
    said = f"for={FORGED}" if header == "Forwarded" else FORGED
    form = f"grant_type=authorization_code&client_id=bollette&code={header}"
    path = f"/realms/{realm_name()}/protocol/openid-connect/token"
    assert door.ask(path, "POST", form, **{header: said}).status == 400
    newest = Admin(composed_site).all_events()[0]
    assert newest["type"] == "CODE_TO_TOKEN_ERROR"
    assert newest["ipAddress"] not in {FORGED, f"{clustered.front}.2"}


@pytest.mark.usefixtures("clustered")
def test_at_a_nodes_own_port_nobody_is_believed_to_be_the_proxy(composed_site: Site) -> None:
    """The administrators' address: X-Forwarded-For is believed of the proxy's address alone."""
    answer = requests.post(
        f"{composed_site.url}/protocol/openid-connect/token",
        data={"grant_type": "authorization_code", "client_id": "bollette", "code": "at the node"},
        headers={"X-Forwarded-For": FORGED, "X-Forwarded-Host": "forged.example"},
        timeout=20,
    )
    assert answer.status_code == 400
    newest = Admin(composed_site).all_events()[0]
    assert newest["type"] == "CODE_TO_TOKEN_ERROR"
    assert newest["ipAddress"] != FORGED


def test_the_certificate_is_of_the_proxys_own_authority_and_nothing_is_answered_without_tls(
    door: Door,
) -> None:
    stranger = Door("another.localhost", door.port, door.authority)
    with pytest.raises(ssl.SSLError):
        stranger.ask("/")
    with pytest.raises(requests.RequestException):
        requests.get(f"http://127.0.0.1:{door.port}/realms/{realm_name()}", timeout=10).raise_for_status()


@pytest.mark.parametrize("path", [f"/realms/{realm_name()}", "/admin/", "/"])
def test_browsers_are_told_to_come_with_tls_only_and_nothing_of_the_proxy(door: Door, path: str) -> None:
    answer = door.ask(path)
    assert answer.header("Strict-Transport-Security") == ["max-age=31536000; includeSubDomains"]
    assert answer.header("Server") == []


def test_headers_beyond_a_bound_are_refused_and_those_of_a_large_session_are_not(door: Door) -> None:
    path = f"/realms/{realm_name()}"
    assert door.ask(path, Cookie="a=" + "b" * 12_000).status == 200
    assert door.ask(path, Cookie="a=" + "b" * 40_000).status == 431


def test_only_the_proxy_is_added_to_what_is_published(clustered: Project) -> None:
    assert clustered.published() == {service: {port} for service, port in PUBLISHED.items()}


@pytest.mark.parametrize("service", ADDED)
def test_an_added_container_is_confined_as_the_others_are(clustered: Project, service: str) -> None:
    require_no_rights(clustered, service)
    require_read_only(clustered, service)
    bounds = clustered.inspected()[service]["HostConfig"]
    assert bounds["Memory"] > 0
    assert bounds["PidsLimit"] > 0


def test_the_nodes_are_one_cluster(clustered: Project) -> None:
    wait_for_one_cluster(clustered)


def test_provisioning_leaves_the_public_address_as_it_is(clustered: Project) -> None:
    assert "nothing to do" in clustered.again("provisioning")
    assert "nothing to do" in clustered.again("public-address")


@pytest.fixture(scope="module")
def prometheus(clustered: Project) -> Prometheus:
    """The one of the profile."""
    return Prometheus(clustered.address("prometheus"))


def test_every_node_and_every_validator_is_watched(prometheus: Prometheus) -> None:
    eventually(
        lambda: sorted(each["labels"]["job"] for each in prometheus.targets() if each["health"] == "up"),
        ["keycloak"] * 2 + ["validator"] * 2,
        _SCRAPES_SECONDS,
    )


def test_every_query_of_the_dashboard_and_of_the_alerts_answers_after_one_journey(
    visitor: Visitor, prometheus: Prometheus
) -> None:
    answers = registers(visitor, THIRD)
    visitor.confirms(answers)
    visitor.logs_in(answers)
    guesses(visitor)
    queries = {**of_the_dashboard(), **of_the_alerts()}
    eventually(
        lambda: [name for name, query in queries.items() if not prometheus.series(query)],
        [],
        _SCRAPES_SECONDS,
    )


def guesses(visitor: Visitor) -> None:
    """One wrong code more than a session may type."""
    visitor.page.context.clear_cookies()
    page = visitor.comes_to_log_in().register()
    for number in range(6):
        with page.page.expect_navigation():
            page.give(f"90002345{number}0")


def test_every_alert_is_evaluated_without_an_error(prometheus: Prometheus) -> None:
    eventually(
        lambda: {rule["name"]: rule["health"] for rule in prometheus.rules()},
        {rule["alert"]: "ok" for rule in ALERTS},
        _SCRAPES_SECONDS,
    )


def test_each_alert_fires_when_what_it_names_is_so_and_not_before(clustered: Project) -> None:
    cases = Path(__file__).with_name("alerts-test.yml").read_text(encoding="utf-8")
    script = f"cat >/tmp/cases.yml <<'END'\n{cases}\nEND\npromtool test rules /tmp/cases.yml"
    tested = clustered.inside("prometheus", "sh", "-c", script)
    assert "SUCCESS" in tested.stdout, tested.stdout + tested.stderr
    assert all(f'"{rule["alert"]}"' in cases for rule in ALERTS)
