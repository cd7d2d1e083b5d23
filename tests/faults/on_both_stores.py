"""The system of a module's tests, first on embedded databases and then on PostgreSQL, as in production."""

from __future__ import annotations

from typing import cast

import pytest

from stack.local import Stack
from tests.faults.on_postgresql import System
from tests.support.breakable import Gate
from tests.support.newcomers import NewCustomer, newcomers


@pytest.fixture(scope="module", params=["embedded", "postgresql"])
def on_postgresql(request: pytest.FixtureRequest) -> System | None:
    """The one on PostgreSQL when it is its turn."""
    return cast(System, request.getfixturevalue("system")) if request.param == "postgresql" else None


@pytest.fixture(scope="module")
def stack(on_postgresql: System | None, stack: Stack) -> Stack:
    """The whole system."""
    return on_postgresql.stack if on_postgresql else stack


@pytest.fixture(scope="module")
def gate(on_postgresql: System | None, gate: Gate) -> Gate:
    """What stands between its Keycloak and its validator."""
    return on_postgresql.gate if on_postgresql else gate


@pytest.fixture(scope="module")
def new_customer(stack: Stack) -> NewCustomer:
    """Gives a customer who has not registered in this very stack, another one at each call."""
    return newcomers(stack)
