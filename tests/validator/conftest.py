"""Fixtures of the customer-code service's fast tests: no server, no network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.validator.world import World, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The life of a code over a new database."""
    with make_world(tmp_path / "codes.sqlite3") as made:
        yield made
