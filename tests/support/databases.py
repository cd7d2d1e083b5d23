"""Databases of a real PostgreSQL, a new one for each test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.postgresql import PostgreSQL, running


class Databases:
    """New, empty places of one server, each with a user who sees and may change nothing else.

    They are schemas: a database takes 8 MB and a second, and a schema named as its user is found
    without more.
    """

    def __init__(self, server: PostgreSQL) -> None:
        self.server = server
        self._numbers = itertools.count(1)

    def new(self, **settings: str) -> str:
        """The address of a new one, whose user's sessions begin with these settings."""
        name = f"test_{next(self._numbers)}"
        usual = "".join(f"; ALTER ROLE {name} SET {each} = '{value}'" for each, value in settings.items())
        self.server.run(f"CREATE ROLE {name} LOGIN; CREATE SCHEMA AUTHORIZATION {name}{usual}")
        return self.server.url(name)


@contextmanager
def postgresql(log: Path) -> Iterator[Databases]:
    """A server of its own until the block ends."""
    with running(log) as server:
        yield Databases(server)
