"""Writes what is delivered and what it is built with as CycloneDX (`make sbom`), from the lock files alone.

Python packages with every hash that pip accepts for them; Keycloak; the libraries of the extension with the
hashes that its build is held to. “Excluded” is what is in no image: packages that `make run` alone needs, and
libraries that only the compiler sees, at run time Keycloak's own. What is in the base images is for whoever
builds and scans the images.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from xml.etree import ElementTree

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from stack import artefacts, licences
from stack.settings import EXTENSION, KEYCLOAK, LOCAL_DATA, REPOSITORY

DOCUMENT = LOCAL_DATA / "sbom.cdx.json"
PROJECT = "customer-identity"
_LOCKED = REPOSITORY / "requirements" / "run.txt"
_IN_THE_IMAGE = REPOSITORY / "requirements" / "service.txt"
_POM = EXTENSION / "pom.xml"
_MAVEN = "{http://maven.apache.org/POM/4.0.0}"
_JAR = re.compile(r"(?P<name>.+?)-(?P<version>\d[^/]*)\.jar")


def document() -> str:
    """The whole, as JSON."""
    bom = Bom()
    root = Component(
        name=PROJECT, version=metadata.version(PROJECT), type=ComponentType.APPLICATION, bom_ref=PROJECT
    )
    bom.metadata.component = root
    components = [_keycloak(), *python_packages(), *java_libraries()]
    for component in components:
        bom.components.add(component)
    bom.register_dependency(root, [one for one in components if one.scope is not ComponentScope.EXCLUDED])
    return JsonV1Dot6(bom).output_as_string(indent=2)


def python_packages(locked: Path = _LOCKED, delivered: Path = _IN_THE_IMAGE) -> Iterator[Component]:
    """Each package of the lock file, those for single systems included."""
    required = set(re.findall(r"^\S+==\S+", delivered.read_text(encoding="utf-8"), re.MULTILINE))
    for line in locked.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        pinned, *options = line.split()
        name, _, version = pinned.partition("==")
        digests = [option.removeprefix("--hash=sha256:") for option in options if option.startswith("--hash")]
        url = PackageURL("pypi", None, name, version)
        scope = ComponentScope.REQUIRED if pinned in required else ComponentScope.EXCLUDED
        yield _component(url, digests, licence=_python_licence(name), scope=scope)


def java_libraries(hashes: Path = artefacts.HASHES, pom: Path = _POM) -> Iterator[Component]:
    """Each library of the extension's build, those that its jar carries as required."""
    carried = dict(_carried(pom))
    for line in hashes.read_text(encoding="ascii").splitlines():
        digest, file = line.split()
        if (jar := _JAR.fullmatch(file)) is None:
            raise ValueError(f"{hashes}: no version in {file}")
        name, version = jar["name"], jar["version"]
        if (group := carried.get(f"{name}-{version}")) is not None:
            url = PackageURL("maven", group, name, version)
            yield _component(url, [digest], licence=licences.JARS)
        else:
            # The record knows its hash, not its group: a URL by which nobody takes it for another.
            url = PackageURL("generic", None, name, version, {"checksum": f"sha256:{digest}"})
            yield _component(url, [digest], scope=ComponentScope.EXCLUDED)


def _carried(pom: Path) -> Iterator[tuple[str, str]]:
    """(artifact-version, group) of what the pom itself depends on, without what Keycloak provides."""
    parsed = ElementTree.parse(pom)  # noqa: S314 - our own file
    for dependency in parsed.getroot().iterfind(f"{_MAVEN}dependencies/{_MAVEN}dependency"):
        told = {child.tag.removeprefix(_MAVEN): child.text or "" for child in dependency}
        if "scope" not in told:
            yield f"{told['artifactId']}-{told['version']}", told["groupId"]


def _keycloak() -> Component:
    url = PackageURL("maven", "org.keycloak", "keycloak-quarkus-dist", KEYCLOAK.version, {"type": "tar.gz"})
    return _component(url, [KEYCLOAK.sha256], licence=licences.JARS, kind=ComponentType.APPLICATION)


def _component(
    url: PackageURL,
    digests: Iterable[str],
    *,
    licence: str = "",
    scope: ComponentScope = ComponentScope.REQUIRED,
    kind: ComponentType = ComponentType.LIBRARY,
) -> Component:
    return Component(
        name=url.name,
        group=url.namespace,
        version=url.version,
        type=kind,
        purl=url,
        bom_ref=str(url),
        scope=scope,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in digests],
        licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
    )


def _python_licence(name: str) -> str:
    """As the package says of itself; "" for one that this system does not have."""
    try:
        return licences.licence(name)
    except metadata.PackageNotFoundError:
        return ""


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(document(), encoding="utf-8")
    print(DOCUMENT)
