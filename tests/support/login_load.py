"""Logins as fast as they go, beside customers who try to register at a fixed pace."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.registrations.client import Answer, Client
from stack.local import Stack
from stack.settings import realm_name
from tests.support.realm import Realm
from tests.support.registration import CLIENT, PASSWORD

#: With answers that take 2 s or more, this pace takes every thread of a small Keycloak (50).
TRIES_PER_SECOND = 30
_BROWSERS = 90
_LOGINS_AT_ONCE = 4


@dataclass
class Load:
    """A customer with an account, and browsers with the code page open."""

    stack: Stack
    username: str
    _forms: list[tuple[Client, str]] = field(default_factory=list)

    @classmethod
    @contextmanager
    def ready(cls, stack: Stack) -> Iterator[Load]:
        """Until the block ends, with the customer's account."""
        realm, username = Realm(stack), "logs-in-all-day"
        password = {"type": "password", "value": PASSWORD, "temporary": False}
        user = {"username": username, "enabled": True, "firstName": "Anna", "lastName": "Neri"}
        realm.call("POST", "/users", json={**user, "credentials": [password]})
        load = cls(stack, username)
        load._forms = [load._code_page() for _ in range(_BROWSERS)]
        try:
            yield load
        finally:
            [made] = realm.users(username=username)
            realm.delete(made["id"])

    def logins(self, seconds: float) -> float:
        """Logins a second, over so many seconds, while others try to register."""
        stop = threading.Event()
        with ThreadPoolExecutor(_BROWSERS + _LOGINS_AT_ONCE + 1) as threads:
            trying = threads.submit(self._try_to_register, stop, threads)
            time.sleep(2.5)  # until the first tries would have their answers
            began = time.monotonic()
            done = [threads.submit(self._log_in_until, began + seconds) for _ in range(_LOGINS_AT_ONCE)]
            total = sum(one.result() for one in done)
            took = time.monotonic() - began
            stop.set()
            trying.result()
        return total / took

    def _log_in_until(self, end: float) -> int:
        done = 0
        while time.monotonic() < end:
            client = Client(self.stack.keycloak.url)
            page = client.get(self._login())
            action, hidden = page.form()
            answer = client.post(action, {**hidden, "username": self.username, "password": PASSWORD})
            client.close()
            assert answer.returned, answer.status
            done += 1
        return done

    def _try_to_register(self, stop: threading.Event, threads: ThreadPoolExecutor) -> None:
        free, lock = list(self._forms), threading.Lock()

        def send(client: Client, action: str) -> None:
            # An empty code is asked about as any other and counted for nobody.
            action, _ = client.post(action, {"customerCode": ""}).form()
            with lock:
                free.append((client, action))

        sent = []
        while not stop.wait(1 / TRIES_PER_SECOND):
            with lock:
                taken = free.pop(0) if free else None
            if taken:
                sent.append(threads.submit(send, *taken))
        for one in sent:
            one.result()
        self._forms = free

    def _code_page(self) -> tuple[Client, str]:
        client = Client(self.stack.keycloak.url)
        page: Answer = client.get(client.get(self._login()).link("login-actions/registration"))
        return client, page.form()[0]

    def _login(self) -> str:
        url = f"{self.stack.keycloak.url}/realms/{realm_name()}"
        asked = f"client_id={CLIENT}&redirect_uri={url}/account/&response_type=code&scope=openid"
        challenge = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
        return f"{url}/protocol/openid-connect/auth?{asked}&{challenge}"
