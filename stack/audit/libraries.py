"""Java libraries: all that the published Keycloak and our jar run with, asked of OSV (https://osv.dev).

OWASP's Dependency-Check wants the whole of the NVD first, and pip-audit knows Python alone.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import requests
from cyclonedx.model.component import ComponentScope
from packageurl import PackageURL

from stack import distribution, sbom
from stack.audit.verdict import Verdict
from stack.progress import Printer

KIND = "Java libraries"
#: https://google.github.io/osv.dev/post-v1-querybatch/: at most a thousand questions at once.
SERVICE = "https://api.osv.dev/v1/querybatch"
_AT_ONCE = 1000
_SECONDS = 60.0
_PROPERTIES = re.compile(r"META-INF/maven/([^/]+)/([^/]+)/pom\.properties")
#: How Keycloak's distribution names them: group, a dot, artifact, a dash, version.
_NAMED = re.compile(
    r"(?P<group>.+)\.(?P<artifact>[a-z][^.]*?(?:-\d+\.\d+)?)-(?P<version>\d[^-]*(?:-[a-z]+)?)\.jar"
)
#: What the build of Keycloak makes out of the others.
_MADE = frozenset({"keycloak.jar", "quarkus-run.jar", "generated-bytecode.jar", "transformed-bytecode.jar"})


def found(folder: Path) -> Iterator[PackageURL]:
    """Of every jar below a folder. Raises ValueError naming one of which nothing tells what it is."""
    for jar in sorted(folder.rglob("*.jar")):
        if jar.name not in _MADE:
            yield _library(jar)


def _library(jar: Path) -> PackageURL:
    with zipfile.ZipFile(jar) as archive:
        for inside in filter(None, map(_PROPERTIES.fullmatch, archive.namelist())):
            group, artifact = inside.groups()
            # It may hold other libraries too, as parts of its own.
            if jar.name.startswith(f"{group}.{artifact}-"):
                version = re.search(r"^version=(\S+)", archive.read(inside[0]).decode(), re.M)
                if version:
                    return _maven(group, artifact, version[1])
    if (named := _NAMED.fullmatch(jar.name)) is None:
        raise ValueError(f"{jar}: neither its name nor its content says which library it is")
    return _maven(named["group"], named["artifact"], named["version"])


def _maven(group: str, artifact: str, version: str) -> PackageURL:
    return PackageURL("maven", group, artifact, version)


def _name(library: PackageURL) -> str:
    return f"{library.namespace}:{library.name}"


def judge(libraries: list[PackageURL], answers: Iterable[dict[str, Any]]) -> Verdict:
    """What OSV says of each, in their order."""
    return Verdict(
        KIND,
        vulnerable=[
            f"{_name(library)} {library.version}: {one['id']}, https://osv.dev/{one['id']}"
            for library, answer in zip(libraries, answers, strict=True)
            for one in answer.get("vulns", [])
        ],
        unaudited=[],
        asked=len(libraries),
    )


def used() -> list[PackageURL]:
    """What Keycloak's distribution has, which is fetched where need be, and what our jar carries.

    Raises StackError where it cannot be fetched.
    """
    ours = (each for each in sbom.java_libraries() if each.scope is ComponentScope.REQUIRED)
    carried = {each.purl for each in ours if each.purl}
    return sorted(carried | set(found(distribution.unpacked(Printer()) / "lib")))


def audit(libraries: list[PackageURL], service: str = SERVICE) -> Verdict:
    """What is known of these; none of them is audited where the service does not answer."""
    try:
        return judge(libraries, _asked(service, libraries))
    except (requests.RequestException, KeyError, ValueError):
        return Verdict(KIND, [], [_name(library) for library in libraries], len(libraries))


def _asked(service: str, libraries: list[PackageURL]) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = []
    for first in range(0, len(libraries), _AT_ONCE):
        asked = [{"package": {"purl": each.to_string()}} for each in libraries[first : first + _AT_ONCE]]
        answer = requests.post(service, json={"queries": asked}, timeout=_SECONDS)
        answer.raise_for_status()
        answers += answer.json()["results"]
    return answers
