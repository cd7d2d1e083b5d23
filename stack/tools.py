"""The programs that a user must have installed: found, judged and run."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from stack.errors import ProgramError, StackError
from stack.process import with_parent_death_signal
from stack.settings import JAVA_MINIMUM

_WANTED = (
    f"install a JDK {JAVA_MINIMUM} or newer (Debian: apt-get install openjdk-{JAVA_MINIMUM}-jdk-headless)"
)


def java() -> str:
    """The `java` of JAVA_HOME, else of PATH. Raises StackError where there is none or it is too old.

    The version is read from the JDK's own `release` file: asking `java -version` costs every start a JVM.
    """
    home = os.environ.get("JAVA_HOME")
    found = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if not found or not Path(found).is_file():
        where = f"in JAVA_HOME={home}" if home else "on PATH"
        raise StackError(f"no java {where}: {_WANTED}")
    version = java_version(found)
    if version < JAVA_MINIMUM:
        raise StackError(
            f"{found} is Java {version or 'of an unknown version'}: {_WANTED}, or point JAVA_HOME at one"
        )
    return found


def require_compiler() -> None:
    """Raise StackError where the `java` in use has no compiler beside it: a runtime, not a JDK."""
    program = Path(java())
    if not any((folder / "javac").exists() for folder in (program.parent, program.resolve().parent)):
        raise StackError(f"{program} comes without javac: {_WANTED}")


def java_version(program: str) -> int:
    """The major version of a `java` program, 0 where it does not tell."""
    release = Path(program).resolve().parent.parent / "release"
    text = release.read_text(encoding="utf-8") if release.is_file() else _java_says(program)
    found = re.search(r"(?:JAVA_VERSION=|version )\"(?:1\.)?(\d+)", text)
    return int(found[1]) if found else 0


def _java_says(program: str) -> str:
    try:
        return subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    except OSError:
        return ""


def plain_environment() -> dict[str, str]:
    """The user's environment without KC_*, which would configure our Keycloak behind our back."""
    return {name: value for name, value in os.environ.items() if not name.startswith("KC_")}


def maven(arguments: Sequence[str], purpose: str) -> None:
    """Run Maven quietly. Raises StackError with the end of its output where it is missing or fails."""
    program = shutil.which("mvn")
    if program is None:
        raise StackError(
            f"no mvn on PATH, needed for {purpose}: install Maven (Debian: apt-get install maven)"
        )
    run([program, "-q", "-B", *arguments], purpose=purpose)


def run(
    command: Sequence[str],
    *,
    purpose: str,
    environment: Mapping[str, str] | None = None,
    within: float | None = None,
    folder: Path | None = None,
) -> str:
    """Run a program to its end, in that folder, and return what it printed. It is ended with us, with its
    children.

    Raises StackError, with the last lines it printed, where it cannot be run, fails, or takes more than
    `within` seconds.
    """
    try:
        process = subprocess.Popen(
            with_parent_death_signal(command),
            cwd=folder,
            env=None if environment is None else dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise StackError(f"{purpose} failed: {command[0]}: {error.strerror}") from error
    try:
        printed, _ = process.communicate(timeout=within)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if isinstance(error, subprocess.TimeoutExpired):
            raise StackError(f"{purpose} has not ended within {within} s: stopped") from error
        raise
    if process.returncode != 0:
        last = "\n".join(f"    {line}" for line in printed.splitlines()[-15:])
        raise ProgramError(
            f"{purpose} failed ({Path(command[0]).name}, exit code {process.returncode}):\n{last}"
        )
    return printed
