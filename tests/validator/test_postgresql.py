"""What only a database server can do to the service: start together with others, go away and come back."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from customer_code_validator import cli
from customer_code_validator.app import create_app
from customer_code_validator.settings import Settings, Times
from customer_code_validator.store import bulk
from customer_code_validator.store.engine import migrate, open_engine, reading, require_migrated
from customer_code_validator.store.staging import rows, temporary
from sqlalchemy import Engine, Row, func, make_url, select, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError

from stack.ports import free_port
from tests.support.databases import Databases
from tests.support.realm import eventually
from tests.validator.test_registry import HEADER, load, many
from tests.validator.world import HASH_KEY, IDENTITIES, ROSSI, add, make_world, usual_limits

pytestmark = pytest.mark.server

SECRET = "s" * 32
RESERVE = {"code": ROSSI.code, "owner": "session-1", "address": "203.0.113.7"}


def _migrate_with_the_others(url: str, barrier: Barrier) -> None:
    barrier.wait()
    migrate(url)


def test_of_replicas_that_start_at_once_one_migrates_and_the_others_find_it_done(
    databases: Databases,
) -> None:
    url, spawn = databases.new(), multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(3)
    replicas = [spawn.Process(target=_migrate_with_the_others, args=(url, barrier)) for _ in range(3)]
    for replica in replicas:
        replica.start()
    for replica in replicas:
        replica.join()
    assert [replica.exitcode for replica in replicas] == [0, 0, 0]
    engine = open_engine(url)
    require_migrated(engine)
    engine.dispose()


def test_a_changed_customer_stays_in_its_page_so_that_no_index_is_written(
    databases: Databases, tmp_path: Path
) -> None:
    pages = text("SELECT code, (ctid::text::point)[0] AS page FROM customer_codes ORDER BY code")

    def page_of_each() -> Sequence[Row[Any]]:
        with reading(world.engine) as connection:
            return connection.execute(pages).all()

    with make_world(databases.new()) as world:
        load(world, tmp_path, HEADER + many(300))
        before = page_of_each()
        changed = many(300).splitlines(keepends=True)
        changed[::100] = [row.replace("A,B", "A,C") for row in changed[::100]]
        assert load(world, tmp_path, HEADER + "".join(changed)).counts == (0, 3, 0, 0)
        assert page_of_each() == before
        assert len({row.page for row in before}) > 3


def test_what_the_address_says_of_a_session_is_heeded(databases: Databases) -> None:
    address = make_url(databases.new()).update_query_dict({"options": "-c work_mem=5MB"})
    engine = open_engine(address.render_as_string(hide_password=False))
    with engine.connect() as connection:
        assert connection.execute(text("SHOW work_mem")).scalar_one() == "5MB"
    engine.dispose()


def test_of_several_servers_the_one_that_takes_writes_is_asked(databases: Databases) -> None:
    """Beside one that is away; and where all that answer only read, as a standby does, none is."""

    def opened(url: str) -> Engine:
        one = make_url(url)
        hosts = [f"{one.host}:{port}" for port in (free_port(), one.port)]
        several = one.set(host="", port=0, query={"host": hosts, "target_session_attrs": "read-write"})
        return open_engine(several.render_as_string(hide_password=False))

    with opened(databases.new()).connect() as connection:
        assert connection.execute(text("SHOW transaction_read_only")).scalar_one() == "off"
    with pytest.raises(OperationalError), opened(databases.new(default_transaction_read_only="on")).connect():
        pass


def test_a_role_without_the_rights_is_told_so(
    databases: Databases, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CUSTOMER_CODES_DATABASE_URL", databases.new(search_path="public"))
    assert cli.main(["migrate"]) == 1
    told = "customer-codes: the database refuses: permission denied for schema public\n"
    assert capsys.readouterr().err == told


def test_an_import_takes_its_time_whatever_the_server_allows_a_statement(
    databases: Databases, tmp_path: Path
) -> None:
    with make_world(databases.new()) as world:
        with world.engine.begin() as connection:
            connection.execute(text("ALTER ROLE CURRENT_USER SET statement_timeout = 25"))
        world.engine.dispose()
        assert load(world, tmp_path, HEADER + many(20_000)).counts == (20_000, 0, 0, 0)


def test_what_fails_in_the_drivers_own_calls_is_an_error_of_the_database(databases: Databases) -> None:
    nothing_such = select(func.chr(0))
    with make_world(databases.new()) as world, world.engine.connect() as connection:
        with pytest.raises(DataError), connection.begin():
            temporary.create_all(connection)
            bulk.load(connection, rows, ["a row of one cell\n"])
        with pytest.raises(DBAPIError), connection.begin():
            list(bulk.streamed(connection, nothing_such, 10))


def test_its_log_tells_that_a_row_was_refused_and_not_whose(databases: Databases) -> None:
    canary = ROSSI._replace(code="1000777888")
    with (
        make_world(databases.new(), customers=(canary,)) as world,
        pytest.raises(IntegrityError),
        world.engine.begin() as connection,
    ):
        add(connection, [canary], world.clock.now)
    refused = "duplicate key value violates unique constraint"
    eventually(lambda: refused in databases.server.log.read_text(encoding="utf-8"), True)
    assert canary.code not in databases.server.log.read_text(encoding="utf-8")


def test_a_database_that_was_away_is_answered_for_in_words_and_missed_no_longer_once_it_is_back(
    databases: Databases,
) -> None:
    url = databases.new()
    with make_world(url):
        client = create_app(
            Settings(url, (SECRET,), HASH_KEY, IDENTITIES, None, usual_limits(), Times())
        ).test_client()

        def reserve() -> int:
            bearer = {"Authorization": f"Bearer {SECRET}"}
            return client.post("/v1/reservations", json=RESERVE, headers=bearer).status_code

        assert reserve() == 200
        databases.server.crash()
        try:
            assert reserve() == 503
            assert client.get("/readyz").status_code == 503
            assert client.get("/healthz").status_code == 200
        finally:
            databases.server.start()
        assert reserve() == 200
        databases.server.crash()
        databases.server.start()
        assert reserve() == 200, "a connection from before the restart was used"
