"""openapi.yaml is served, and is true: a fuzzer that reads it finds nothing, on either store.

Against validators of this file's own, which ask the running Keycloak; the throttles are wide enough for it.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import requests
import yaml

from stack.local import Stack
from stack.ports import free_port
from stack.progress import quiet
from stack.settings import SAMPLE_CUSTOMERS, VALIDATOR_SOURCES
from stack.validator import Validator
from tests.support.databases import Databases

_ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
#: Of each operation and phase: a look at everything, in seconds; `make faults` looks longer.
EXAMPLES = 25 * _ROUNDS
SEED = 1 if _ROUNDS == 1 else secrets.randbelow(10**6)
_WIDE = {
    "CUSTOMER_CODES_TRIES_PER_OWNER": "100000",
    "CUSTOMER_CODES_TRIES_PER_ADDRESS": "100000",
    "CUSTOMER_CODES_MISMATCHES_PER_CODE": "100000",
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def validator(
    request: pytest.FixtureRequest, stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Validator]:
    """One validator on each store, with the sample customers."""
    url = None
    if request.param == "postgresql":
        url = cast(Databases, request.getfixturevalue("databases")).new()
    folder = tmp_path_factory.mktemp(f"contract-{request.param}")
    environment = {**stack.validator_environment(), **_WIDE}
    made = Validator(folder, folder / "validator.log", free_port(), environment, url)
    made.prepare(quiet, SAMPLE_CUSTOMERS)
    made.start()
    yield made
    made.stop()


def test_the_contract_is_served_as_it_stands_in_the_repository(validator: Validator) -> None:
    answer = requests.get(f"{validator.url}/openapi.yaml", timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/yaml")
    assert answer.content == (VALIDATOR_SOURCES / "openapi.yaml").read_bytes()
    assert yaml.safe_load(answer.content)["openapi"] == "3.1.0"


def test_a_fuzzer_with_all_its_checks_finds_nothing_that_the_contract_does_not_say(
    validator: Validator, tmp_path: Path
) -> None:
    schemathesis = str(Path(sys.executable).with_name("schemathesis"))
    command = [schemathesis, "run", f"{validator.url}/openapi.yaml"]
    options = ["--checks", "all", "--max-examples", str(EXAMPLES), "--seed", str(SEED)]
    bearer = ["--header", f"Authorization: Bearer {validator.secret}"]
    ran = subprocess.run(
        [*command, *options, *bearer, "--continue-on-failure"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr
    assert "Traceback" not in validator.log.read_text(encoding="utf-8")
