"""docker-compose.yml, the Dockerfiles and `make env`, as far as that needs no container."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from stack import compose
from stack.errors import StackError
from stack.keycloak import QUIETER
from stack.ports import Ports
from stack.settings import (
    EXTENSION,
    KEYCLOAK,
    KEYCLOAK_BUILD_OPTIONS,
    KEYCLOAK_COMPILATION,
    POSTGRESQL_PRIVACY,
    REPOSITORY,
    realm_name,
)

FILE = REPOSITORY / "docker-compose.yml"
DOCKERFILE = (EXTENSION / "Dockerfile").read_text(encoding="utf-8")
SERVICES: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]


def baked(name: str) -> str:
    """The value of a variable that the Dockerfile sets."""
    found = re.search(rf"\b{name}=(?:\"([^\"]*)\"|(\S+))", DOCKERFILE)
    assert found, name
    return found[1] or found[2]


def test_the_database_is_started_as_private_as_the_one_of_the_tests() -> None:
    command = SERVICES["postgres"]["command"]
    assert [f"{name}={value}" in command for name, value in POSTGRESQL_PRIVACY.items()] == [True]


def test_the_image_has_the_keycloak_that_everything_is_tested_with() -> None:
    image = f"quay.io/keycloak/keycloak:{KEYCLOAK.version}"
    assert f"ARG KEYCLOAK_IMAGE={image}\n" in DOCKERFILE
    assert SERVICES["keycloak"]["build"]["args"]["KEYCLOAK_IMAGE"] == f"${{KEYCLOAK_IMAGE:-{image}}}"


def test_the_image_is_built_with_the_options_of_the_local_stack_for_postgresql() -> None:
    options = dict(option.removeprefix("--").split("=") for option in KEYCLOAK_BUILD_OPTIONS)
    wanted = {f"KC_{name.upper().replace('-', '_')}": value for name, value in options.items()}
    assert {name: baked(name) for name in wanted} == wanted
    assert baked("KC_DB") == "postgres"


def test_the_image_logs_no_more_of_a_customer_than_the_local_stack() -> None:
    assert baked("KC_LOG_LEVEL") == ",".join(("info", *QUIETER))


def test_the_image_compiles_the_hash_of_passwords_as_the_local_stack_does() -> None:
    assert set(KEYCLOAK_COMPILATION) <= set(baked("JAVA_OPTS_APPEND").split())


def test_the_file_names_the_realm_of_the_configuration() -> None:
    targets = [each["target"] for each in SERVICES["keycloak"]["secrets"]]
    assert f"vault/{realm_name()}_customer-codes-secret" in targets
    assert SERVICES["validator"]["environment"]["KEYCLOAK_REALM"] == realm_name()
    assert SERVICES["proxy"]["environment"]["REALM"] == realm_name()
    address = (REPOSITORY / "containers" / "proxy" / "address" / "realm.yaml").read_text(encoding="utf-8")
    assert f"\nrealm: {realm_name()}\n" in address


def test_nothing_secret_is_in_the_file_or_in_the_environment_file(tmp_path: Path) -> None:
    compose.write(tmp_path, Ports())
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|_KEY|DATABASE_URL", name):
                assert value.startswith("/run/secrets/"), name
    assert not re.search("(?i)password|secret=", (tmp_path / ".env").read_text().split("\n", 1)[1])


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_every_container_is_confined(service: str) -> None:
    made = SERVICES[service]
    assert made["read_only"] is True
    assert made["cap_drop"] == ["ALL"]
    assert made["security_opt"] == ["no-new-privileges:true"]
    assert made["mem_limit"]
    assert made["cpus"]
    assert made["pids_limit"]


def test_ports_are_published_on_this_machine_alone() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith(("127.0.0.1:", "${PUBLIC_BIND:-127.0.0.1}:")) for port in published)


@pytest.mark.parametrize(("second", "first"), [("keycloak-2", "keycloak"), ("validator-2", "validator")])
def test_the_second_answers_to_the_firsts_name_on_every_network_of_those_who_ask_for_it(
    second: str, first: str
) -> None:
    """An engine answers for one network, whichever it has put first."""
    [other] = {"keycloak", "validator"} - {first}
    asked_on = set(SERVICES[other]["networks"]) & set(SERVICES[first]["networks"])
    assert {
        name for name, at in SERVICES[second]["networks"].items() if first in at.get("aliases", [])
    } == asked_on


def test_make_env_writes_every_secret_that_the_file_names(tmp_path: Path) -> None:
    compose.write(tmp_path, Ports())
    named = yaml.safe_load(FILE.read_text(encoding="utf-8"))["secrets"]
    assert {path.name for path in (tmp_path / "secrets").iterdir()} == set(named)
    assert len({path.read_text() for path in (tmp_path / "secrets").iterdir()}) == len(named)


def test_make_env_gives_a_lost_secret_anew_and_touches_no_other(tmp_path: Path) -> None:
    compose.write(tmp_path, Ports())
    (tmp_path / ".env").write_text("mine\n")
    (tmp_path / "secrets" / "purge-client-secret").unlink()
    before = {path: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert compose.write(tmp_path, Ports(keycloak=9080)) == [tmp_path / "secrets" / "purge-client-secret"]
    assert {path: path.read_text() for path in before} == before
    assert (tmp_path / ".env").read_text() == "mine\n"


def test_only_the_owner_comes_to_the_secrets_and_nobody_writes_them(tmp_path: Path) -> None:
    compose.write(tmp_path, Ports())
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").iterdir()} == {0o444}


def test_make_env_names_the_folder_that_an_engine_has_made_in_a_lost_secrets_place(tmp_path: Path) -> None:
    (tmp_path / "secrets" / "admin-password").mkdir(parents=True)
    with pytest.raises(StackError, match="admin-password is a folder"):
        compose.write(tmp_path, Ports())


def test_make_env_tells_where_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("in the way")
    with pytest.raises(StackError, match="cannot be written"):
        compose.write(tmp_path, Ports())


def test_make_env_needs_nothing_installed() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-S",
            "-I",
            "-c",
            f"import sys; sys.path[:0] = [{str(REPOSITORY)!r}]; import stack.cli",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
