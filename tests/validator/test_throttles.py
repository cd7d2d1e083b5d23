"""Too many tries: counted where they are wrong, given back where they are right, kept in the database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

from customer_code_validator.hashing import KeyedHash
from customer_code_validator.outcomes import (
    Checked,
    ClaimRefused,
    CodeRefused,
    Done,
    Rejected,
    Reserved,
    TooManyTries,
)
from customer_code_validator.store import throttles
from customer_code_validator.store.engine import open_engine
from customer_code_validator.store.tables import throttles as table
from customer_code_validator.store.throttles import Try
from sqlalchemy import event, func, select

from tests.validator.world import BIANCHI, HASH_KEY, HOME, ROSSI, UNKNOWN, World, usual_limits

NAMES = ("Mario", "Rossi")


def guess(world: World, times: int, owner: str = "bot", address: str = HOME) -> list[object]:
    return [world.claims.reserve(f"{UNKNOWN}{count}", owner, address) for count in range(times)]


def test_the_sixth_wrong_code_of_a_session_is_too_many(world: World) -> None:
    outcomes = guess(world, 6)
    assert outcomes[:5] == [CodeRefused()] * 5
    assert outcomes[5] == TooManyTries(24 * 3600, "owner")


def test_after_too_many_tries_the_right_code_tells_nothing_either(world: World) -> None:
    guess(world, 5)
    assert isinstance(world.claims.reserve(ROSSI.code, "bot", HOME), TooManyTries)
    assert world.state() == "free"


def test_an_address_has_ten_wrong_codes_an_hour_over_all_its_sessions(world: World) -> None:
    for count in range(10):
        assert guess(world, 1, owner=f"bot-{count}") == [CodeRefused()]
    assert isinstance(guess(world, 1, owner="bot-11")[0], TooManyTries)
    world.clock.forward(minutes=61)
    assert guess(world, 1, owner="bot-11") == [CodeRefused()]


def test_right_codes_cost_nothing(world: World) -> None:
    for count in range(30):
        reservation = world.reserve(owner=f"session-{count}")
        world.claim(reservation)
        world.claims.release(reservation, "user-1")


def test_taking_a_code_over_costs_a_try_though_it_is_right(world: World) -> None:
    """Who knows a code cannot push its owner out of the form again and again."""
    for _ in range(5):
        world.reserve(owner="owner", address="198.51.100.1")
        world.reserve(owner="stranger")
    assert isinstance(world.claims.reserve(ROSSI.code, "stranger", HOME), Reserved)  # still its own
    world.reserve(owner="another device", address="198.51.100.2")
    assert isinstance(world.claims.reserve(ROSSI.code, "stranger", HOME), TooManyTries)


def test_an_empty_code_costs_nothing(world: World) -> None:
    for _ in range(30):
        assert world.claims.reserve("  ", "session-1", HOME) == CodeRefused()
    world.reserve()


def test_a_session_that_holds_its_code_is_not_shut_out_by_its_neighbours(world: World) -> None:
    reservation = world.reserve()
    for count in range(10):
        guess(world, 1, owner=f"bot-{count}")
    assert world.claims.reserve(ROSSI.code, "session-1", HOME) == Reserved(reservation, ROSSI.code)


def test_a_denial_at_the_address_takes_no_place_of_the_session(world: World) -> None:
    for count in range(10):
        guess(world, 1, owner=f"bot-{count}")
    guess(world, 20, owner="honest")
    assert guess(world, 5, owner="honest", address="198.51.100.1") == [CodeRefused()] * 5


def test_no_answer_from_keycloak_costs_no_try(world: World) -> None:
    world.reserve(owner="session-1")
    world.clock.forward(hours=3)
    world.directory.down = True
    for _ in range(10):
        world.claims.reserve(ROSSI.code, "session-2", HOME)
    world.directory.down = False
    world.reserve(owner="session-2")


def test_the_sixth_identity_mismatch_of_a_code_shuts_it_for_a_day_even_for_the_right_one(
    world: World, told: bool
) -> None:
    reservation = world.reserve()
    for _ in range(5):
        assert isinstance(world.claims.check(reservation, BIANCHI.codice_fiscale, NAMES), Rejected)
    assert isinstance(world.claims.check(reservation, ROSSI.codice_fiscale, NAMES), TooManyTries)
    assert world.claim(reservation, told=told) == ClaimRefused()
    world.clock.forward(hours=24, seconds=1)
    assert isinstance(world.claims.check(reservation, ROSSI.codice_fiscale, NAMES), Checked)


def test_malformed_codici_fiscali_and_right_ones_are_no_mismatches(world: World) -> None:
    reservation = world.reserve()
    for _ in range(10):
        world.claims.check(reservation, "RSSMRA", NAMES)
        world.claims.check(reservation, ROSSI.codice_fiscale, NAMES)
    assert isinstance(world.claims.check(reservation, ROSSI.codice_fiscale, NAMES), Checked)


def test_mismatches_at_the_claim_count_too(world: World, told: bool) -> None:
    reservation = world.reserve()
    for _ in range(5):
        world.claim(reservation, typed=BIANCHI.codice_fiscale, told=told)
    assert isinstance(world.claims.check(reservation, ROSSI.codice_fiscale, NAMES), TooManyTries)


def test_a_claim_in_the_cool_down_costs_the_same_statements_whatever_the_codice_fiscale(
    world: World, told: bool
) -> None:
    reservation = world.reserve()
    for _ in range(5):
        world.claims.check(reservation, BIANCHI.codice_fiscale, NAMES)
    spoken = statements(world)
    world.claim(reservation, typed=BIANCHI.codice_fiscale, told=told)
    wrong = spoken[:]
    spoken.clear()
    world.claim(reservation, told=told)
    assert spoken == wrong


def test_who_has_not_erred_reserves_claims_and_confirms_in_a_statement_each(world: World) -> None:
    """SQLite writes each one's audit row in one more."""
    spoken = statements(world)
    reservation = world.reserve()
    world.claim(reservation)
    assert world.claims.confirm(reservation, "user-1") == Done(changed=True)
    assert len(spoken) == (3 if world.engine.dialect.name == "postgresql" else 6)


def test_a_right_code_that_has_waited_for_wrong_ones_is_one_too_many(world: World) -> None:
    wrong = Try(usual_limits().owner, KeyedHash(HASH_KEY)("owner", "session-1"))
    assert while_counted(
        world, wrong, lambda: world.claims.reserve(ROSSI.code, "session-1", HOME)
    ) == TooManyTries(24 * 3600, "owner")
    assert world.state() == "free"


def test_a_right_codice_fiscale_that_has_waited_for_wrong_ones_is_one_too_many(
    world: World, told: bool
) -> None:
    reservation = world.reserve()
    wrong = Try(usual_limits().identity, KeyedHash(HASH_KEY)("identity", ROSSI.code))
    claimed = while_counted(world, wrong, lambda: world.claim(reservation, told=told))
    assert claimed == ClaimRefused()
    world.clock.forward(days=2)
    checked = while_counted(
        world, wrong, lambda: world.claims.check(reservation, ROSSI.codice_fiscale, NAMES)
    )
    assert isinstance(checked, TooManyTries)


def while_counted(world: World, wrong: Try, call: Callable[[], object]) -> object:
    """What the call answers that has come while somebody else's five wrong tries are being counted."""
    with ThreadPoolExecutor(1) as pool:
        with world.engine.begin() as connection:
            throttles.enter(connection, [wrong], world.clock.now)
            answer = pool.submit(call)
            wait([answer], timeout=0.3)
            assert not answer.done(), "it did not wait its turn"
            for _ in range(5):
                throttles.count(connection, [wrong], world.clock.now)
        return answer.result()


def statements(world: World) -> list[str]:
    """All that is told to the database from now on."""
    spoken: list[str] = []
    event.listen(world.engine, "before_cursor_execute", lambda *call: spoken.append(call[2]))
    return spoken


def test_throttles_hold_over_a_restart(world: World) -> None:
    guess(world, 5)
    world.claims._engine = open_engine(str(world.engine.url))
    assert isinstance(guess(world, 1)[0], TooManyTries)


def test_no_session_id_nor_address_is_stored_in_the_clear(world: World) -> None:
    guess(world, 1, owner="session-in-the-clear")
    with world.engine.connect() as connection:
        stored = str(connection.execute(select(table)).all())
    assert "session-in-the-clear" not in stored
    assert HOME not in stored


def test_keys_are_forgotten_once_their_windows_are_over(world: World) -> None:
    guess(world, 3)
    with world.engine.begin() as connection:
        throttles.purge(connection, world.clock.now + timedelta(minutes=61))
        assert connection.scalar(select(func.count()).select_from(table)) == 1
        throttles.purge(connection, world.clock.now + timedelta(hours=25))
        assert connection.scalar(select(func.count()).select_from(table)) == 0
