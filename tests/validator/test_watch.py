"""The alarm over everything: counted by each worker, kept in the database, told once a window."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from customer_code_validator import cli
from customer_code_validator.limits import Alarm
from customer_code_validator.store import refusals
from customer_code_validator.store.engine import open_engine, reading
from customer_code_validator.store.tables import metadata
from customer_code_validator.watch import Watch

from tests.validator.world import HASH_KEY, World

ALARM = Alarm(most=10, window=timedelta(minutes=5))


def watch_of(world: World) -> Watch:
    """One worker's; it may be any of several."""
    return Watch(world.engine, ALARM, timedelta(days=90), world.clock)


def refuse(watch: Watch, times: int, reason: str = "code_refused") -> None:
    for _ in range(times):
        watch.note(reason)
    watch.round()


def alarms(caplog: pytest.LogCaptureFixture) -> list[int]:
    """How many refusals each alarm told of."""
    critical = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    return [vars(record)["refusals"] for record in critical]


def test_refusals_of_all_workers_together_sound_the_alarm_once_a_window(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = watch_of(world), watch_of(world)
    refuse(one, 5)
    refuse(other, 4, "too_many_tries")
    assert alarms(caplog) == []
    refuse(other, 1, "identity_mismatch")
    refuse(one, 3)
    assert alarms(caplog) == [10]
    world.clock.forward(minutes=5)
    refuse(one, 10)
    assert alarms(caplog) == [10, 10]


def test_a_restarted_worker_goes_on_counting(world: World, caplog: pytest.LogCaptureFixture) -> None:
    first = watch_of(world)
    for _ in range(9):
        first.note("no_holder")
    first.start()
    first.stop()
    refuse(watch_of(world), 1)
    assert alarms(caplog) == [10]


def test_slow_refusals_and_slips_of_the_pen_sound_no_alarm(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    watch = watch_of(world)
    for _ in range(20):
        refuse(watch, 1)
        world.clock.forward(minutes=1)
    refuse(watch, 100, "codice_fiscale_invalid")
    refuse(watch, 100, "unavailable")
    assert alarms(caplog) == []


def test_counts_that_the_database_did_not_take_are_written_later(world: World) -> None:
    watch = watch_of(world)
    metadata.tables["refusals"].drop(world.engine)
    watch.note("code_refused")
    with pytest.raises(Exception, match="refusals"):
        watch.round()
    metadata.tables["refusals"].create(world.engine)
    watch.round()
    with reading(world.engine) as connection:
        assert refusals.since(connection, world.clock.now - timedelta(minutes=1)) == {"code_refused": 1}


def test_addresses_and_old_counts_are_forgotten_by_the_service_itself(world: World) -> None:
    watch = watch_of(world)
    refuse(watch, 1)
    world.reserve()
    assert world.audit_rows()[0]["address_hash"] is not None
    world.clock.forward(days=89)
    watch.round()
    assert world.audit_rows()[0]["address_hash"] is not None
    world.clock.forward(days=2)
    watch.round()
    assert [row["address_hash"] for row in world.audit_rows()] == [None]
    with reading(world.engine) as connection:
        assert refusals.since(connection, world.clock.now - timedelta(days=365)) == {}


def test_a_command_tells_the_alarm_by_its_exit_code(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from datetime import UTC, datetime

    url = world.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CUSTOMER_CODES_DATABASE_URL", url)
    monkeypatch.setenv("CUSTOMER_CODES_HASH_KEY", HASH_KEY)
    monkeypatch.setenv("CUSTOMER_CODES_REFUSALS_ALARM", "10")
    assert cli.main(["migrate"]) == 0
    assert cli.main(["refusals"]) == 0
    assert capsys.readouterr().out == "quiet: 0 refusals in 300 s, alarm at 10\n"
    engine = open_engine(url)
    with engine.begin() as connection:
        refusals.add(connection, {"code_refused": 7, "too_many_tries": 5}, datetime.now(UTC))
    engine.dispose()
    assert cli.main(["refusals"]) == 2
    assert capsys.readouterr().out.splitlines() == [
        "code_refused       7",
        "too_many_tries     5",
        "ALARM: 12 refusals in 300 s, alarm at 10",
    ]
