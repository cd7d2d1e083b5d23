"""`make run`, `up`, `plan`, `status`, `down` and `clean` as users start them, in a copy of the repository."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from stack import customers
from stack.children import with_children
from stack.local import Stack
from stack.ports import Ports
from stack.settings import SAMPLE_CUSTOMERS
from tests.support.checkout import checkout
from tests.support.registration import Registrant

READY_SECONDS = 240.0
PARTS = 4
"""Keycloak, the validator, its workers and the mailbox at least."""
FIRST_STEPS = ("importing customers", "provisioning", "building", "fetching")


@dataclass
class Clone:
    """A repository of its own, with ports of its own."""

    folder: Path
    ports: Ports

    @property
    def stack(self) -> Stack:
        """What runs from it, as its tests need it."""
        return Stack(self.folder / ".local", self.ports)

    def environment(self, **changes: str) -> dict[str, str]:
        """This process's, with the ports."""
        chosen = {
            port.metadata["variable"]: str(getattr(self.ports, port.name)) for port in fields(self.ports)
        }
        return {**os.environ, **chosen, **changes}

    def make(self, command: str, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """What the Makefile's target calls, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "stack", command, *arguments],
            cwd=self.folder,
            env=self.environment(**changes),
            capture_output=True,
            text=True,
            check=False,
            timeout=READY_SECONDS,
        )

    @contextmanager
    def running(self) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
        """`make run`, and what it has said until it is ready."""
        with subprocess.Popen(
            [sys.executable, "-m", "stack", "run"],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                said = list[str]()
                while not said or not said[-1].startswith("Ctrl-C"):
                    line = process.stdout.readline()
                    assert line, "".join(said)
                    said.append(line)
                yield process, said
            finally:
                if process.poll() is None:
                    process.terminate()


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """Nothing has run in it yet."""
    return Clone(checkout(tmp_path_factory.mktemp("clone") / "repository"), Ports.free())


def test_from_the_first_run_over_ctrl_c_to_up_down_and_clean(clone: Clone) -> None:
    sample, *_ = samples = customers.read(SAMPLE_CUSTOMERS, most=3)
    anna = Registrant(clone.stack, sample)
    with clone.running() as (process, said):
        told = "".join(said)
        for step in ("importing customers", "provisioning", "all parts are ready"):
            assert step in told
        for needed in (clone.stack.keycloak.url, clone.stack.mailbox.url, "user admin, password "):
            assert needed in told
        for one in samples:
            assert f"code {one.code}   codice fiscale {one.codice_fiscale}" in told
        planned = clone.make("plan")
        assert (planned.returncode, planned.stdout) == (
            0,
            "Realm enercasa is as declared: nothing to do.\n",
        )
        anna.register()
        parts = [part for part in with_children(process.pid) if part != process.pid]
        assert len(parts) >= PARTS
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert [part for part in parts if Path(f"/proc/{part}").exists()] == []
    clone.ports.require_free()

    up = clone.make("up")
    assert up.returncode == 0, up.stdout + up.stderr
    assert [step for step in FIRST_STEPS if step in up.stdout] == []
    assert anna.log_in().returned
    status = clone.make("status")
    assert (status.returncode, status.stdout.strip() in up.stdout) == (0, True)
    confirmed = clone.make("customer-codes", "list", "--state", "confirmed")
    assert (confirmed.returncode, [line.split()[0] for line in confirmed.stdout.splitlines()]) == (
        0,
        [sample.code],
    )
    assert clone.make("customer-codes", "show", "NOBODYS").returncode == 1
    assert "usage: customer-codes " in clone.make("customer-codes").stdout
    assert "already runs here" in clone.make("up").stdout
    second = clone.make("run")
    assert (second.returncode, second.stderr.count("\n")) == (1, 1)
    assert second.stderr.startswith("error: a stack already runs from ")
    assert clone.make("down").stdout == "stopped\n"
    clone.ports.require_free()
    assert clone.make("status").returncode == 1
    for needing in ("plan", "customer-codes"):
        assert clone.make(needing).stderr == "error: no stack runs here: `make up` starts one\n"
    assert clone.make("clean").returncode == 0
    assert not (clone.folder / ".local").exists()


def _a_line(failed: subprocess.CompletedProcess[str]) -> str:
    """What a start that must fail says of it."""
    assert failed.returncode == 1, failed.stdout
    lines = failed.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("error: ")
    return lines[0]


def test_a_start_that_cannot_be_says_why_in_one_line(clone: Clone, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", clone.ports.mailbox)):
        assert f"port {clone.ports.mailbox}" in _a_line(clone.make("run"))
    nothing = {"PATH": str(tmp_path), "JAVA_HOME": ""}
    assert "JDK" in _a_line(clone.make("run", **nothing))
    superfluous = clone.make("run", "--port", "9080")
    assert superfluous.returncode == 2
    assert "run takes no arguments: --port 9080" in superfluous.stderr
    assert "MAILBOX_PORT=eighty is no port" in _a_line(clone.make("run", MAILBOX_PORT="eighty"))
    in_the_way = tmp_path / "cache"
    in_the_way.write_text("a file", encoding="utf-8")
    assert str(in_the_way) in _a_line(clone.make("run", XDG_CACHE_HOME=str(in_the_way)))


def test_an_error_in_the_realm_s_files_is_told_with_its_line_before_anything_is_started(clone: Clone) -> None:
    declared = clone.folder / "realm-config" / "realm.yaml"
    right = declared.read_text(encoding="utf-8")
    line = right.count("\n") + 1
    declared.write_text(right + "registrationAlowed: true\n", encoding="utf-8")
    try:
        failed = clone.make("run")
    finally:
        declared.write_text(right, encoding="utf-8")
    assert failed.returncode == 1
    assert f"realm-config/realm.yaml:{line}:" in failed.stderr
    assert "registrationAlowed" in failed.stderr
    assert "starting" not in failed.stdout
