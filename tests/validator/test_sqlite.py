"""What SQLite does not do by itself: writers wait for each other, and in something like a queue."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from customer_code_validator.store.engine import open_engine
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

A_MOMENT = 0.003
WAITED = 0.5
"""Seconds after which SQLite's own waiting would look every 100 ms only."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Of a new database; its writers wait ten seconds."""
    opened = open_engine(f"sqlite:///{tmp_path / 'codes.sqlite3'}", busy_seconds=10)
    yield opened
    opened.dispose()


def test_a_writer_has_its_turn_when_the_other_one_has_ended(engine: Engine) -> None:
    with closing(engine.connect()) as other:
        writing = other.begin()
        Timer(0.3, writing.rollback).start()
        with engine.begin():
            assert not writing.is_active


def test_a_writer_gives_up_when_it_has_waited_as_long_as_it_may(engine: Engine) -> None:
    impatient = open_engine(str(engine.url), busy_seconds=0.2)
    began = time.monotonic()
    with engine.begin(), pytest.raises(OperationalError, match="database is locked"), impatient.begin():
        pass
    assert time.monotonic() - began >= 0.2
    impatient.dispose()


def test_who_has_waited_long_comes_before_most_of_those_who_come_now(engine: Engine) -> None:
    with ThreadPoolExecutor(1) as pool, closing(engine.connect()) as newcomer:
        passed = [_passed_by_while_waiting(pool, engine, newcomer) for _ in range(6)]
    assert max(passed) <= 10


def test_of_several_threads_that_write_without_a_pause_none_is_passed_by_for_long(engine: Engine) -> None:
    written = text("INSERT INTO written VALUES (1)")
    ended = 0
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE written (one INTEGER)"))

    def most_that_came_between() -> int:
        nonlocal ended
        most = 0
        for _ in range(400):
            before = ended
            with engine.begin() as connection:
                most = max(most, ended - before)
                connection.execute(written)
                ended += 1
        return most

    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(most_that_came_between) for _ in range(6)]
        assert max(one.result() for one in asked) <= 100


def _passed_by_while_waiting(pool: ThreadPoolExecutor, engine: Engine, newcomer: Connection) -> int:
    """How many short transactions, each a moment after the other, come before one who has long waited."""

    def write() -> None:
        with engine.begin():
            pass

    with newcomer.begin():
        waiting = pool.submit(write)
        time.sleep(WAITED)
    passed = 0
    time.sleep(A_MOMENT)
    while not waiting.done():
        with newcomer.begin():
            time.sleep(0.001)
        passed += 1
        time.sleep(A_MOMENT)
    waiting.result()
    return passed
