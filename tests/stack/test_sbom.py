"""The bill of materials is valid, and holds every locked part with the hashes that it is held to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from stack import artefacts, sbom
from stack.settings import KEYCLOAK, REPOSITORY

LOCKED = (REPOSITORY / "requirements" / "run.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def written() -> str:
    """The document."""
    return sbom.document()


@pytest.fixture(scope="module")
def components(written: str) -> dict[str, dict[str, Any]]:
    """What is in it, by package URL."""
    return {one["purl"]: one for one in json.loads(written)["components"]}


def _hashes(component: dict[str, Any]) -> set[str]:
    return {one["content"] for one in component["hashes"]}


def test_it_is_valid_against_the_schema_of_cyclonedx(written: str) -> None:
    assert json.loads(written)["specVersion"] == "1.6"
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written) is None


def test_an_invalid_one_would_be_found(written: str) -> None:
    broken = written.replace('"required"', '"sometimes"', 1)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(broken) is not None


def test_every_locked_python_package_is_in_it_with_every_hash(components: dict[str, dict[str, Any]]) -> None:
    pinned = re.findall(r"^([\w.-]+)==([^\s\\]+)", LOCKED, re.MULTILINE)
    assert {f"pkg:pypi/{name}@{version}" for name, version in pinned} == {
        url for url in components if url.startswith("pkg:pypi/")
    }
    packages = [one for url, one in components.items() if url.startswith("pkg:pypi/")]
    assert set.union(*map(_hashes, packages)) == set(re.findall(r"sha256:([0-9a-f]{64})", LOCKED))


def test_packages_of_the_image_are_required_and_locked_as_everywhere(
    components: dict[str, dict[str, Any]],
) -> None:
    service = (REPOSITORY / "requirements" / "service.txt").read_text(encoding="utf-8")
    pinned = re.findall(r"^([\w.-]+)==([^\s\\]+)", service, re.MULTILINE)
    python = [one for url, one in components.items() if url.startswith("pkg:pypi/")]
    assert sorted(pinned) == sorted(
        (one["name"], one["version"]) for one in python if one["scope"] == "required"
    )
    assert set(re.findall(r"sha256:\S+", service)) <= set(re.findall(r"sha256:\S+", LOCKED))


def test_every_library_of_the_build_is_in_it_with_its_hash_and_those_of_the_jar_are_required(
    components: dict[str, dict[str, Any]],
) -> None:
    lines = [line.split() for line in artefacts.HASHES.read_text("ascii").splitlines()]
    recorded = {name: digest for digest, name in lines}
    java = [one for url, one in components.items() if not url.startswith("pkg:pypi/")]
    found = {f"{one['name']}-{one['version']}.jar": _hashes(one) for one in java if one["type"] == "library"}
    assert found == {name: {digest} for name, digest in recorded.items()}
    carried = {one["purl"] for one in java if one["type"] == "library" and one["scope"] == "required"}
    assert carried == {
        f"pkg:maven/io.github.resilience4j/resilience4j-{name}@2.3.0" for name in ("circuitbreaker", "core")
    }


def test_keycloak_is_in_it_with_the_hash_of_its_archive(components: dict[str, dict[str, Any]]) -> None:
    url = f"pkg:maven/org.keycloak/keycloak-quarkus-dist@{KEYCLOAK.version}?type=tar.gz"
    assert _hashes(components[url]) == {KEYCLOAK.sha256}


def test_a_library_without_a_version_is_no_guess(tmp_path: Path) -> None:
    record = tmp_path / "hashes"
    record.write_text(f"{'0' * 64}  something.jar\n", encoding="ascii")
    with pytest.raises(ValueError, match=r"no version in something\.jar"):
        list(sbom.java_libraries(record))
