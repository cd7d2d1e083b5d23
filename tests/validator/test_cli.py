"""The command line: what it prints, its exit codes, one line for each error."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from customer_code_validator import cli
from customer_code_validator.store import queues
from customer_code_validator.store.engine import newest_revision, open_engine
from customer_code_validator.store.tables import metadata
from sqlalchemy import inspect, text

from tests.validator.conftest import NewDatabase
from tests.validator.world import HASH_KEY, HOME, IDENTITY_KEY, ROSSI, UNKNOWN

SAMPLES = Path(__file__).parents[2] / "realm-config" / "sample-customers.csv"
SECRET = "the-secret-of-today-has-40-characters..."


@pytest.fixture
def database(new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment of the commands; the database is empty. Its address."""
    for name in list(os.environ):
        if name.startswith(("CUSTOMER_CODES_", "KEYCLOAK_")):
            monkeypatch.delenv(name)
    url = new_database()
    monkeypatch.setenv("CUSTOMER_CODES_DATABASE_URL", url)
    monkeypatch.setenv("CUSTOMER_CODES_SECRET", SECRET)
    monkeypatch.setenv("CUSTOMER_CODES_HASH_KEY", HASH_KEY)
    monkeypatch.setenv("CUSTOMER_CODES_IDENTITY_KEY", IDENTITY_KEY)
    return url


@pytest.fixture
def migrated(database: str) -> str:
    """The same, migrated and with the sample customers."""
    assert cli.main(["migrate"]) == 0
    assert cli.main(["import", str(SAMPLES)]) == 0
    return database


def error_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line on standard error of a command that fails."""
    capsys.readouterr()
    assert cli.main(arguments) == 1
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("customer-codes: ")
    return captured.err


def test_migrating_makes_the_tables_that_the_code_declares(database: str) -> None:
    """The migrations and store.tables say the same; migrating twice is harmless."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    assert cli.main(["migrate"]) == 0
    assert cli.main(["migrate"]) == 0
    engine = open_engine(database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == newest_revision()
        assert set(inspect(connection).get_table_names()) > set(metadata.tables)


def test_the_version_before_goes_on_with_the_tables_of_a_later_one(
    migrated: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One of its replicas starts again while they are replaced, or all go back to it."""
    engine = open_engine(migrated)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    capsys.readouterr()
    assert cli.main(["migrate"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "the database is of a later version already: its tables stay as they are"
    assert cli.main(["import", str(SAMPLES)]) == 0
    assert capsys.readouterr().out == "0 new, 0 changed, 12 unchanged, 0 ceased\n"
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"
    engine.dispose()


def test_what_nobody_has_foreseen_is_one_line_too_and_tells_no_data(
    migrated: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise ValueError(ROSSI.codice_fiscale)

    monkeypatch.setattr(queues, "listed", fail)
    told = error_of(capsys, "list")
    assert "ValueError at test_cli.py:" in told
    assert ROSSI.codice_fiscale not in told


def test_importing_says_what_it_did(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["migrate"]) == 0
    assert cli.main(["import", str(SAMPLES)]) == 0
    assert capsys.readouterr().out == "12 new, 0 changed, 0 unchanged, 1 ceased\n"
    assert cli.main(["import", str(SAMPLES)]) == 0
    assert capsys.readouterr().out == "0 new, 0 changed, 12 unchanged, 0 ceased\n"


def test_a_file_with_wrong_rows_is_imported_without_them_and_they_are_listed_beside_it(
    migrated: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("code,codice_fiscale,first_name,last_name\n12,x,A,B\n2000000001,50123450582,A,B\n")
    capsys.readouterr()
    assert cli.main(["import", str(bad), "--strict"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f"{bad}:2: code: not 4 to 32 letters and digits"
    assert lines[-1] == "customer-codes: nothing imported: 1 rows are wrong, and --strict was asked for"
    assert cli.main(["import", str(bad)]) == 2
    assert capsys.readouterr().out == "1 new, 0 changed, 0 unchanged, 0 ceased, 1 rejected\n"
    listed = (tmp_path / "bad.csv.rejects.csv").read_text().splitlines()
    assert listed[:2] == ["line,column,reason", "2,code,not 4 to 32 letters and digits"]
    assert cli.main(["import", str(bad), "--rejects", str(tmp_path / "no" / "folder.csv")]) == 1
    assert "see --rejects" in capsys.readouterr().err


def test_no_reject_file_is_left_where_no_row_is_wrong_and_by_a_dry_run(
    migrated: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export, rejects = tmp_path / "export.csv", tmp_path / "export.csv.rejects.csv"
    export.write_text("code,codice_fiscale\n12,x\n2000000001,50123450582\n")
    assert cli.main(["import", str(export), "--dry-run"]) == 2
    assert "dry run, nothing is written:\n1 new" in capsys.readouterr().out
    assert not rejects.exists()
    assert cli.main(["import", str(export)]) == 2
    assert rejects.exists()
    export.write_text("code,codice_fiscale\n2000000001,50123450582\n")
    assert cli.main(["import", str(export)]) == 0
    assert not rejects.exists()


def test_what_looks_like_a_damaged_export_is_refused_by_name_and_can_be_allowed(
    migrated: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = tmp_path / "export.csv"
    export.write_text("code,codice_fiscale\n2000000001,50123450582\n2000000002,501")
    capsys.readouterr()
    assert cli.main(["import", str(export)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    told = captured.err.splitlines()
    assert told[-2].startswith("customer-codes: cut-short: the file ends in the middle of its last line")
    assert told[-1] == "customer-codes: nothing imported: the file looks damaged"
    assert cli.main(["import", str(export), "--allow", "cut-short"]) == 2
    with pytest.raises(SystemExit):
        cli.main(["import", str(export), "--allow", "anything"])


def test_listing_and_showing_hide_the_codice_fiscale(
    migrated: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert cli.main(["list", "--state", "free", "--limit", "3"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"{ROSSI.code}  active  free       -"
    assert cli.main(["list", "--status", "ceased"]) == 0
    assert [line.split()[:3] for line in capsys.readouterr().out.splitlines()] == [
        ["1000234666", "ceased", "free"]
    ]
    assert cli.main(["show", "1000 234 567"]) == 0
    shown = capsys.readouterr().out
    assert "codice fiscale  kept as a hash, key " in shown
    assert ROSSI.codice_fiscale not in shown


@pytest.mark.parametrize("command", ["show", "release", "history", "unblock"])
def test_an_unknown_code_is_an_error(migrated: str, capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert "no such code in the registry" in error_of(capsys, command, UNKNOWN)


@pytest.mark.parametrize("command", [["list"], ["show", "1"], ["serve"], ["import", str(SAMPLES)]])
def test_an_unmigrated_database_says_what_to_do(
    database: str, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert "run customer-codes migrate" in error_of(capsys, *command)


def test_serving_is_refused_without_a_secret(
    migrated: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUSTOMER_CODES_SECRET")
    assert "CUSTOMER_CODES_SECRET: not set" in error_of(capsys, "serve")
    monkeypatch.setenv("CUSTOMER_CODES_SECRET", "short")
    assert "CUSTOMER_CODES_SECRET: shorter than 32 characters" in error_of(capsys, "serve")


def test_a_taken_port_is_named(migrated: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"cannot listen on port {port} of 127.0.0.1" in error_of(capsys, "serve", "--port", port)


def test_a_folder_that_is_not_there_is_one_line(
    database: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMER_CODES_DATABASE_URL", "sqlite:////no/such/folder/codes.sqlite3")
    assert "the database does not answer: unable to open" in error_of(capsys, "migrate")


def test_reconciling_without_keycloak_is_refused(migrated: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "KEYCLOAK_URL" in error_of(capsys, "reconcile")


def test_purging_without_an_account_of_its_own_is_refused(
    migrated: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """That of the service, which may not delete users, does not serve."""
    monkeypatch.setenv("KEYCLOAK_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("KEYCLOAK_REALM", "r")
    monkeypatch.setenv("KEYCLOAK_CLIENT_ID", "validator")
    monkeypatch.setenv("KEYCLOAK_CLIENT_SECRET", "secret")
    assert "KEYCLOAK_PURGE_CLIENT_SECRET" in error_of(capsys, "purge-unconfirmed")


def test_a_purge_that_keycloak_does_not_answer_says_so_and_fails(
    migrated: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEYCLOAK_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("KEYCLOAK_REALM", "r")
    monkeypatch.setenv("KEYCLOAK_PURGE_CLIENT_ID", "purge")
    monkeypatch.setenv("KEYCLOAK_PURGE_CLIENT_SECRET", "secret")
    assert cli.main(["purge-unconfirmed"]) == 1
    assert "stopped: Keycloak cannot be reached" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", ["30", "0d", "-1d", "d", "1.5d", "30 d", "99999d"])
def test_an_age_that_is_no_number_of_days_is_refused(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["purge-unconfirmed", f"--older-than={wrong}"])
    assert left.value.code == 1
    assert "not a number of days such as 30d" in capsys.readouterr().err


def test_a_wrong_argument_is_one_line_and_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["list", "--state", "lost"])
    assert left.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1


def reserve(port: int) -> requests.Response:
    return requests.post(
        f"http://127.0.0.1:{port}/v1/reservations",
        json={"code": ROSSI.code, "owner": "session-1", "address": HOME},
        headers={"Authorization": f"Bearer {SECRET}"},
        timeout=3,
    )


def wait_for(what: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Generous: the machine may be busy with other servers."""
    deadline = time.monotonic() + 30
    while not what():
        assert process.poll() is None, "the service ended by itself"
        assert time.monotonic() < deadline
        time.sleep(0.02)


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=1).ok
    except requests.RequestException:
        return False


@pytest.mark.server
def test_the_served_process_answers_reconciles_and_stops_without_a_personal_word(
    migrated: str, tmp_path: Path
) -> None:
    """gunicorn for real, two workers: its reconciler meets a Keycloak that is down, its log stays clean."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path / "log"
    impatient = {"CUSTOMER_CODES_LEASE_SECONDS": "1", "CUSTOMER_CODES_RECONCILE_SECONDS": "1"}
    keycloak = {"KEYCLOAK_URL": "http://127.0.0.1:9", "KEYCLOAK_CLIENT_SECRET": "secret"}
    names = {"KEYCLOAK_REALM": "r", "KEYCLOAK_CLIENT_ID": "validator"}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "customer_code_validator.cli", "serve", "--port", str(port)],
            stderr=stream,
            env={**os.environ, **impatient, **keycloak, **names},
        )
    try:
        wait_for(lambda: answers(port), process)
        assert reserve(port).status_code == 200
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.sendall(f"GET /v1/{ROSSI.code} NONSENSE\r\n\r\n".encode())
            raw.recv(100)
        wait_for(lambda: '"untouched"' in log.read_text(), process)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    text = log.read_text()
    assert '"route": "/v1/reservations", "status": 200' in text
    assert '"untouched": 1, "reasons": "Keycloak cannot be reached (ConnectionError)"' in text
    for canary in (ROSSI.code, HOME, SECRET, "session-1"):
        assert canary not in text
