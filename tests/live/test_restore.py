"""A backup older than Keycloak's accounts is restored: reconciliation gives each account its code again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from stack.local import Stack
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm, eventually, holder, state
from tests.support.registration import CODE_REFUSED, Registrant


def back_up(database: Path, backup: Path) -> None:
    """What `sqlite3 DATABASE "VACUUM INTO 'BACKUP'"` does, while the service goes on."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM INTO ?", (str(backup),))


def restore(stack: Stack, backup: Path) -> None:
    """The service is stopped meanwhile; SQLite's side files belong to the database that goes."""
    stack.validator.stop()
    for aside in ("", "-wal", "-shm"):
        Path(f"{stack.validator.database}{aside}").unlink(missing_ok=True)
    backup.rename(stack.validator.database)


def test_who_registered_after_the_backup_has_the_code_again(
    stack: Stack, new_customer: NewCustomer, tmp_path: Path
) -> None:
    early, late = Registrant(stack, new_customer()), Registrant(stack, new_customer())
    early.register()
    eventually(lambda: state(stack, early.customer.code), "confirmed")
    back_up(stack.validator.database, tmp_path / "backup.sqlite3")
    late.register()
    eventually(lambda: state(stack, late.customer.code), "confirmed")
    user = Realm(stack).user(late.username)
    assert user is not None

    restore(stack, tmp_path / "backup.sqlite3")
    try:
        assert state(stack, late.customer.code) == "free"
        healed = stack.validator.run("reconcile", "--restored")
    finally:
        stack.validator.start()
    assert "codes given back to their accounts: 1" in healed.stdout, healed
    assert holder(stack, late.customer.code) == user["id"]
    assert state(stack, early.customer.code) == "confirmed"
    assert Registrant(stack, late.customer).send_code().says(CODE_REFUSED)
    assert "restored" in stack.validator.command("history", late.customer.code)
    again = stack.validator.run("reconcile", "--restored")
    assert "codes given back to their accounts: 0" in again.stdout, again
