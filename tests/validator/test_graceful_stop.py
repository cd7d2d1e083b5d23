"""A stop under load cuts no request: who was let in is answered, who comes later is turned away."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from stack.validator import Validator
from tests.support.replicas import bearer, replicas
from tests.validator.conftest import NewDatabase
from tests.validator.world import UNKNOWN

pytestmark = pytest.mark.server

CALLERS = 6
BEFORE_THE_STOP = 100
IDLE_SECONDS = 1.5
"""A kept connection that is silent for longer (a busy machine) is closed at a stop: no request is cut."""


class Load:
    """Callers that ask again and again, each call over a connection of its own or over one that is kept."""

    def __init__(self, service: Validator, keep: bool) -> None:
        self._where = urlsplit(service.url).netloc
        self._keep = keep
        self.fates = Counter[str]()
        self._numbers = itertools.count()
        self._threads = [threading.Thread(target=self._call_until_turned_away) for _ in range(CALLERS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(60)

    def _call_until_turned_away(self) -> None:
        connection = http.client.HTTPConnection(self._where, timeout=20)
        while True:
            answered_at = time.monotonic()
            fate = self._fate(connection, answered_at)
            self.fates[fate] += 1
            if fate != "answered":
                return
            if not self._keep:
                connection.close()

    def _fate(self, connection: http.client.HTTPConnection, answered_at: float) -> str:
        number = next(self._numbers)
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        body = f'{{"code": "{UNKNOWN}", "owner": "session-{number}", "address": "{address}"}}'
        headers = {"Content-Type": "application/json", **bearer()}
        if connection.sock is None:
            try:
                connection.connect()
            except OSError:
                return "turned away"
        idle = time.monotonic() - answered_at > IDLE_SECONDS
        try:
            connection.request("POST", "/v1/reservations", body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            return "turned away" if idle and self._keep else f"cut: {type(error).__name__}"
        return "answered" if answer.status == 409 else f"status {answer.status}"


@pytest.mark.parametrize("keep", [False, True], ids=["a connection each", "connections kept"])
def test_a_stop_under_load_cuts_no_request(tmp_path: Path, new_database: NewDatabase, keep: bool) -> None:
    with replicas(tmp_path, new_database(), count=1) as running:
        service = running.members[0]
        load = Load(service, keep)
        load.start()
        service.process.wait_until(lambda: load.fates["answered"] >= BEFORE_THE_STOP, 60)
        service.process.terminate()
        load.join()
        service.process.wait()
        assert service.process.exit_code == 0
    assert {fate for fate in load.fates if fate not in {"answered", "turned away"}} == set(), load.fates
    assert load.fates["turned away"] == CALLERS
