"""What the help desk does with a code, and what it is told of one."""

from __future__ import annotations

import pytest
from customer_code_validator import helpdesk
from customer_code_validator.hashing import KeyedHash
from customer_code_validator.outcomes import Checked

from tests.validator.world import HASH_KEY, HOME, ROSSI, World


def test_the_help_desk_frees_a_code_whose_user_is_gone(world: World) -> None:
    world.confirmed()
    hashed = KeyedHash(HASH_KEY)
    with pytest.raises(helpdesk.RefusedError, match="still has its user user-1"):
        helpdesk.release(world.engine, world.directory, hashed, ROSSI.code, world.clock.now)
    world.directory.down = True
    with pytest.raises(helpdesk.RefusedError, match="Keycloak is down"):
        helpdesk.release(world.engine, world.directory, hashed, ROSSI.code, world.clock.now)
    world.directory.down = False
    world.directory.users.clear()
    assert (
        helpdesk.release(world.engine, world.directory, hashed, ROSSI.code, world.clock.now).was
        == "confirmed"
    )
    assert world.history()[-1] == ("confirmed", "free", "help_desk")


def test_the_help_desk_may_insist_against_keycloak(world: World) -> None:
    world.confirmed()
    helpdesk.release(
        world.engine, world.directory, KeyedHash(HASH_KEY), ROSSI.code, world.clock.now, force=True
    )
    assert world.history()[-1] == ("confirmed", "free", "forced")


def test_the_help_desk_opens_a_code_shut_by_wrong_tries(world: World) -> None:
    """The lawful owner still has a way while the code is in its cool-down."""
    reservation = world.reserve(owner="attacker")
    for _ in range(5):
        world.claims.check(reservation, "BNCGLI88L62F205X", ("", ""))
    helpdesk.release(world.engine, world.directory, KeyedHash(HASH_KEY), ROSSI.code, world.clock.now)
    mine = world.reserve(owner="owner")
    assert isinstance(world.claims.check(mine, ROSSI.codice_fiscale, ("", "")), Checked)


def test_history_tells_every_event_and_which_came_from_one_address(
    world: World,
) -> None:
    reservation = world.reserve()
    world.claims.check(reservation, "BNCGLI88L62F205X", ("", ""))
    world.reserve(owner="session-2")
    lines = list(helpdesk.trail(world.engine, f" {ROSSI.code[:4]} {ROSSI.code[4:]}"))
    assert [line.split("  ")[1:3] for line in lines] == [
        ["free -> reserved", "reserved"],
        ["reserved -> reserved", "identity_mismatch"],
        ["reserved -> reserved", "taken_over"],
    ]
    assert {line.split("  ")[0] for line in lines} == {f"{world.clock.now:%Y-%m-%d %H:%M:%S}"}
    assert lines[0].split("from ")[1] == lines[2].split("from ")[1]
    assert not any(HOME in line for line in lines)
