"""A canary registers, errs, recovers, meets crashes and leaves: nothing recognisable stays anywhere."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote_plus

import pytest
import requests
import sqlalchemy
from customer_code_validator.store.engine import open_engine

from stack.browserless import Browser
from stack.customers import Customer
from stack.local import Stack
from stack.settings import HOST, realm_name
from tests.faults.on_both_stores import gate, new_customer, on_postgresql, stack
from tests.faults.on_postgresql import GRACE_SECONDS
from tests.support import breakable
from tests.support.breakable import Gate
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm, eventually, holder, state
from tests.support.registration import UNAVAILABLE, Registrant, own_address

__all__ = ["gate", "new_customer", "on_postgresql", "stack"]

#: Of the events, what Keycloak itself writes there: the help desk finds a customer's events by them.
NAMED_IN_EVENTS = {"username", "email", "previous_email", "updated_email"}

LOCK = sqlalchemy.text("LOCK TABLE customer_codes")

#: The link of a mail: the signed token in it is Keycloak's own and holds the address that the mail went to.
LINK = re.compile(r"(login-actions/action-token\?key=)([\w.-]+)")


class Canary(Registrant):
    """A customer whose data nobody has by accident; `urls` is every address that the browser was sent to."""

    password = "Kanarienvogel-Zwitschert-93"

    @property
    def email(self) -> str:
        """Typed at the registration."""
        return f"zwitscher-{self.username[-8:]}@kanarienvogel.example"

    @property
    def secrets(self) -> dict[str, str]:
        """What must not be found."""
        return {
            "code": self.customer.code,
            "codice fiscale": self.customer.codice_fiscale,
            "first name": self.customer.first_name,
            "last name": self.customer.last_name,
            "password": self.password,
            "email": self.email,
            "username": self.username,
            "mobile": "3339871234",
        }


@pytest.fixture
def canary(stack: Stack, new_customer: NewCustomer) -> Canary:
    """Registered at the co-op under a name of its own."""
    model = new_customer()
    renamed = Customer(model.code, model.codice_fiscale, "Zwitscherine", "Piepmatz")
    stack.import_customers([renamed])
    return Canary(stack, renamed, username=f"kanari{secrets.token_hex(4)}")


@pytest.fixture
def urls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that any browser asks for or is sent to, while the test runs."""
    seen: list[str] = []
    plain = requests.Session.request

    def request(self: requests.Session, method: str, url: str, **sent: Any) -> requests.Response:
        answer = plain(self, method, url, **sent)
        seen.extend([answer.url, answer.headers.get("Location", "")])
        return answer

    monkeypatch.setattr(requests.Session, "request", request)
    return seen


def _errs(canary: Canary, other: Customer) -> None:
    canary.send_code(f"{canary.customer.code}9")
    canary.open_form()
    typed = {"email": canary.email, "emailConfirm": canary.email, "mobile": "+39 3339871234"}
    page = canary.send_form(**typed, codiceFiscale=other.codice_fiscale, privacy_processing=None)
    page = canary.browser.submit(page.form, canary.values(**{**typed, "emailConfirm": f"x{canary.email}"}))
    canary.form = page.form


def _meets_crashes(stack: Stack, gate: Gate, canary: Canary) -> None:
    """The service breaks down inside, gives nonsense, and is killed while the form is sent."""
    typed = {"email": canary.email, "emailConfirm": canary.email, "mobile": "+39 3339871234"}
    passwords = {"password": canary.password, "password_confirm": canary.password}
    with gate.broken(breakable.answers_late, "claim", "release"):
        page = canary.send_form(**typed, **passwords)
    assert page.says(UNAVAILABLE), page.described()
    time.sleep(GRACE_SECONDS)
    stack.validator.command("reconcile")
    canary.form = None
    with _locked(stack):
        assert canary.send_code().says(UNAVAILABLE)
    canary.open_form()
    stack.validator.kill()
    page = canary.send_form(**typed, **passwords)
    assert page.says(UNAVAILABLE), page.described()
    stack.validator.start()
    canary.form = page.form
    canary.register(**typed, **passwords)


@contextmanager
def _locked(stack: Stack) -> Iterator[None]:
    """The database fails each request, with the canary's data among its parameters."""
    engine = open_engine(stack.validator.database_url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # SQLite's is locked by any transaction of this engine
            connection.execute(LOCK)
        yield
    engine.dispose()


def _confirms(stack: Stack, canary: Canary) -> None:
    mail = stack.mailbox.wait_for(canary.email)
    link = re.search(r"https?://[^\s\"<>]+action-token[^\s\"<>]+", mail.text)
    assert link, mail.text
    page = canary.browser.open(html.unescape(link[0]))
    if not page.says("confermat"):
        canary.browser.follow(page, "action-token")


def _logs_in(canary: Canary) -> None:
    """Wrongly, rightly, and with the email in place of the username."""
    for name, password in (
        (canary.username, f"{canary.password}x"),
        (canary.email, f"{canary.password}y"),
        (canary.username, canary.password),
    ):
        canary.browser = Browser(canary.stack.keycloak.url, own_address())
        page = canary.browser.submit(canary.login_page().form, {"username": name, "password": password})
    assert page.returned, page.described()


def _recovers(stack: Stack, canary: Canary) -> None:
    code = {"customerCode": canary.customer.code, "codiceFiscale": canary.customer.codice_fiscale}
    for what, asked in (
        ("USERNAME", {"way": "USERNAME_BY_EMAIL", "email": canary.email}),
        ("USERNAME", {"way": "USERNAME_BY_CODE", **code}),
        ("PASSWORD", {"way": "PASSWORD_BY_USERNAME", "username": canary.username}),
    ):
        browser = Browser(stack.keycloak.url, own_address())
        page = browser.open(f"/realms/{realm_name()}/login-actions/reset-credentials", client_id="account")
        page = browser.submit(page.form, {"page": what})
        page = browser.submit(page.form, asked)
        assert page.name == "forgotten-sent", page.described()
    stack.mailbox.wait_for(canary.email, count=4)


def _found(canary: Canary, text: str) -> set[str]:
    """The names of the canary's data that a text holds, plain, URL-encoded, or in a token's Base64."""
    seen = [text, unquote_plus(text), *_decoded(text)]
    return {
        name for name, value in canary.secrets.items() if any(value.lower() in one.lower() for one in seen)
    }


def _decoded(text: str) -> Iterator[str]:
    for part in re.findall(r"[A-Za-z0-9_-]{40,}", text):
        try:
            yield base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode(errors="replace")
        except (binascii.Error, ValueError):
            continue


def _logs(stack: Stack) -> dict[str, str]:
    """Of every part; that of PostgreSQL, where there is one, lies beside the others' folder."""
    paths = [*stack.folder.glob("*.log"), *(stack.folder / "log").glob("*.log"), stack.keycloak.access_log]
    return {path.name: path.read_text(errors="replace") for path in paths}


def _metrics(stack: Stack) -> dict[str, str]:
    addresses = [stack.validator.metrics_url, f"http://{HOST}:{stack.ports.management}/metrics"]
    return {address: requests.get(address, timeout=10).text for address in addresses}


def _events(stack: Stack, canary: Canary) -> list[dict[str, Any]]:
    realm = Realm(stack)
    found = [
        *realm.call("GET", "/events", params={"max": "500"}).json(),
        *realm.call("GET", "/admin-events", params={"max": "500"}).json(),
    ]
    return [event for event in found if _found(canary, json.dumps(event))]


def test_nothing_recognisable_is_found_in_logs_metrics_addresses_and_events(
    stack: Stack, gate: Gate, canary: Canary, new_customer: NewCustomer, urls: list[str]
) -> None:
    other = new_customer()
    _errs(canary, other)
    _meets_crashes(stack, gate, canary)
    _confirms(stack, canary)
    _logs_in(canary)
    _recovers(stack, canary)
    eventually(lambda: state(stack, canary.customer.code), "confirmed")
    Realm(stack).delete(str(holder(stack, canary.customer.code)))
    eventually(lambda: state(stack, canary.customer.code), "free")

    where = _logs(stack) | _metrics(stack) | {"addresses": "\n".join(urls)}
    tokens = " ".join(token for _, token in LINK.findall(where["addresses"]))
    assert _found(canary, tokens) == {"email"}
    kept = {name: _found(canary, LINK.sub(r"\1", text)) for name, text in where.items()}
    assert {name: found for name, found in kept.items() if found} == {}
    for event in _events(stack, canary):
        others = {key: text for key, text in event.get("details", {}).items() if key not in NAMED_IN_EVENTS}
        assert _found(canary, json.dumps({**event, "details": others})) == set(), event
        assert _found(canary, json.dumps(event)) <= {"username", "email"}, event


def test_deletion_leaves_the_audit_without_the_person(stack: Stack, canary: Canary) -> None:
    """What happened to the code and when stays; whose account it was does not."""
    canary.register()
    eventually(lambda: state(stack, canary.customer.code), "confirmed")
    user_id = str(holder(stack, canary.customer.code))
    assert user_id in stack.validator.command("history", canary.customer.code)
    Realm(stack).delete(user_id)
    eventually(lambda: state(stack, canary.customer.code), "free")
    history = stack.validator.command("history", canary.customer.code)
    assert "confirmed -> free  user_deleted" in history
    assert "claimed -> confirmed  confirmed" in history
    assert user_id not in history
    assert "from" not in history
