"""What the customers' address answers, and what it does not."""

from __future__ import annotations

import ssl
from collections.abc import Iterable

import pytest
import requests
from playwright.sync_api import Browser, expect

from stack.settings import realm_name
from tests.browser.accessibility import axe
from tests.browser.camera import PHONE
from tests.browser.site import Admin, Site
from tests.containers.cluster.door import Answer, Door
from tests.containers.project import Project
from tests.support.exposure import ACCEPT, OF_CUSTOMERS, walked
from tests.support.routes import Route

NOT_HERE = 404
FORGED = "203.0.113.9"


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


def test_of_all_that_keycloak_answers_the_public_name_has_the_pages_of_customers_alone(door: Door) -> None:
    """Every route that Keycloak's and our own code has, of the customers' realm."""
    answers = walk(door, realm_name(), walked())
    passed = {name for name, answer in answers.items() if answer.status != NOT_HERE}
    beyond = {
        name for name in answers if not name.split(" ")[1].startswith(("/realms/{realm}", "/resources"))
    }
    assert passed & beyond == {"GET ", "POST "}, "the bare name leads to the account"
    assert {name for name in passed if answers[name].status in range(200, 300)} == OF_CUSTOMERS
    assert len(passed) > 100


def test_of_the_master_realm_the_public_name_has_nothing(door: Door) -> None:
    pages = [route for route in walked() if route.pattern.startswith("/realms/{realm}")]
    answers = walk(door, "master", pages)
    assert {answer.status for answer in answers.values()} == {NOT_HERE}
    assert len(answers) > 100


def walk(door: Door, realm: str, routes: Iterable[Route]) -> dict[str, Answer]:
    """What each answers to a stranger, by its method and pattern."""
    pairs = [(route, method) for route in routes for method in route.methods]
    answers = door.ask_all(((method, route.path(realm=realm)) for route, method in pairs), ACCEPT)
    return {
        f"{method} {route.pattern}": answer for (route, method), answer in zip(pairs, answers, strict=True)
    }


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
