"""Logins as fast as they go, beside customers who try to register at a fixed pace."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.registrations.client import Answer, Client
from stack.local import Stack
from stack.settings import realm_name
from tests.support.registration import CLIENT, PASSWORD, Registrant

#: With answers that take 3 s, this pace takes every thread of a small Keycloak (50).
TRIES_PER_SECOND = 20
_BROWSERS = 60


@dataclass
class Load:
    """Customers who have accounts, in groups of which one logs in at a time, and browsers with the code page
    open.

    Each of a group in turn: of simultaneous logins to one account Keycloak refuses all but one, and a login
    goes on for a moment after its answer (DefaultBlockingBruteForceProtector.java).
    """

    stack: Stack
    groups: list[list[str]]
    _forms: list[tuple[Client, str]]

    @classmethod
    def of(cls, stack: Stack, groups: list[list[Registrant]]) -> Load:
        """Registers the customers, who log in from then on."""
        for customer in itertools.chain(*groups):
            customer.register()
        load = cls(stack, [[customer.username for customer in group] for group in groups], [])
        load._forms += [load._code_page() for _ in range(_BROWSERS)]
        return load

    def logins(self, seconds: float) -> float:
        """Logins a second, over so many seconds, while others try to register."""
        stop = threading.Event()
        with ThreadPoolExecutor(_BROWSERS + len(self.groups) + 1) as threads:
            trying = threads.submit(self._try_to_register, stop, threads)
            time.sleep(2.5)  # until the first tries would have their answers
            began = time.monotonic()
            done = [threads.submit(self._log_in_until, group, began + seconds) for group in self.groups]
            total = sum(one.result() for one in done)
            took = time.monotonic() - began
            stop.set()
            trying.result()
        return total / took

    def _log_in_until(self, group: list[str], end: float) -> int:
        done, accounts = 0, itertools.cycle(group)
        while time.monotonic() < end:
            client = Client(self.stack.keycloak.url)
            page = client.get(self._login())
            action, hidden = page.form()
            answer = client.post(action, {**hidden, "username": next(accounts), "password": PASSWORD})
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
