"""Many callers at once: one winner, whatever the interleaving."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from customer_code_validator.claims import Claims
from customer_code_validator.directory import NoDirectory
from customer_code_validator.hashing import KeyedHash
from customer_code_validator.outcomes import Claimed, CodeRefused, Reserved
from customer_code_validator.settings import Times
from customer_code_validator.store.engine import open_engine

from tests.validator.world import HASH_KEY, IDENTITIES, ROSSI, UNKNOWN, World, add, usual_limits

CALLERS = 6
ROUNDS = 25


def test_of_many_sessions_that_ask_for_one_code_at_once_one_has_it_in_the_end(world: World) -> None:
    """Each may be told that it has the code and lose it to the next; only the last one's claim wins."""
    barrier = Barrier(CALLERS)

    def race(owner: str) -> object:
        barrier.wait()
        return world.claims.reserve(ROSSI.code, owner, f"203.0.113.{owner}")

    with ThreadPoolExecutor(CALLERS) as pool:
        for number in range(ROUNDS):
            owners = [f"{number % 5}{caller}" for caller in range(CALLERS)]
            # Each round has its own sessions, so that their tries do not add up.
            world.clock.forward(days=2)
            outcomes = list(pool.map(race, owners))
            told = [outcome.reservation for outcome in outcomes if isinstance(outcome, Reserved)]
            assert len(told) + outcomes.count(CodeRefused()) == CALLERS
            assert len(set(told)) == len(told)
            claims = [world.claim(one, f"user-{one}") for one in told]
            assert [isinstance(outcome, Claimed) for outcome in claims].count(True) == 1
            holder = world.record(ROSSI.code)
            assert holder.reservation in told
            world.claims.release(str(holder.reservation), str(holder.user_id))


def test_one_of_many_users_claims_a_reservation_in_every_round(world: World, told: bool) -> None:
    """The same form submitted twice at once: two users in Keycloak, of whom one may stay."""
    barrier = Barrier(CALLERS)

    def race(call: tuple[str, str]) -> object:
        barrier.wait()
        return world.claim(call[0], call[1], told=told)

    with ThreadPoolExecutor(CALLERS) as pool:
        for _ in range(ROUNDS):
            reservation = world.reserve()
            outcomes = list(pool.map(race, [(reservation, f"user-{caller}") for caller in range(CALLERS)]))
            assert sum(isinstance(outcome, Claimed) for outcome in outcomes) == 1
            holder = str(world.record(ROSSI.code).user_id)
            assert isinstance(outcomes[int(holder.removeprefix("user-"))], Claimed)
            world.claims.release(reservation, holder)


def test_parallel_guesses_never_get_past_the_throttle(world: World) -> None:
    """Twenty at once from one session: five are answered, as if they had come one by one."""
    barrier = Barrier(CALLERS)

    def guess(number: int) -> object:
        if number < CALLERS:
            barrier.wait()
        return world.claims.reserve(f"{UNKNOWN}{number}", "bot", "203.0.113.9")

    with ThreadPoolExecutor(CALLERS) as pool:
        outcomes = list(pool.map(guess, range(20)))
    assert outcomes.count(CodeRefused()) == 5


def _reserve_in_a_process(url: str, owner: str, rounds: int) -> list[bool]:
    claims = Claims(
        open_engine(url),
        usual_limits(1000, 1000),
        Times().lease,
        KeyedHash(HASH_KEY),
        IDENTITIES,
        NoDirectory(),
    )
    won = []
    for number in range(rounds):
        code = f"9{number:09d}"
        won.append(isinstance(claims.reserve(code, owner, "203.0.113.9"), Reserved))
    return won


def test_one_of_several_processes_reserves_each_code(world: World, tmp_path: Path) -> None:
    """As with gunicorn's workers: nothing is shared but the database."""
    from customer_code_validator.customers import Customer

    rounds = 60
    people = [Customer(f"9{n:09d}", ROSSI.codice_fiscale, "A", "B", "active", "") for n in range(rounds)]
    with world.engine.begin() as connection:
        add(connection, people, world.clock.now)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(3, mp_context=context) as pool:
        runs = [pool.submit(_reserve_in_a_process, str(world.engine.url), f"o{n}", rounds) for n in range(3)]
        won = [run.result() for run in runs]
    assert [sum(column) for column in zip(*won, strict=True)] == [1] * rounds


def test_a_reader_does_not_wait_for_a_writer(world: World) -> None:
    """Readiness and the help desk's list go on while an import holds the write lock."""
    with world.engine.begin():
        assert world.state() == "free"
