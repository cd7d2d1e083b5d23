"""Deletion takes the person out, and leaves what happened to the code."""

from __future__ import annotations

import pytest
from customer_code_validator import helpdesk
from customer_code_validator.hashing import KeyedHash
from customer_code_validator.holders import Holders
from customer_code_validator.store import codes
from customer_code_validator.store.engine import reading

from tests.validator.world import BIANCHI, HASH_KEY, IDENTITIES, ROSSI, UNKNOWN, World, usual_limits


def test_a_deleted_user_is_in_no_line_of_the_audit_and_every_line_stays(world: World) -> None:
    world.reserve(owner="stranger", address="198.51.100.1")
    reservation = world.confirmed()
    Holders(world.engine, usual_limits(), KeyedHash(HASH_KEY), IDENTITIES, world.clock).find(
        ROSSI.code, ROSSI.codice_fiscale, "203.0.113.7"
    )
    world.claims.user_deleted("user-1")
    assert [event[2] for event in world.history()] == [
        "reserved",
        "taken_over",
        "claimed",
        "confirmed",
        "username_told",
        "user_deleted",
    ]
    stranger, *theirs = world.audit_rows()
    for row in theirs:
        assert (row["user_id"], row["reservation"], row["address_hash"]) == (None, None, None)
    assert stranger["address_hash"] is not None
    assert reservation not in str(world.audit_rows())


def test_another_users_lines_stay_as_they_are(world: World) -> None:
    world.confirmed()
    world.confirmed(BIANCHI, "user-2", "session-2")
    world.claims.user_deleted("user-1")
    assert [row["user_id"] for row in world.audit_rows() if row["code"] == BIANCHI.code] == [
        None,
        "user-2",
        "user-2",
    ]


def test_a_forgotten_customer_leaves_only_what_happened_to_the_code(world: World) -> None:
    hashed = KeyedHash(HASH_KEY)
    world.confirmed()
    with pytest.raises(helpdesk.RefusedError, match="confirmed, not free: delete the account"):
        helpdesk.forget(world.engine, hashed, ROSSI.code, world.clock.now)
    world.claims.user_deleted("user-1")
    world.directory.users.clear()
    world.reserve()
    world.claims.check(world.reserve(), BIANCHI.codice_fiscale, ("", ""))
    world.clock.forward(hours=3)
    world.reconciler.run(world.clock.now)
    helpdesk.forget(world.engine, hashed, f" {ROSSI.code} ", world.clock.now)
    with reading(world.engine) as connection:
        assert codes.by_code(connection, ROSSI.code) is None
    assert world.history()[-1] == ("free", "free", "forgotten")
    assert len(world.history()) > 5
    for row in world.audit_rows():
        assert (row["user_id"], row["reservation"], row["address_hash"]) == (None, None, None)
    with pytest.raises(helpdesk.RefusedError, match="no such code"):
        helpdesk.forget(world.engine, hashed, UNKNOWN, world.clock.now)
