"""What Keycloak lets services and strangers ask for: the code flow with PKCE, exact addresses, no more."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from stack.browserless import Browser
from stack.local import Stack
from stack.page import Page
from stack.settings import realm_name
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm
from tests.support.registration import PASSWORD, Registrant, own_address

SERVICES = {
    "bollette": "https://bollette.enercasa.example/",
    "autolettura": "https://autolettura.enercasa.example/",
}
SERVICE, HOME = next(iter(SERVICES.items()))
_CHALLENGE = "a" * 43


def _oidc(stack: Stack) -> str:
    return f"{stack.keycloak.url}/realms/{realm_name()}/protocol/openid-connect"


def _asks(stack: Stack, method: str, path: str, **sent: Any) -> requests.Response:
    session = requests.Session()
    session.trust_env = False
    return session.request(method, f"{_oidc(stack)}/{path}", allow_redirects=False, timeout=30, **sent)


def _login(stack: Stack, **changes: str | None) -> requests.Response:
    """A service's honest request for a login, with changes; None leaves a parameter out."""
    honest = {
        "client_id": SERVICE,
        "redirect_uri": HOME,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": _CHALLENGE,
        "code_challenge_method": "S256",
    }
    query = {name: value for name, value in {**honest, **changes}.items() if value is not None}
    return _asks(stack, "GET", "auth", params=query)


def _error(answer: requests.Response) -> str:
    """What the service is told, in the query or the fragment of the address."""
    assert answer.status_code == 302, answer.status_code
    parts = urlsplit(answer.headers["Location"])
    return parse_qs(parts.query or parts.fragment)["error"][0]


@pytest.mark.parametrize("service", SERVICES)
def test_an_honest_request_of_a_service_shows_the_login_page(stack: Stack, service: str) -> None:
    """What every refusal below is measured against."""
    answer = _login(stack, client_id=service, redirect_uri=SERVICES[service])
    assert answer.status_code == 200
    assert 'data-page-id="login-login"' in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        "{home}page",
        "{home}?a=b",
        "{home}#f",
        "{home}../",
        "{home}%2e%2e/",
        "https://bollette.enercasa.example",
        "http://bollette.enercasa.example/",
        "https://bollette.enercasa.example:8443/",
        "https://bollette.enercasa.example.elsewhere.example/",
        "https://bollette.enercasa.example@elsewhere.example/",
        "https://elsewhere.example/?https://bollette.enercasa.example/",
        "https://autolettura.enercasa.example/",
        "javascript:alert(1)",
    ],
)
def test_no_login_returns_to_another_address_than_the_services_own(stack: Stack, address: str) -> None:
    answer = _login(stack, redirect_uri=address.format(home=HOME))
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_no_logout_returns_to_another_address_than_the_services_own(stack: Stack) -> None:
    for address in ("https://elsewhere.example/", f"{HOME}page", f"{HOME}?a=b"):
        query = {"client_id": SERVICE, "post_logout_redirect_uri": address}
        answer = _asks(stack, "GET", "logout", params=query)
        assert answer.status_code == 400
        assert "Location" not in answer.headers


def test_no_client_of_ours_takes_an_address_with_a_star_and_keycloaks_own_only_below_themselves(
    stack: Stack,
) -> None:
    clients = Realm(stack).call("GET", "/clients").json()
    starred = {
        (client["clientId"], address)
        for client in clients
        for address in [
            *client.get("redirectUris", []),
            *client.get("webOrigins", []),
            *client["attributes"].get("post.logout.redirect.uris", "").split("##"),
        ]
        if "*" in address
    }
    realm = realm_name()
    assert starred == {
        ("account", f"/realms/{realm}/account/*"),
        ("account-console", f"/realms/{realm}/account/*"),
        ("security-admin-console", f"/admin/{realm}/console/*"),
    }


@pytest.mark.parametrize("client", [*SERVICES, "account", "account-console", "security-admin-console"])
@pytest.mark.parametrize(
    "challenge",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge": "short"},
    ],
    ids=["none", "plain", "short"],
)
def test_no_public_client_logs_in_without_pkce(
    stack: Stack, client: str, challenge: dict[str, str | None]
) -> None:
    own = f"{stack.keycloak.url}/realms/{realm_name()}/account/"
    console = f"{stack.keycloak.url}/admin/{realm_name()}/console/"
    addresses = {**SERVICES, "account": own, "account-console": own, "security-admin-console": console}
    answer = _login(stack, client_id=client, redirect_uri=addresses[client], **challenge)
    assert _error(answer) == "invalid_request"


@pytest.mark.parametrize("kind", ["token", "id_token", "code id_token", "code token"])
def test_no_token_comes_back_in_an_address(stack: Stack, kind: str) -> None:
    assert _error(_login(stack, response_type=kind, nonce="n")) == "unauthorized_client"


@pytest.mark.parametrize(
    ("grant", "sent"),
    [
        ("password", {"username": "anna", "password": "x"}),
        ("client_credentials", {}),
        ("urn:ietf:params:oauth:grant-type:device_code", {"device_code": "x"}),
        ("urn:openid:params:grant-type:ciba", {"auth_req_id": "x"}),
        ("urn:ietf:params:oauth:grant-type:token-exchange", {"subject_token": "x"}),
        ("urn:ietf:params:oauth:grant-type:jwt-bearer", {"assertion": "x"}),
        ("urn:ietf:params:oauth:grant-type:uma-ticket", {"audience": "account"}),
    ],
    ids=lambda value: value.rsplit(":", 1)[-1] if isinstance(value, str) else "",
)
def test_every_public_client_has_one_way_to_a_token(stack: Stack, grant: str, sent: dict[str, str]) -> None:
    """Keycloak's own too, admin-cli among them, which offers direct grants where nothing forbids it."""
    found = Realm(stack).call("GET", "/clients").json()
    clients = [client["clientId"] for client in found if client["publicClient"]]
    assert {*SERVICES, "admin-cli"} <= set(clients)
    for client in clients:
        answer = _asks(stack, "POST", "token", data={"grant_type": grant, "client_id": client, **sent})
        assert answer.status_code in {400, 401}, (client, answer.text)
        assert set(answer.json()) == {"error", "error_description"}
        assert _asks(stack, "POST", "auth/device", data={"client_id": client}).status_code in {400, 401}


def test_a_client_that_breaks_the_rules_is_not_even_stored_so(stack: Stack) -> None:
    """The rules are the realm's (client-policies.yaml): no administrator has to remember them."""
    pkce = {"pkce.code.challenge.method": "S256"}
    safe = {"clientId": "careless", "publicClient": True, "attributes": pkce}
    realm = Realm(stack)
    realm.call("POST", "/clients", json={**safe, "implicitFlowEnabled": True})
    [stored] = realm.call("GET", "/clients", params={"clientId": "careless"}).json()
    realm.call("DELETE", f"/clients/{stored['id']}")
    assert stored["implicitFlowEnabled"] is False
    for careless in (
        {**safe, "attributes": {}},
        {**safe, "directAccessGrantsEnabled": True},
        {"clientId": "careless", "publicClient": False, "directAccessGrantsEnabled": True},
    ):
        with pytest.raises(AssertionError, match="Invalid client metadata"):
            realm.call("POST", "/clients", json=careless)


@pytest.mark.parametrize(
    ("kind", "client"),
    [
        ("default", {"clientId": "own", "implicitFlowEnabled": False}),
        ("openid-connect", {"redirect_uris": ["https://elsewhere.example/"]}),
    ],
)
def test_no_stranger_registers_a_client(stack: Stack, kind: str, client: dict[str, Any]) -> None:
    session = requests.Session()
    session.trust_env = False
    url = f"{stack.keycloak.url}/realms/{realm_name()}/clients-registrations/{kind}"
    answer = session.post(url, json=client, timeout=30)
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")


@pytest.fixture
def anna(stack: Stack, new_customer: NewCustomer) -> Registrant:
    """A registered customer."""
    registrant = Registrant(stack, new_customer())
    registrant.register()
    return registrant


def _logged_in(anna: Registrant, browser: Browser) -> Page:
    page = browser.login_page(realm_name(), SERVICE, HOME)
    if page.returned:
        return page
    return browser.submit(page.form, {"username": anna.username, "password": PASSWORD})


def test_a_code_without_its_verifier_is_worth_nothing(stack: Stack, anna: Registrant) -> None:
    for stolen in ({}, {"code_verifier": "v" * 43}):
        page = _logged_in(anna, Browser(stack.keycloak.url, own_address()))
        [code] = parse_qs(urlsplit(page.url).query)["code"]
        grant = {"grant_type": "authorization_code", "client_id": SERVICE, "redirect_uri": HOME, "code": code}
        answer = _asks(stack, "POST", "token", data={**grant, **stolen})
        assert answer.status_code == 400, answer.text


def test_a_code_counts_once(stack: Stack, anna: Registrant) -> None:
    browser = Browser(stack.keycloak.url, own_address())
    page = _logged_in(anna, browser)
    browser.tokens(page, realm_name(), SERVICE, HOME)
    with pytest.raises(requests.HTTPError, match="400"):
        browser.tokens(page, realm_name(), SERVICE, HOME)


def _tokens(anna: Registrant, browser: Browser) -> dict[str, Any]:
    return browser.tokens(_logged_in(anna, browser), realm_name(), SERVICE, HOME)


def _refresh(stack: Stack, token: str) -> requests.Response:
    sent = {"grant_type": "refresh_token", "client_id": SERVICE, "refresh_token": token}
    return _asks(stack, "POST", "token", data=sent)


def test_a_refresh_token_counts_once_and_two_tabs_do_not_disturb_each_other(
    stack: Stack, anna: Registrant
) -> None:
    browser = Browser(stack.keycloak.url, own_address())
    first, second = (_tokens(anna, browser) for _ in range(2))
    renewed = _refresh(stack, first["refresh_token"])
    assert renewed.status_code == 200, renewed.text
    assert _refresh(stack, second["refresh_token"]).status_code == 200
    again = _refresh(stack, renewed.json()["refresh_token"])
    assert again.status_code == 200
    # Keycloak counts whole seconds (TokenManager.validateTokenReuse): within one a repetition is let through.
    time.sleep(1.1)
    assert _refresh(stack, again.json()["refresh_token"]).status_code == 200
    replayed = _refresh(stack, first["refresh_token"])
    assert (replayed.status_code, replayed.json()["error"]) == (400, "invalid_grant")


def test_a_services_token_gives_no_rights_at_the_account(stack: Stack, anna: Registrant) -> None:
    token = _tokens(anna, Browser(stack.keycloak.url, own_address()))["access_token"]
    session = requests.Session()
    session.trust_env = False
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    base = f"{stack.keycloak.url}/realms/{realm_name()}"
    assert session.get(f"{base}/account/", headers=headers, timeout=30).status_code in {401, 403}
    told = session.get(f"{base}/protocol/openid-connect/userinfo", headers=headers, timeout=30)
    assert told.json()["preferred_username"] == anna.username


def test_a_service_cannot_ask_for_tokens_that_outlive_the_login(stack: Stack) -> None:
    assert _error(_login(stack, scope="openid offline_access")) == "invalid_scope"
