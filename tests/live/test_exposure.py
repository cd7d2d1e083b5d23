"""Every port and path of the running system, and who may reach what there.

The ports come from the processes themselves, the paths from the classes that answer them: what is new fails
here until somebody has judged it.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import pytest
import requests
from customer_code_validator.app import OPEN, create_app
from customer_code_validator.settings import load

from stack.local import Stack
from stack.settings import HOST, realm_name
from tests.support.exposure import (
    ACCEPT,
    ADMINISTRATION,
    OF_ADMINISTRATION,
    OF_CUSTOMERS,
    OF_EVERY_REALM,
    walked,
)
from tests.support.listening import listening
from tests.support.newcomers import NewCustomer
from tests.support.registration import CLIENT, Registrant
from tests.support.routes import Route, extension_resources, walked_classes

_REALM = "/realms/{realm}"
_OIDC = f"{_REALM}/protocol/openid-connect"

#: Where Keycloak's code does not say what answers; each is asked with GET and POST like a route.
_OPEN_ENDED = {
    "/admin/realms/{realm}/clients/{client-uuid}/authz/resource-server/permission/{type}",
    "/admin/realms/{realm}/clients/{client-uuid}/authz/resource-server/policy/{type}",
    "/admin/realms/{realm}/{extension}",
    f"{_REALM}/account/resources/{{id}}",
    f"{_REALM}/authz/protection",
    f"{_REALM}/broker/{{provider_alias}}/endpoint",
    f"{_REALM}/clients-registrations/{{provider}}",
    f"{_REALM}/protocol/{{protocol}}",
    f"{_OIDC}/ext/{{extension}}",
    f"{_OIDC}/registrations/device",
    f"{_OIDC}/forgot-credentials/device",
    f"{_OIDC}/token/introspect",
    f"{_REALM}/{{extension}}",
}
_SAYS_NOTHING = re.compile(
    r'\{"error":"unknown_error","error_description":"For more on this error consult the server log."\}'
    r'|\{"details":"Error id [0-9a-f-]+","stack":""\}'
)


@pytest.fixture(scope="module")
def keycloak_routes() -> frozenset[Route]:
    """All but preflights."""
    return walked()


@dataclass
class Caller:
    """Somebody without a browser, with or without a token."""

    base: str
    session: requests.Session
    realm: str

    def ask(self, route: Route) -> Iterator[tuple[str, requests.Response]]:
        """What a route answers, with its name; where the code leaves the method open, both usual ones."""
        for method in route.methods:
            url = self.base + route.path(realm=self.realm)
            json: dict[str, str] | None = {} if method in {"POST", "PUT"} else None
            self.session.cookies.clear()
            answer = self.session.request(method, url, json=json, allow_redirects=False, timeout=60)
            yield f"{method} {route.pattern}", answer


def _caller(base: str, token: str | None = None, realm: str = realm_name()) -> Caller:
    session = requests.Session()
    session.trust_env = False
    session.headers["Accept"] = ACCEPT
    if token:
        session.headers["Authorization"] = f"Bearer {token}"
    return Caller(base, session, realm)


@pytest.fixture(scope="module")
def anna(stack: Stack, new_customer: NewCustomer) -> Registrant:
    """A registered customer whose data are found nowhere by chance."""
    registrant = Registrant(stack, new_customer())
    registrant.register()
    return registrant


def test_the_system_listens_on_its_declared_ports_of_this_machine_alone(stack: Stack) -> None:
    """Sockets of the processes and their children: no console of a database, no debugger, no cluster."""
    found = {place for process in stack.processes() for place in listening(process.pid)}
    declared = {(HOST, port) for port in asdict(stack.ports).values()}
    assert declared <= found
    # By one more Keycloak's transaction manager tells itself from others (Narayana's SocketProcessId).
    rest = found - declared
    assert {host for host, _ in rest} <= {HOST}
    assert len(rest) <= 1
    assert [place for place in rest if _answers(place)] == []


def _answers(place: tuple[str, int]) -> bool:
    with socket.create_connection(place, timeout=2) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        try:
            return bool(connection.recv(1))
        except TimeoutError:
            return False


def test_every_resource_of_the_extension_is_among_the_walked_classes() -> None:
    assert extension_resources() <= walked_classes()


def test_what_keycloak_leaves_open_is_known(keycloak_routes: frozenset[Route]) -> None:
    assert {route.pattern for route in keycloak_routes if route.method == "LOCATOR"} == _OPEN_ENDED
    assert len(keycloak_routes) > 500


@pytest.mark.parametrize("realm", [realm_name(), "master"])
def test_the_admin_interface_answers_nobody_without_a_token(
    stack: Stack, keycloak_routes: frozenset[Route], realm: str
) -> None:
    stranger = _caller(stack.keycloak.url, realm=realm)
    administration = [route for route in keycloak_routes if route.pattern.startswith(ADMINISTRATION)]
    answered = {name: answer.status_code for route in administration for name, answer in stranger.ask(route)}
    assert len(answered) > 400
    assert {name: status for name, status in answered.items() if status != 401} == {}


@pytest.mark.parametrize("realm", [realm_name(), "master"])
def test_a_customers_token_opens_no_path_of_the_admin_interface(
    anna: Registrant, keycloak_routes: frozenset[Route], realm: str
) -> None:
    """The account console's own, which may do most of what customers' tokens may. 400 and 415 (not what the
    route reads) and 501 (switched off) are said before the rights are asked, to everybody alike.
    """
    console = f"{anna.stack.keycloak.url}/realms/{realm_name()}/account/"
    page = anna.log_in()
    token = anna.browser.token(page, realm_name(), CLIENT, console)
    customer = _caller(anna.stack.keycloak.url, token, realm)
    administration = [route for route in keycloak_routes if route.pattern.startswith(ADMINISTRATION)]
    answered = {name: answer.status_code for route in administration for name, answer in customer.ask(route)}
    refusals = {400, 401, 403, 404, 415, 501}
    assert {name: status for name, status in answered.items() if status not in refusals} == {}
    assert sum(status == 403 for status in answered.values()) > 350


@pytest.mark.parametrize(("realm", "public"), [(realm_name(), OF_CUSTOMERS), ("master", OF_EVERY_REALM)])
def test_without_a_login_keycloak_shows_public_pages_only(
    stack: Stack, keycloak_routes: frozenset[Route], realm: str, public: frozenset[str]
) -> None:
    stranger = _caller(stack.keycloak.url, realm=realm)
    pages = [route for route in keycloak_routes if not route.pattern.startswith(ADMINISTRATION)]
    answers = {name: answer for route in pages for name, answer in stranger.ask(route)}
    given = {name for name, answer in answers.items() if answer.ok and answer.status_code < 300}
    assert given == public | OF_ADMINISTRATION
    # Some of Keycloak's own fail on what they cannot read: with one sentence, the same for all.
    failed = {name: answer.text for name, answer in answers.items() if answer.status_code >= 500}
    assert {name: text for name, text in failed.items() if not _SAYS_NOTHING.fullmatch(text)} == {}
    traced = ("\tat ", ".java:")
    assert [name for name, answer in answers.items() if any(word in answer.text for word in traced)] == []


@pytest.mark.parametrize("path", ["metrics", "health", "health/ready", "q/health", "lb-check", "openapi"])
def test_keycloaks_public_port_shows_neither_health_nor_metrics(stack: Stack, path: str) -> None:
    assert _get(f"{stack.keycloak.url}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["realms/{realm}", "realms/{realm}/account/", "admin/", "admin/realms"])
def test_the_management_port_shows_nothing_of_the_public_one(stack: Stack, path: str) -> None:
    url = f"http://{HOST}:{stack.ports.management}/{path.format(realm=realm_name())}"
    assert _get(url).status_code == 404


def _validator_routes(stack: Stack) -> list[Route]:
    """Of the application itself, so that no route can be forgotten."""
    app = create_app(load({**stack.validator_environment(), "CUSTOMER_CODES_DATABASE_URL": "sqlite://"}))
    return [
        Route(method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    ]


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer wrong", "Basic {secret}", "{secret}"])
def test_every_route_of_the_validator_needs_the_secret_but_three(stack: Stack, authorization: str) -> None:
    """Health, readiness and the contract tell nothing of anybody."""
    stranger = _caller(stack.validator.url)
    stranger.session.headers["Authorization"] = authorization.format(secret=stack.validator.secret)
    answered = {
        (route.pattern, answer.status_code)
        for route in _validator_routes(stack)
        for _, answer in stranger.ask(route)
    }
    assert {pattern for pattern, status in answered if status != 401} == OPEN
    assert {path for path, _ in answered if path.startswith("/v1/")}
    assert _get(f"{stack.validator.url}/no/such/path").status_code == 401


def test_every_route_of_the_validator_opens_with_the_secret(stack: Stack) -> None:
    """What the refusals above are measured against."""
    keycloak = _caller(stack.validator.url, stack.validator.secret)
    answers = [answer for route in _validator_routes(stack) for _, answer in keycloak.ask(route)]
    assert [answer.url for answer in answers if answer.status_code in {401, 403, 404, 405}] == []


def test_the_metrics_port_of_the_validator_leads_to_no_route_of_it(stack: Stack) -> None:
    base = stack.validator.metrics_url.removesuffix("/metrics")
    metrics = _get(f"{base}/metrics").text
    names = {line.split(" ")[2] for line in metrics.splitlines() if line.startswith("# HELP")}
    for route in _validator_routes(stack):
        if "GET" in route.method:
            answer = _get(base + route.path()).text
            assert {line.split(" ")[2] for line in answer.splitlines() if line.startswith("# HELP")} == names


def test_health_and_metrics_hold_nothing_of_a_person(stack: Stack, anna: Registrant) -> None:
    management = f"http://{HOST}:{stack.ports.management}"
    pages = [f"{management}/{path}" for path in ("", "health", "health/ready", "health/live", "metrics")]
    pages += [stack.validator.metrics_url, *(f"{stack.validator.url}{path}" for path in sorted(OPEN))]
    shown = "".join(_get(page).text.lower() for page in pages)
    assert "customer_codes_requests_total" in shown
    assert "jvm_" in shown
    customer = anna.customer
    personal = {anna.username, customer.code, customer.codice_fiscale, anna.address, stack.validator.secret}
    assert {word for word in personal if word.lower() in shown} == set()


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "FOO"])
def test_odd_methods_are_refused_everywhere(stack: Stack, method: str) -> None:
    pages = {
        f"{stack.keycloak.url}/realms/{realm_name()}/account/": 405,
        f"{stack.keycloak.url}/admin/realms": 401,
        f"{stack.validator.url}/healthz": 405,
        f"{stack.validator.url}/v1/reservations": 401,
        stack.validator.metrics_url: 405,
        stack.mailbox.url: 501,
    }
    session = requests.Session()
    session.trust_env = False
    for page, status in pages.items():
        marked = session.request(method, page, headers={"X-Marked": "echo-me"}, timeout=30)
        assert (page, marked.status_code) == (page, status)
        assert "echo-me" not in marked.text


def _get(url: str) -> requests.Response:
    session = requests.Session()
    session.trust_env = False
    return session.get(url, allow_redirects=False, timeout=30)
