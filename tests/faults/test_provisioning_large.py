"""A realm too large for one call, made by processes that are disturbed: a gateway gives up on one chunk, the
process is killed during another, tokens live for seconds; it goes on where it stopped and is read in pages.

In `make faults` it is one of 10,000 clients, 10,000 groups and 2,000 roles.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from benchmarks.provisioning.subjects import many
from provisioning.gateway import Gateway
from provisioning.login import Login
from provisioning.reader import NotFoundError
from provisioning.steps import CHUNK
from stack.keycloak import Keycloak
from stack.provision import ENTRY
from tests.support.disturbed import LONG
from tests.support.flaky import Asked, Flaky
from tests.support.shortlived import short_lived

SIZE = 10_000 if LONG else 510
"""Clients and groups: just above what is read in one call."""
ROLES = SIZE // 5
TOKEN_SECONDS = 60 if LONG else 2
MEGABYTES = 500
NAME = "p-large"


@pytest.fixture
def login(keycloak_server: Keycloak) -> Iterator[Login]:
    """Of a realm that has nothing yet, by tokens that do not live long."""
    admin = Gateway(
        Login(
            keycloak_server.url,
            "master",
            username=keycloak_server.admin_username,
            password=keycloak_server.admin_password,
        )
    )
    admin.post("", {"realm": NAME, "enabled": True})
    admin.refresh()
    yield short_lived(admin, NAME, TOKEN_SECONDS)
    with suppress(NotFoundError):
        admin.delete(f"/{NAME}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "realm.json"
    made.write_text(json.dumps({**many(ROLES, SIZE, SIZE), "realm": NAME}), encoding="utf-8")
    return made


def begun(command: str, login: Login, file: Path, url: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "KEYCLOAK_URL": url,
        "KEYCLOAK_LOGIN_REALM": NAME,
        "KEYCLOAK_CLIENT_ID": login.client_id,
        "KEYCLOAK_CLIENT_SECRET": login.client_secret or "",
    }
    line = [sys.executable, "-c", ENTRY, command, "--config", str(file)]
    return subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def imports(asked: list[Asked]) -> int:
    return len([each for each in asked if "/partialImport" in each.path])


def at_chunk(number: int, happens: Callable[[], str]) -> Callable[[Asked], str | None]:
    """What goes wrong with the chunk of this number."""
    seen: list[Asked] = []

    def fault(asked: Asked) -> str | None:
        if "/partialImport" not in asked.path:
            return None
        seen.append(asked)
        return happens() if len(seen) == number else None

    return fault


def test_a_large_realm_disturbed_while_it_is_made_goes_on_where_it_stopped_and_is_read_in_pages(
    keycloak_server: Keycloak, login: Login, file: Path
) -> None:
    chunks = -(-ROLES // CHUNK) + 2 * -(-SIZE // CHUNK)
    last = chunks // 2 + 1
    running: list[subprocess.Popen[str]] = []

    def kill() -> str:
        running[0].send_signal(signal.SIGKILL)
        return "lost after"

    # The first process: the gateway gives up on a chunk that Keycloak carries out, then comes the kill.
    time_out, death = at_chunk(2, lambda: "504 after"), at_chunk(last, kill)
    with Flaky(keycloak_server.url, lambda asked: time_out(asked) or death(asked)).open() as first:
        running.append(begun("apply", login, file, first.url))
        done, told = running[0].communicate(timeout=3000)
        assert running[0].returncode == -signal.SIGKILL
        assert "Keycloak answered 504" in told
        assert done.count("create ") == last - 1  # the last chunk was made, and nobody heard of it
        assert imports(first.asked) == last + 1
    # The second makes what is missing, and only that.
    with Flaky(keycloak_server.url).open() as second:
        resumed = begun("apply", login, file, second.url)
        done, told = resumed.communicate(timeout=3000)
        assert (resumed.returncode, "which has ended" in told + done) == (0, True)
        assert imports(second.asked) == chunks - last
    # What is there is read in pages, whole, in little memory.
    with Flaky(keycloak_server.url).open() as third:
        planned = begun("plan", login, file, third.url)
        _, status, usage = os.wait4(planned.pid, 0)
        planned.returncode = os.waitstatus_to_exitcode(status)
        assert planned.returncode == 0
        assert not [asked for asked in third.asked if "exportClients=true" in asked.path]
        assert len([asked for asked in third.asked if "/clients?first=" in asked.path]) > SIZE // CHUNK
        assert usage.ru_maxrss / 1024 < MEGABYTES
