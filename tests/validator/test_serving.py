"""The served process at its edges: what it cannot read, secrets that are rotated, certificates."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from customer_code_validator.server import ARRIVES_WITHIN

from stack.children import children
from stack.ports import free_port
from stack.progress import quiet
from stack.settings import HOST, SAMPLE_CUSTOMERS
from stack.validator import Validator
from tests.support.listening import sockets
from tests.support.realm import eventually
from tests.support.reloading import reload
from tests.support.secured import Certificates
from tests.validator.world import HASH_KEY, HOME, IDENTITY_KEY, ROSSI

pytestmark = pytest.mark.server

OLD = "the-secret-of-yesterday-40-characters..."
NEW = "the-secret-of-today-has-40-characters..."
RESERVE = {"code": ROSSI.code, "owner": "session-1", "address": HOME}


@contextmanager
def _running(folder: Path, **environment: str) -> Iterator[Validator]:
    known = {
        "CUSTOMER_CODES_SECRET": OLD,
        "CUSTOMER_CODES_HASH_KEY": HASH_KEY,
        "CUSTOMER_CODES_IDENTITY_KEY": IDENTITY_KEY,
        **environment,
    }
    validator = Validator(folder, folder / "validator.log", free_port(), known)
    validator.prepare(quiet, SAMPLE_CUSTOMERS)
    validator.start()
    yield validator
    validator.stop()


@pytest.fixture(scope="module")
def validator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Validator]:
    """One with nothing special."""
    with _running(tmp_path_factory.mktemp("served")) as running:
        yield running


def _raw(validator: Validator, sent: bytes) -> tuple[int, dict[str, Any]]:
    """Status and problem of the answer to these bytes."""
    with socket.create_connection((HOST, validator.port), timeout=10) as connection:
        connection.sendall(sent)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head.lower(), head
    return int(head.split()[1]), json.loads(body)


_HEAD = (
    f"Host: {HOST}\r\nAuthorization: Bearer {OLD}\r\nContent-Type: application/json\r\nConnection: close\r\n"
)
_LONG = json.dumps(RESERVE).encode() + b" " * 5000
_CHUNKS = b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(_LONG), _LONG, 5000, b" " * 5000)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (f"GET /v1/{ROSSI.code} NONSENSE\r\n\r\n".encode(), 400),
        (f"GET /v1/{'1' * 2100} HTTP/1.1\r\n{_HEAD}\r\n".encode(), 414),
        (f"GET /healthz HTTP/1.1\r\n{_HEAD}X-Long: {'1' * 9000}\r\n\r\n".encode(), 431),
        (f"GET /healthz HTTP/1.1\r\n{_HEAD}{'X-Many: 1{n}' * 60}\r\n".replace("{n}", "\r\n").encode(), 431),
        (
            f"POST /v1/reservations HTTP/1.1\r\n{_HEAD}Content-Length: 9000\r\n\r\n".encode() + b"1" * 9000,
            413,
        ),
        (
            f"POST /v1/reservations HTTP/1.1\r\n{_HEAD}Transfer-Encoding: chunked\r\n\r\n".encode() + _CHUNKS,
            413,
        ),
        (f"POST /v1/reservations HTTP/1.1\r\n{_HEAD}Transfer-Encoding: gzip\r\n\r\n".encode(), 400),
    ],
    ids=["no HTTP", "long path", "long header", "many headers", "long body", "long body in chunks", "coding"],
)
def test_what_is_beyond_the_limits_is_refused_with_a_problem_and_logged_without_a_word_of_it(
    validator: Validator, sent: bytes, status: int
) -> None:
    answered, problem = _raw(validator, sent)
    assert (answered, problem["status"], problem["reason"]) == (status, status, "request_invalid")
    log = validator.log.read_text(encoding="utf-8")
    assert "Traceback" not in log
    for typed in (ROSSI.code, OLD, "1111"):
        assert typed not in log


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        f"POST /v1/reservations HTTP/1.1\r\n{_HEAD}".encode(),
        f"POST /v1/reservations HTTP/1.1\r\n{_HEAD}Content-Length: 200\r\n\r\n{{".encode(),
    ],
    ids=["nothing", "half a head", "half a body"],
)
def test_who_does_not_send_the_rest_of_a_request_keeps_others_waiting_for_some_seconds_only(
    validator: Validator, sent: bytes
) -> None:
    with _stalled(validator, sent):
        for _ in range(10):  # new connections: each worker is asked
            assert requests.get(f"{validator.url}/healthz", timeout=1.5).status_code == 200


def test_nor_does_who_does_not_end_the_handshake_of_tls(tmp_path: Path) -> None:
    ours = Certificates(tmp_path)
    with (
        _running(tmp_path, **ours.validator_environment()) as validator,
        _stalled(validator, bytes.fromhex("160301020001")),
    ):
        for _ in range(10):
            url = f"https://{HOST}:{validator.port}/healthz"
            answer = requests.get(url, cert=ours.client, verify=ours.authority, timeout=1.5)
            assert answer.status_code == 200


@contextmanager
def _stalled(validator: Validator, sent: bytes) -> Iterator[None]:
    """More connections than there are threads, from which no more comes, once their time is over."""
    with ExitStack() as stack:
        for _ in range(40):
            connection = stack.enter_context(socket.create_connection((HOST, validator.port)))
            connection.sendall(sent)
        time.sleep(ARRIVES_WITHIN + 1.5)
        yield


def test_connections_are_spread_over_the_workers(validator: Validator) -> None:
    eventually(lambda: len(children(validator.process.pid or 0)), 2)
    workers = children(validator.process.pid or 0)
    before = [sockets(worker) for worker in workers]
    with ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(socket.create_connection((HOST, validator.port)))
            time.sleep(0.02)
        taken = [len(sockets(worker) - here) for worker, here in zip(workers, before, strict=True)]
    assert min(taken) >= 4


def test_a_field_that_nobody_knows_is_refused_by_name(validator: Validator) -> None:
    answer = requests.post(
        f"{validator.url}/v1/reservations",
        json={**RESERVE, "note": "x"},
        headers={"Authorization": f"Bearer {OLD}"},
        timeout=5,
    )
    assert (answer.status_code, answer.json()["errors"]) == (400, [{"field": "note", "reason": "unknown"}])


class _Caller:
    """Keycloak's side: kept connections; a call whose connection ended is made once more."""

    def __init__(self, validator: Validator) -> None:
        self._url = f"{validator.url}/v1/users/nobody/code"
        self.secret = OLD
        self.calling = True
        self.statuses: list[int] = []

    def run(self) -> None:
        """Until told to stop."""
        http = requests.Session()
        while self.calling:
            try:
                self.statuses.append(self._call(http))
            except requests.ConnectionError:
                self.statuses.append(self._call(http))

    def _call(self, http: requests.Session) -> int:
        bearer = {"Authorization": f"Bearer {self.secret}"}
        return http.delete(self._url, headers=bearer, timeout=10).status_code


def test_the_secret_is_rotated_under_load_without_a_failed_call(tmp_path: Path) -> None:
    current, previous = tmp_path / "secret", tmp_path / "previous-secret"
    current.write_text(OLD, encoding="utf-8")
    previous.write_text("", encoding="utf-8")
    files = {"CUSTOMER_CODES_SECRET_FILE": str(current), "CUSTOMER_CODES_SECRET_PREVIOUS_FILE": str(previous)}
    with _running(tmp_path, **files, CUSTOMER_CODES_SECRET="") as validator, ThreadPoolExecutor(4) as threads:
        caller = _Caller(validator)
        calling = [threads.submit(caller.run) for _ in range(4)]
        try:
            previous.write_text(OLD, encoding="utf-8")
            current.write_text(NEW, encoding="utf-8")
            reload(validator)
            caller.secret = NEW
            time.sleep(0.3)  # calls that were sent with the former one come to their end
            previous.write_text("", encoding="utf-8")
            reload(validator)
            made = len(caller.statuses)
            _until(lambda: len(caller.statuses) > made + 20)
        finally:
            caller.calling = False
        for done in calling:
            done.result()
        assert set(caller.statuses) == {200}
        caller.secret = OLD
        assert caller._call(requests.Session()) == 401


def test_settings_that_cannot_be_used_are_not_taken_over(tmp_path: Path) -> None:
    current = tmp_path / "secret"
    current.write_text(OLD, encoding="utf-8")
    files = {"CUSTOMER_CODES_SECRET_FILE": str(current), "CUSTOMER_CODES_SECRET": ""}
    with _running(tmp_path, **files) as validator:
        current.write_text("too short", encoding="utf-8")
        reload(validator)
        assert _Caller(validator)._call(requests.Session()) == 200
        log = validator.log.read_text(encoding="utf-8")
        assert "CUSTOMER_CODES_SECRET: shorter than 32 characters" in log
        assert "too short" not in log


def test_a_caller_without_a_certificate_of_the_right_authority_is_turned_away(tmp_path: Path) -> None:
    ours = Certificates(tmp_path / "ours")
    stranger = Certificates(tmp_path / "strangers")
    with _running(tmp_path, **ours.validator_environment()) as validator:
        url = f"https://{HOST}:{validator.port}/v1/users/nobody/code"

        def call(certificate: str | None) -> int:
            bearer = {"Authorization": f"Bearer {OLD}"}
            return requests.delete(
                url, headers=bearer, cert=certificate, verify=ours.authority, timeout=10
            ).status_code

        assert call(ours.client) == 200
        for wrong in (None, stranger.client):
            with pytest.raises(requests.ConnectionError):
                call(wrong)
        with pytest.raises(requests.ConnectionError):
            requests.get(f"http://{HOST}:{validator.port}/healthz", timeout=10)
        ours.renew()
        assert call(ours.client) == 200
        assert "Traceback" not in validator.log.read_text(encoding="utf-8")


def _until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)
