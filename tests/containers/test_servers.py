"""The servers of the tests themselves in containers: tests that know nothing of it are run so.

With podman and its substitute images this proves how testcontainers starts, ends, kills and takes away both
servers at a Docker API, and that what reads a server's process, its log or its files sees what it sees of the
plain distribution. It does not prove the official images (the same run does where Docker answers), nor Ryuk,
which takes away what a killed run leaves.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from stack.settings import REPOSITORY
from tests.containers.project import Project

_LABEL = "org.testcontainers=true"
#: Of the realm, of a port's owner, of a moved clock, of a database that crashes.
_TESTS = (
    "tests/live/test_readiness.py",
    "tests/live/test_exposure.py::test_the_system_listens_on_its_declared_ports_of_this_machine_alone",
    "tests/live/test_purge.py::test_only_the_forgotten_account_goes_and_its_code_is_free",
    "tests/validator/test_postgresql.py",
)


def test_live_tests_pass_with_their_servers_in_containers_of_which_none_is_left(
    composed: Project, tmp_path: Path
) -> None:
    seen: set[str] = set()
    environment = {**composed.environment, "TEST_SERVERS": "containers"}
    command = [sys.executable, "-m", "pytest", "-q", f"--basetemp={tmp_path / 'inner'}", *_TESTS]
    said = tmp_path / "said"
    with said.open("wb") as file:
        running = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=file, stderr=file)
        while running.poll() is None:
            seen |= composed.images_of(_LABEL)
            time.sleep(0.5)
    assert running.returncode == 0, said.read_text(encoding="utf-8")[-6000:]
    ran = {part for part in ("keycloak", "postgres") if any(part in image for image in seen)}
    assert ran == {"keycloak", "postgres"}, seen
    assert composed.left_of(_LABEL) == []
