"""The extension jar, built when its sources changed."""

from __future__ import annotations

from pathlib import Path

from stack import fingerprint, tools
from stack.errors import StackError
from stack.progress import Say, step
from stack.settings import EXTENSION, KEYCLOAK

JAR = EXTENSION / "target" / "keycloak-extension.jar"
_STAMP = EXTENSION / "target" / ".built-from"


def sources() -> str:
    """The fingerprint of the extension's sources and of the Keycloak that they are built against."""
    return fingerprint.of_text(
        KEYCLOAK.version, fingerprint.of_sources(EXTENSION / "pom.xml", EXTENSION / "src")
    )


def build(say: Say) -> Path:
    """The jar, built where it is absent or its sources changed. Call it while holding the cache's lock.

    Raises StackError where Maven is missing or the build fails.
    """
    wanted = sources()
    if JAR.exists() and _STAMP.exists() and _STAMP.read_text(encoding="utf-8") == wanted:
        return JAR
    tools.require_compiler()
    with step(say, "extension: building with Maven"):
        version = f"-Dkeycloak.version={KEYCLOAK.version}"
        tools.maven(
            ["-f", str(EXTENSION), version, "-DskipTests", "package"], purpose="building the extension jar"
        )
    if not JAR.exists():
        raise StackError(f"Maven built {EXTENSION} but {JAR} is not there: see finalName in its pom.xml")
    _STAMP.write_text(wanted, encoding="utf-8")
    return JAR
