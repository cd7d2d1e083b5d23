"""What our Dockerfiles put on top of their bases: what runs, and nothing that only builds or tests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from stack.settings import PASSWORD_BLOCKLISTS, PROVISIONING_SOURCES, REPOSITORY, THEMES, VALIDATOR_SOURCES
from tests.containers.project import Project

_HOME = "opt/customer-codes/"
_KEYCLOAK = "opt/keycloak/"
#: What makes a user of a container, and the empty places of what the building machine lends to a build.
_AROUND = re.compile(r"etc/(passwd|group|shadow|gshadow|subuid|subgid)-?|etc/pip\.conf|tmp/.*")


@dataclass(frozen=True)
class Image:
    """Its files, and those of them that are not in its base."""

    files: set[str]
    base: set[str]

    @property
    def added(self) -> set[str]:
        """By us."""
        return {path for path in self.files - self.base if not _AROUND.fullmatch(path)}


@pytest.fixture(scope="module")
def validator(composed: Project) -> Image:
    """The image of the validator and of the provisioning."""
    return _image(composed, "validator", "BASE_IMAGE")


@pytest.fixture(scope="module")
def keycloak(composed: Project) -> Image:
    """Keycloak's."""
    return _image(composed, "keycloak", "KEYCLOAK_IMAGE")


def _image(composed: Project, service: str, base: str) -> Image:
    known = composed.settled()["services"][service]
    return Image(composed.files(known["image"]), composed.files(known["build"]["args"][base]))


def _sources(folder: Path) -> set[str]:
    """The files of a folder, from the folder's name on."""
    files = {path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    return {path.relative_to(folder.parent).as_posix() for path in files}


def test_the_validators_image_adds_one_environment_and_two_commands(validator: Image) -> None:
    assert {path for path in validator.added if not path.startswith(_HOME)} == set()
    commands = {path.removeprefix(f"{_HOME}bin/") for path in validator.added if f"{_HOME}bin/" in path}
    assert {name for name in commands if not name.startswith("python")} == {"customer-codes", "provisioning"}


def test_its_packages_are_those_that_the_service_is_locked_to(validator: Image) -> None:
    found = {re.search(r"/site-packages/([^/]+)-[^-/]+\.dist-info/", path) for path in validator.added}
    installed = {re.sub(r"[-_.]+", "-", match[1]).lower() for match in found if match}
    lines = (REPOSITORY / "requirements" / "service.txt").read_text(encoding="utf-8").splitlines()
    locked = {line.partition("==")[0]: ";" in line for line in lines if "==" in line}
    assert installed - {"customer-identity"} <= locked.keys()
    assert {name for name, somewhere_only in locked.items() if not somewhere_only} <= installed


def test_of_ours_it_holds_the_two_packages_as_they_are_here(validator: Image) -> None:
    ours = _sources(VALIDATOR_SOURCES / "customer_code_validator") | _sources(PROVISIONING_SOURCES)
    inside = {path.partition("/site-packages/")[2] for path in validator.added}
    held = {path for path in inside if path.startswith(("customer_code_validator/", "provisioning/"))}
    assert {path for path in held if not path.endswith(".pyc")} >= ours
    assert {path for path in inside if path.startswith(("stack/", "tests/"))} == set()


def test_nothing_in_it_installs_or_tests_anything(validator: Image) -> None:
    tools = re.compile(r".*/(site-packages/(pip|setuptools|hatchling|pytest)|ensurepip)/.*|.*/bin/pip3?")
    assert [path for path in validator.files if tools.fullmatch(path) and "usr/lib/" not in path] == []
    assert [path for path in validator.added if "/tests/" in path] == []


def test_keycloaks_image_adds_the_jar_the_theme_the_blocklists_and_one_setting_of_java(
    keycloak: Image,
) -> None:
    theme, lists = _sources(THEMES / "enercasacoop"), _sources(PASSWORD_BLOCKLISTS)
    assert keycloak.added == {
        f"{_KEYCLOAK}providers/keycloak-extension.jar",
        f"{_KEYCLOAK}conf/names.security",
        *(f"{_KEYCLOAK}themes/{path}" for path in theme),
        *(f"{_KEYCLOAK}{path}" for path in lists),
    }
