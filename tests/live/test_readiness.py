"""The service's readiness on the running system: its database and Keycloak, each by itself."""

from __future__ import annotations

import requests

from stack.local import Stack
from tests.support.realm import eventually


def test_readiness_tells_that_the_database_and_keycloak_answer(stack: Stack) -> None:
    def told() -> object:
        return requests.get(f"{stack.validator.url}/readyz", timeout=5).json()

    eventually(told, {"status": "ready", "database": "up", "keycloak": "up"}, seconds=30)


def test_the_metrics_tell_the_same(stack: Stack) -> None:
    def told() -> set[str]:
        lines = requests.get(stack.validator.metrics_url, timeout=5).text.splitlines()
        return {line for line in lines if line.startswith("customer_codes_up{")}

    both = {f'customer_codes_up{{part="{part}"}} 1.0' for part in ("database", "keycloak")}
    eventually(told, both, seconds=30)
