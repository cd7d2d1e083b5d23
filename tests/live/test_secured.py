"""Keycloak and the validator over mutual TLS, with secrets in files, as in production.

One system of this file's own: options of Keycloak's start cannot be changed in a running one.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from stack.local import Stack
from stack.ports import Ports
from stack.progress import Printer
from stack.settings import HOST, realm_name
from stack.validator import Validator
from tests.support.newcomers import NewCustomer, newcomers
from tests.support.realm import Realm, eventually, state
from tests.support.registration import UNAVAILABLE, Registrant
from tests.support.reloading import reload
from tests.support.secured import KEYSTORE_PASSWORD, Certificates

NEW = "the-secret-of-today-has-40-characters..."
AT_ONCE = 2
#: As in the handbook: a call that began with the former secret ends, and the confirmation that follows it.
UNDER_WAY_SECONDS = 5.0
_STORE = "KC_SPI_AUTHENTICATOR__CUSTOMER_CODE_PAGE__CLIENT_KEYSTORE"


@dataclass
class Secured:
    """The system, and the files that its secrets stand in."""

    stack: Stack
    certificates: Certificates
    current: Path
    previous: Path
    vault: Path


def _system(folder: Path) -> Secured:
    certificates, ports = Certificates(folder / "certificates"), Ports.free()
    current, previous = folder / "validator-secret", folder / "previous-secret"
    stack = Stack(folder, ports, validator_url=f"https://{HOST}:{ports.validator}", say=Printer())
    current.write_text(stack.credentials.validator_secret, encoding="utf-8")
    previous.write_text("", encoding="utf-8")
    environment = {
        **stack.validator_environment(),
        **certificates.validator_environment(),
        "CUSTOMER_CODES_SECRET": "",
        "CUSTOMER_CODES_SECRET_FILE": str(current),
        "CUSTOMER_CODES_SECRET_PREVIOUS_FILE": str(previous),
    }
    stack.validator = Validator(folder / "validator", stack.validator.log, ports.validator, environment)
    stack.keycloak.options_environment = {
        "KC_TRUSTSTORE_PATHS": certificates.authority,
        _STORE: str(certificates.keystore),
        f"{_STORE}_PASSWORD": KEYSTORE_PASSWORD,
    }
    return Secured(
        stack, certificates, current, previous, folder / "vault" / f"{realm_name()}_customer-codes-secret"
    )


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """Started; Keycloak takes the secret from its vault, as realm-config/ has it for production."""
    made = _system(tmp_path_factory.mktemp("secured"))
    with made.stack:
        flow = "/authentication/flows/registration%20with%20customer%20code/executions"
        realm = Realm(made.stack)
        [page] = [
            one for one in realm.call("GET", flow).json() if one.get("providerId") == "customer-code-page"
        ]
        path = f"/authentication/config/{page['authenticationConfig']}"
        config = realm.call("GET", path).json()
        config["config"]["validatorSecret"] = "${vault.customer-codes-secret}"
        realm.call("PUT", path, json=config)
        yield made


@pytest.fixture(scope="module")
def new_customer(secured: Secured) -> NewCustomer:
    """Gives a customer who has not registered in this very system, another one at each call."""
    return newcomers(secured.stack)


def test_a_registration_goes_through_mutual_tls_and_nobody_without_a_certificate_is_heard(
    secured: Secured, new_customer: NewCustomer
) -> None:
    anna = Registrant(secured.stack, new_customer())
    anna.register()
    eventually(lambda: state(secured.stack, anna.customer.code), "confirmed")
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(
            f"{secured.stack.validator.url}/healthz", verify=secured.certificates.authority, timeout=5
        )


@dataclass
class _Traffic:
    """Customers who register, one after the other, until told to stop."""

    stack: Stack
    new_customer: NewCustomer
    failed: list[str] = field(default_factory=list)
    done: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """One customer after the other."""
        while not self.stopping.is_set():
            registrant = Registrant(self.stack, self.new_customer())
            try:
                registrant.register()
                self.done += 1
            except AssertionError as page:
                self.failed.append(str(page))

    def some_more(self) -> None:
        """Wait until some have registered since."""
        goal = self.done + 2 * AT_ONCE
        eventually(lambda: self.done >= goal or bool(self.failed), True, 60)


def test_the_secret_is_rotated_while_customers_register_and_none_of_them_notices(
    secured: Secured, new_customer: NewCustomer
) -> None:
    """In the order of docs/operations/customer-codes.md; at its end the former secret is worth nothing."""
    old = secured.current.read_text(encoding="utf-8")
    waiting = iter([new_customer() for _ in range(300)])
    traffic = _Traffic(secured.stack, waiting.__next__)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        running = [threads.submit(traffic.run) for _ in range(AT_ONCE)]
        try:
            traffic.some_more()
            secured.previous.write_text(old, encoding="utf-8")
            secured.current.write_text(NEW, encoding="utf-8")
            reload(secured.stack.validator)
            traffic.some_more()
            secured.vault.write_text(NEW, encoding="utf-8")
            traffic.some_more()
            time.sleep(UNDER_WAY_SECONDS)
            secured.previous.write_text("", encoding="utf-8")
            reload(secured.stack.validator)
            traffic.some_more()
        finally:
            traffic.stopping.set()
    for done in running:
        done.result()
    assert traffic.failed == []
    log = secured.stack.validator.log.read_text("utf-8")
    refused = [line for line in log.splitlines() if line[:1] == "{" and json.loads(line).get("status") == 401]
    assert refused == []
    secured.vault.write_text(old, encoding="utf-8")
    page = Registrant(secured.stack, next(waiting)).send_code()
    assert page.says(UNAVAILABLE), page.described()
    secured.vault.write_text(NEW, encoding="utf-8")
