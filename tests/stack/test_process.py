"""Server processes: none survives, and one that ends by itself is accounted for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stack.errors import StackError
from stack.process import Process


@pytest.fixture
def process(tmp_path: Path) -> Process:
    return Process("the server", tmp_path / "server.log")


def shell(process: Process, script: str) -> None:
    process.start(["sh", "-c", script], os.environ)


def child_of(log: Path) -> int:
    while not log.exists() or "\n" not in log.read_text():
        time.sleep(0.01)
    return int(log.read_text().split()[0])


def is_gone(pid: int) -> bool:
    for _ in range(300):
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_server_ends_together_with_its_children(process: Process, end: str) -> None:
    shell(process, "sleep 60 & echo $!; wait")
    child = child_of(process.log)
    getattr(process, end)()
    assert not process.running
    assert is_gone(child)


def test_a_server_that_ignores_the_request_is_killed(process: Process) -> None:
    shell(process, "trap '' TERM; echo 1; while :; do sleep 0.1; done")
    child_of(process.log)
    process.stop(seconds=0.3)
    assert process.exit_code == -signal.SIGKILL


def test_a_server_that_ends_before_it_is_ready_is_reported_with_its_last_words(process: Process) -> None:
    shell(process, "echo cannot bind; exit 7")
    with pytest.raises(StackError) as caught:
        process.wait_until(lambda: False, seconds=5)
    assert "the server ended (exit code 7)" in str(caught.value)
    assert "cannot bind" in str(caught.value)
    assert str(process.log) in str(caught.value)


def test_the_last_words_are_shown_without_the_stack_trace_between_them(process: Process) -> None:
    trace = "\tat org.example.Main$Inner.run(Main.java:7)\n\t... 12 more"
    shell(process, f"printf '%s\\n' 'ERROR Failed to start\n{trace}\nport 8080 is taken'; exit 1")
    with pytest.raises(StackError) as caught:
        process.wait_until(lambda: False, 10)
    assert str(caught.value).endswith("    ERROR Failed to start\n    port 8080 is taken")
    assert "at org.example.Main" in process.log.read_text()


def test_a_server_that_is_never_ready_is_reported(process: Process) -> None:
    shell(process, "sleep 60")
    with pytest.raises(StackError, match="the server is not ready after 0 s"):
        process.wait_until(lambda: False, seconds=0.2)
    process.kill()


def test_a_program_that_cannot_be_run_is_an_error(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(StackError, match="the server cannot be started: /no/such/program: No such file"):
        process.start(["/no/such/program"], os.environ)


def test_the_servers_of_a_supervisor_that_is_killed_end_too(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    supervisor = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys, time; from pathlib import Path; from stack.process import Process\n"
            "Process('x', Path(sys.argv[1])).start(['sh', '-c', 'echo $$; exec sleep 60'], os.environ)\n"
            "time.sleep(60)",
            str(log),
        ]
    )
    server = child_of(log)
    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait()
    assert is_gone(server)
