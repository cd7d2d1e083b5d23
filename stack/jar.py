"""The extension jar, built for one release of Keycloak when its sources changed."""

from __future__ import annotations

import zipfile
from pathlib import Path

from stack import artefacts, fingerprint, tools
from stack.errors import StackError
from stack.progress import Say, step
from stack.settings import EXTENSION, KEYCLOAK, Release

_TARGET = EXTENSION / "target"
_NAME, _STAMP = "keycloak-extension.jar", ".built-from"


def sources(release: Release) -> str:
    """The fingerprint of the extension's sources and of the Keycloak that they are built against."""
    return fingerprint.of_text(
        release.version, fingerprint.of_sources(EXTENSION / "pom.xml", artefacts.HASHES, EXTENSION / "src")
    )


def is_current(release: Release) -> bool:
    """Whether the jar is there, of the sources as they are: `build` needs no compiler then."""
    stamp = _target(release) / _STAMP
    built = (_target(release) / _NAME).exists() and stamp.exists()
    return built and stamp.read_text(encoding="utf-8") == sources(release)


def build(say: Say, release: Release, distribution: Path) -> Path:
    """The jar, built where it is absent or its sources changed. Call it while holding the cache's lock.

    For another release than the pinned one it is compiled against the libraries of the unpacked
    `distribution`: not every repository has all that its modules name. Raises StackError where Maven is
    missing, the build fails, or a library is not the one on record.
    """
    target, wanted = _target(release), sources(release)
    jar = target / _NAME
    if is_current(release):
        return jar
    with step(say, "extension: building with Maven"):
        properties = [f"-Dkeycloak.version={release.version}", f"-DbuildDirectory={target}"]
        if release != KEYCLOAK:
            properties.append(f"-Dkeycloak.libraries={_libraries(distribution, target)}")
        tools.maven(
            ["-f", str(EXTENSION), *properties, "-DskipTests", "package"],
            purpose=f"building the extension jar for Keycloak {release.version}",
        )
    # For another release the libraries are the distribution's, which has a hash of its own.
    if release == KEYCLOAK:
        artefacts.verify(target / artefacts.CLASSPATH)
    if not jar.exists():
        raise StackError(f"Maven built {EXTENSION} but {jar} is not there: see finalName in its pom.xml")
    (target / _STAMP).write_text(wanted, encoding="utf-8")
    return jar


def _target(release: Release) -> Path:
    return _TARGET if release == KEYCLOAK else _TARGET / f"for-{release.version}"


def _libraries(distribution: Path, target: Path) -> Path:
    """A jar that stands for all libraries of a distribution: it holds none, its manifest names them."""
    found = sorted((distribution / "lib" / "lib").rglob("*.jar"))
    named = f"Class-Path: {' '.join(path.as_uri() for path in found)}"
    # A line of a manifest has 72 bytes at most; one that begins with a blank goes on.
    lines = [named[:70], *(f" {named[start : start + 69]}" for start in range(70, len(named), 69))]
    target.mkdir(parents=True, exist_ok=True)
    made = target / "keycloak-libraries.jar"
    with zipfile.ZipFile(made, "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", "\n".join(("Manifest-Version: 1.0", *lines, "")))
    return made
