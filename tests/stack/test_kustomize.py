"""What the real kustomize makes of kubernetes/: of the example, and of an installation's first time."""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from stack.settings import REPOSITORY
from tests.support.kubernetes import Object, declared, given_to, require_taken
from tests.support.kustomize import rendered

pytestmark = pytest.mark.server  # it is built where it is not kept yet
KUBERNETES = REPOSITORY / "kubernetes"


@pytest.fixture(scope="module")
def example() -> dict[tuple[str, str], Object]:
    """By kind and name."""
    return _by_name(rendered(KUBERNETES / "example"))


def _by_name(objects: list[Object]) -> dict[tuple[str, str], Object]:
    return {(one["kind"], one["metadata"]["name"]): one for one in objects}


def _pod(objects: dict[tuple[str, str], Object], kind: str, name: str) -> Object:
    pod: Object = objects[kind, name]["spec"]["template"]["spec"]
    return pod


def test_every_object_of_the_example_is_taken_and_in_its_namespace(
    example: dict[tuple[str, str], Object],
) -> None:
    for one in example.values():
        require_taken(one)
        assert one["metadata"]["namespace"] == "customer-identity"
    assert example.keys() == _by_name(declared()).keys()


def test_every_image_of_the_example_is_the_registry_s(example: dict[tuple[str, str], Object]) -> None:
    pods = [_pod(example, "Deployment", "customer-codes"), _pod(example, "Job", "provisioning")]
    images = [container["image"] for pod in pods for container in pod["containers"]]
    images.append(example["Keycloak", "keycloak"]["spec"]["image"])
    assert [image for image in images if not image.startswith("registry.example.org/")] == []


def test_each_name_of_the_example_stands_where_it_belongs(example: dict[tuple[str, str], Object]) -> None:
    """Patches count places in a list: next to what is meant is as good as anywhere else to them."""
    given = given_to(_pod(example, "Job", "provisioning"))
    [rule] = example["Ingress", "customers"]["spec"]["rules"]
    assert urlsplit(given["PUBLIC_URL"]["value"]).hostname == rule["host"]
    assert urlsplit(given["VALIDATOR_URL"]["value"]).hostname == "customer-codes"
    keycloak = example["Keycloak", "keycloak"]["spec"]
    options = {each["name"]: each["value"] for each in keycloak["additionalOptions"]}
    assert options["vault-dir"] == "/opt/keycloak/vault"
    assert ip_network(options["proxy-trusted-addresses"]).is_private
    assert keycloak["db"]["host"].endswith(".svc")


def test_for_the_first_time_an_administrator_makes_the_realm_and_nothing_else_is_otherwise(
    example: dict[tuple[str, str], Object], tmp_path: Path
) -> None:
    overlay = {
        "resources": [_from(tmp_path, "example")],
        "components": [_from(tmp_path, "first-time")],
    }
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(overlay), encoding="utf-8")
    first = _by_name(rendered(tmp_path))
    changed = {which for which in first if first[which] != example[which]}
    assert (changed, first.keys()) == ({("Job", "provisioning")}, example.keys())
    require_taken(first["Job", "provisioning"])
    now, later = (given_to(_pod(these, "Job", "provisioning")) for these in (first, example))
    assert now["KEYCLOAK_LOGIN_REALM"]["value"] == "master"
    assert now.keys() - later.keys() == {"KEYCLOAK_USERNAME", "KEYCLOAK_PASSWORD_FILE"}
    assert later.keys() - now.keys() == {"KEYCLOAK_CLIENT_ID", "KEYCLOAK_CLIENT_SECRET_FILE"}


def _from(folder: Path, name: str) -> str:
    """A path that kustomize takes: it knows no absolute ones."""
    return os.path.relpath(KUBERNETES / name, folder)
