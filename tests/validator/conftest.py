"""Fixtures of the customer-code service's tests: each store that the service runs on, no network.

A test that takes `world` (or `new_database`) runs on each of them. SQLite needs no server; what runs on
PostgreSQL is marked `server`, and the fast ring leaves it out.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from customer_code_validator.settings import Settings, Times

from tests.support.databases import Databases
from tests.validator.calling import PREVIOUS, SECRET
from tests.validator.world import HASH_KEY, IDENTITIES, World, make_world, usual_limits

NewDatabase = Callable[[], str]
_UNUSUAL = {
    "default_transaction_isolation": "serializable",
    "datestyle": "SQL, DMY",
    "timezone": "Pacific/Auckland",
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> NewDatabase:
    """Gives the address of a new, empty database at each call; PostgreSQL's are not set as the service needs
    them, which it sees to itself."""
    if request.param == "postgresql":
        return partial(cast(Databases, request.getfixturevalue("databases")).new, **_UNUSUAL)
    numbers = itertools.count(1)
    return lambda: f"sqlite:///{tmp_path / f'codes-{next(numbers)}.sqlite3'}"


@pytest.fixture
def world(new_database: NewDatabase) -> Iterator[World]:
    """The life of a code over a new database."""
    with make_world(new_database()) as made:
        yield made


@pytest.fixture(params=["the code is told", "the code is not told"])
def told(request: pytest.FixtureRequest) -> bool:
    """Whether who claims tells the reservation's code, as Keycloak does since it knows it."""
    return str(request.param) == "the code is told"


@pytest.fixture
def settings(world: World) -> Settings:
    """Settings over the world's database."""
    return Settings(
        str(world.engine.url), (SECRET, PREVIOUS), HASH_KEY, IDENTITIES, None, usual_limits(), Times()
    )
