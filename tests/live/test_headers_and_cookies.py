"""What browsers are told with every page, headers and cookies, and the guards that the running realm has."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import SimpleCookie

import pytest
import requests

from stack.local import Stack
from stack.settings import realm_name
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm, eventually
from tests.support.registration import CLIENT, PASSWORD, Registrant

_YEAR = 31_536_000
_LOGIN = (
    f"protocol/openid-connect/auth?client_id={CLIENT}&response_type=code&scope=openid&redirect_uri={{account}}"
    f"&code_challenge={'a' * 43}&code_challenge_method=S256"
)
_PAGES = [
    _LOGIN,
    "account/",
    "customer/portals",
    "privacy-notice",
    "login-actions/authenticate",  # an error page
    "protocol/openid-connect/logout",
]


def _realm_url(stack: Stack) -> str:
    return f"{stack.keycloak.url}/realms/{realm_name()}"


def _get(url: str, **headers: str) -> requests.Response:
    session = requests.Session()
    session.trust_env = False
    return session.get(url, headers=headers, allow_redirects=False, timeout=30)


def _policy(headers: Mapping[str, str]) -> dict[str, str]:
    """Each directive of the Content-Security-Policy with its value."""
    parts = (part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts if name}


@pytest.mark.parametrize("page", _PAGES, ids=["login", "account", "portals", "notice", "error", "logout"])
def test_every_page_forbids_frames_sniffing_referrers_and_plain_http(stack: Stack, page: str) -> None:
    base = _realm_url(stack)
    headers = _get(f"{base}/{page.format(account=f'{base}/account/')}").headers
    assert _policy(headers) == {
        "frame-src": "'self'",
        "frame-ancestors": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
    }
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    age, *rest = headers["Strict-Transport-Security"].replace(" ", "").split(";")
    assert int(age.removeprefix("max-age=")) >= _YEAR
    assert rest == ["includeSubDomains"]
    assert "charset=utf-8" in headers["Content-Type"].lower()
    assert "Server" not in headers
    assert "X-Powered-By" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".well-known/openid-configuration",
        *(f"protocol/openid-connect/{name}" for name in ("certs", "userinfo")),
    ],
)
def test_answers_for_programs_forbid_sniffing_and_plain_http_too(stack: Stack, path: str) -> None:
    headers = _get(f"{_realm_url(stack)}/{path}").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age=" in headers["Strict-Transport-Security"]


@pytest.mark.parametrize("path", ["/healthz", "/openapi.yaml", "/v1/reservations", "/nothing"])
def test_the_validator_forbids_sniffing_and_caching(stack: Stack, path: str) -> None:
    headers = _get(f"{stack.validator.url}{path}").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_pages_with_what_a_customer_typed_are_kept_by_no_browser(stack: Stack) -> None:
    base = _realm_url(stack)
    login = _get(f"{base}/{_LOGIN.format(account=f'{base}/account/')}")
    assert "no-store" in login.headers["Cache-Control"]


def test_another_sites_scripts_read_nothing(stack: Stack) -> None:
    """A token endpoint answers the origins of its clients alone, and never any origin with credentials."""
    session = requests.Session()
    session.trust_env = False
    for origin, allowed in (("https://elsewhere.example", None), ("https://bollette.enercasa.example",) * 2):
        grant = {"client_id": "bollette", "grant_type": "authorization_code", "code": "x"}
        url = f"{_realm_url(stack)}/protocol/openid-connect/token"
        answer = session.post(url, data=grant, headers={"Origin": origin}, timeout=30)
        assert answer.headers.get("Access-Control-Allow-Origin") == allowed


@pytest.fixture
def anna(stack: Stack, new_customer: NewCustomer) -> Registrant:
    """A registered customer."""
    registrant = Registrant(stack, new_customer())
    registrant.register()
    return registrant


@pytest.fixture(scope="module")
def cookies(stack: Stack, new_customer: NewCustomer) -> SimpleCookie:
    """Every cookie that Keycloak sets from the login page to the customer's arrival, as it was set."""
    anna = Registrant(stack, new_customer())
    anna.register()
    page = anna.log_in()
    assert page.returned, page.described()
    found = SimpleCookie()
    for line in anna.browser.set_cookies:
        found.update({name: set_ for name, set_ in SimpleCookie(line).items() if set_.value})
    return found


def test_every_cookie_is_for_https_and_the_realm_alone(cookies: SimpleCookie) -> None:
    assert {"AUTH_SESSION_ID", "KEYCLOAK_IDENTITY", "KEYCLOAK_SESSION"} <= set(cookies)
    for cookie in cookies.values():
        assert cookie["secure"], cookie.key
        assert cookie["path"] == f"/realms/{realm_name()}/", cookie.key
        assert not cookie["domain"], cookie.key
        assert cookie["samesite"] in {"None", "Lax", "Strict"}, cookie.key


def test_no_script_reads_a_cookie_that_logs_in(cookies: SimpleCookie) -> None:
    """Scripts see two, which hold hashes: by them portals and other tabs notice that the login has ended."""
    readable = {name for name, cookie in cookies.items() if not cookie["httponly"]}
    assert readable <= {"KC_AUTH_SESSION_HASH", "KEYCLOAK_SESSION"}
    identity = cookies["KEYCLOAK_IDENTITY"].value
    assert all(identity not in cookies[name].value for name in readable)


def test_a_login_gives_a_session_that_nobody_knew_before(cookies: SimpleCookie, anna: Registrant) -> None:
    before = {*anna.login_page().text.split(), *anna.browser.set_cookies}
    anna.log_in()
    identities = [line for line in anna.browser.set_cookies if line.startswith("KEYCLOAK_IDENTITY=")]
    assert len(identities) == 1
    assert not before & set(identities)
    assert cookies["KEYCLOAK_IDENTITY"].value not in identities[0]


def test_passwords_are_guessed_ten_times_and_then_the_account_waits(stack: Stack, anna: Registrant) -> None:
    realm = Realm(stack)
    user = realm.user(anna.username)
    assert user is not None
    login = anna.guess_passwords(10)
    eventually(lambda: realm.guesses(user["id"])["disabled"], True)
    page = anna.browser.submit(login.form, {"username": anna.username, "password": PASSWORD})
    assert not page.returned
    assert page.messages == login.messages, "the right password must not show while the account waits"


def test_the_server_keeps_sessions_guesses_and_events_as_declared(stack: Stack) -> None:
    wanted = {
        "bruteForceProtected": True,
        "permanentLockout": False,
        "failureFactor": 10,
        "ssoSessionIdleTimeout": 1800,
        "ssoSessionMaxLifespan": 36_000,
        "accessTokenLifespan": 300,
        "accessCodeLifespan": 60,
        "revokeRefreshToken": True,
        "refreshTokenMaxReuse": 0,
        "offlineSessionMaxLifespanEnabled": True,
        "rememberMe": False,
        "sslRequired": "external",
        "eventsEnabled": True,
        "adminEventsEnabled": True,
    }
    found = Realm(stack).call("GET", "").json()
    assert {name: found[name] for name in wanted} == wanted


def test_logins_failed_logins_and_administrators_changes_are_events(stack: Stack, anna: Registrant) -> None:
    realm = Realm(stack)
    user = realm.user(anna.username)
    assert user is not None
    page = anna.login_page()
    anna.browser.submit(page.form, {"username": anna.username, "password": "wrong"})
    # Keycloak counts it after its answer, and lets nobody into the account until it has.
    eventually(lambda: realm.guesses(user["id"])["numFailures"], 1)
    anna.log_in()
    realm.call("PUT", f"/users/{user['id']}", json={**user, "lastName": "Bianchi"})
    events = realm.call("GET", "/events", params={"user": user["id"]}).json()
    assert {"REGISTER", "LOGIN", "LOGIN_ERROR"} <= {event["type"] for event in events}
    assert all(event["ipAddress"] and event["time"] for event in events)
    changes = realm.call("GET", "/admin-events", params={"resourcePath": f"users/{user['id']}"}).json()
    assert [change["operationType"] for change in changes] == ["UPDATE"]
    assert "representation" not in changes[0], "an administrator's change is told without the customer's data"
