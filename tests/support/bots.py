"""Guessers of customer codes: many sessions from many addresses, as Keycloak would pass them on."""

from __future__ import annotations

import itertools
import random
import threading
from collections import Counter
from typing import Any

import requests

from stack.validator import Validator

THREADS = 8
#: More than a session, and an address, may: so every one of them meets its bound.
TRIES_A_SESSION = 8
TRIES_AN_ADDRESS = 40
WRONG_CODICE_FISCALE = "BNCGLI88L62F205X"


class Bots:
    """`tries` or more at replicas in turn, until told to stop; every tenth guesses the victim's identity.

    `answered` counts the tries that taught a bot something, by whom the service may tell apart: a session, an
    address, the victim's code. `refused` counts those that a throttle refused, `others` whatever else came.
    """

    def __init__(self, replicas: list[Validator], tries: int, victim: str) -> None:
        self.answered = Counter[tuple[str, str]]()
        self.refused = 0
        self.others = Counter[str]()
        self._secret = replicas[0].secret
        self._tries = tries
        self._victim = victim
        self._numbers = itertools.count()
        self._turns = itertools.cycle(replicas)
        self._tried = threading.Event()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._guess, daemon=True) for _ in range(THREADS)]

    def start(self) -> None:
        """All at once."""
        for thread in self._threads:
            thread.start()

    @property
    def tried(self) -> bool:
        """Whether they have made their tries; they go on all the same."""
        return self._tried.is_set()

    def stop(self) -> None:
        """Once their tries are made."""
        self._tried.wait()
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def most(self, kind: str) -> int:
        """The answers that the luckiest session, address or code gave."""
        return max(count for (counted, _), count in self.answered.items() if counted == kind)

    def _guess(self) -> None:
        with requests.Session() as http:
            http.headers["Authorization"] = f"Bearer {self._secret}"
            while not self._stopping.is_set():
                number = next(self._numbers)
                if number >= self._tries:
                    self._tried.set()
                if number % 10 == 0:
                    self._guess_identity(http, number)
                else:
                    self._guess_code(http, number)

    def _guess_code(self, http: requests.Session, number: int) -> None:
        session, network = f"bot-{number // TRIES_A_SESSION}", _network(number // TRIES_AN_ADDRESS)
        code = f"{random.randrange(10**9, 2 * 10**9)}"  # noqa: S311 - a guess
        body = {"code": code, "owner": session, "address": _address_in(network)}
        reason = self._post(http, "/reservations", body).get("reason", "a code that exists")
        self._note(reason, "code_refused", ("session", session), ("address", network))

    def _guess_identity(self, http: requests.Session, number: int) -> None:
        """Each from a session and an address of its own, so that only the code's own bound is in the way."""
        address = _address_in(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
        asked = {"code": self._victim, "owner": f"thief-{number}", "address": address}
        held = self._post(http, "/reservations", asked)
        if "reservation" not in held:
            self._note(str(held.get("reason")), "code_refused", ("thief", ""))
            return
        typed = {"codiceFiscale": WRONG_CODICE_FISCALE, "firstName": "A", "lastName": "B"}
        answer = self._post(http, f"/reservations/{held['reservation']}/check", typed)
        self._note(str(answer.get("reason")), "invalid", ("code", self._victim))

    def _post(self, http: requests.Session, path: str, body: dict[str, str]) -> dict[str, Any]:
        url = f"{next(self._turns).url}/v1{path}"
        answer: dict[str, Any] = http.post(url, json=body, timeout=30).json()
        return answer

    def _note(self, reason: str, telling: str, *whose: tuple[str, str]) -> None:
        with self._lock:
            if reason == telling:
                self.answered.update(whose)
            elif reason == "too_many_tries":
                self.refused += 1
            else:
                self.others[reason] += 1


def _network(number: int) -> str:
    """Every third is a /64 of IPv6."""
    if number % 3 == 0:
        return f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}"
    return f"198.{18 + (number >> 16 & 1)}.{number >> 8 & 255}.{number & 255}"


def _address_in(network: str) -> str:
    host = random.getrandbits(16)
    return f"{network}::{host:x}" if ":" in network else network
