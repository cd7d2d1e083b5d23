"""The programs a user must have: a clear line where one is missing or too old."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from stack import tools
from stack.errors import StackError


def a_jdk(folder: Path, version: str, programs: tuple[str, ...] = ("java", "javac")) -> Path:
    """A folder that looks like a JDK of that version."""
    (folder / "bin").mkdir(parents=True)
    for name in programs:
        (folder / "bin" / name).write_text("#!/bin/sh\n")
        (folder / "bin" / name).chmod(0o755)
    (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return folder


@pytest.mark.parametrize(
    ("version", "major"), [("17.0.15", 17), ("21", 21), ("25.0.1", 25), ("1.8.0_402", 8)]
)
def test_the_version_is_read_from_the_jdk(tmp_path: Path, version: str, major: int) -> None:
    home = a_jdk(tmp_path / "jdk", version)
    assert tools.java_version(str(home / "bin" / "java")) == major


def test_without_java_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StackError, match="no java on PATH: install a JDK 17 or newer"):
        tools.java()


def test_a_wrong_java_home_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(StackError, match=f"no java in JAVA_HOME={tmp_path}"):
        tools.java()


def test_a_java_that_is_too_old_is_named_with_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(a_jdk(tmp_path / "jdk", "11.0.2")))
    with pytest.raises(StackError, match="is Java 11: install a JDK 17 or newer"):
        tools.java()


def test_a_runtime_without_compiler_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(a_jdk(tmp_path / "jre", "17.0.1", ("java",))))
    with pytest.raises(StackError, match="comes without javac: install a JDK"):
        tools.require_compiler()


def test_keycloaks_own_variables_are_not_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KC_DB", "oracle")
    assert "KC_DB" not in tools.plain_environment()


def test_a_failing_program_is_quoted_with_its_exit_code() -> None:
    with pytest.raises(StackError, match=r"weighing failed \(sh, exit code 3\):\n    too heavy"):
        tools.run(["sh", "-c", "echo too heavy; exit 3"], purpose="weighing")


def test_a_program_that_hangs_is_stopped_and_named() -> None:
    with pytest.raises(StackError, match=r"waiting has not ended within 0\.1 s: stopped"):
        tools.run(["sleep", "60"], purpose="waiting", within=0.1)


def test_an_interrupted_program_takes_its_children_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid_file = tmp_path / "pid"

    def interrupt(*_: object, **__: object) -> None:
        while not pid_file.exists() or not pid_file.read_text().strip():
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr("subprocess.Popen.communicate", interrupt)
    with pytest.raises(KeyboardInterrupt):
        tools.run(["sh", "-c", f"sleep 60 & echo $! > {pid_file}; wait"], purpose="waiting")
    assert ended(int(pid_file.read_text()))


def ended(pid: int) -> bool:
    """Whether the process is gone (or a zombie of someone else's) within two seconds."""
    for _ in range(200):
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.01)
    return False
