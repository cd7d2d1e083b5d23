"""Keycloak’s database and the validator’s are restored to different moments, and made to agree again.

`make rehearse-restore` goes through every pair of moments, as does FAULT_ROUNDS above 1; otherwise the two
that are farthest apart stand for all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.faults import restoring
from tests.faults.restoring import History, Pair, Person

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
GIVEN, FREED, DECIDE = "given back to user", "freed, Keycloak lacks user", "of user"


@dataclass(frozen=True)
class Expected:
    """Of each customer that `reconcile --restored` has to speak of: what it says, and of which account.

    `deleted`: accounts that a person then deletes; `kept`: accounts that a person gives the code; `freed`:
    accounts that Keycloak lacks, whose codes were held for the deleted ones until then.
    """

    said: dict[str, tuple[str, int]]
    deleted: tuple[tuple[str, int], ...] = ()
    kept: tuple[tuple[str, int], ...] = ()
    freed: tuple[tuple[str, int], ...] = ()


#: By the moments of the accounts and of the codes; an account is named by customer and number.
ALL = {
    (0, 2): Expected(
        {
            "leaves": (DECIDE, 0),
            "returns": (DECIDE, 0),
            "doubled": (DECIDE, 0),
            "comes": (FREED, 0),
            "last": (FREED, 0),
        },
        deleted=(("leaves", 0),),
        kept=(("returns", 0), ("doubled", 0)),
    ),
    (2, 0): Expected(
        {
            "leaves": (FREED, 0),
            "returns": (GIVEN, 1),
            "doubled": (DECIDE, 1),
            "comes": (GIVEN, 0),
            "last": (GIVEN, 0),
        },
        deleted=(("doubled", 1),),
    ),
    (0, 1): Expected(
        {
            "leaves": (DECIDE, 0),
            "returns": (DECIDE, 0),
            "doubled": (DECIDE, 0),
            "visits": (FREED, 0),
            "comes": (FREED, 0),
        },
        deleted=(("leaves", 0), ("returns", 0)),
        kept=(("doubled", 0),),
        freed=(("returns", 1),),
    ),
    (1, 0): Expected(
        {
            "leaves": (FREED, 0),
            "returns": (GIVEN, 1),
            "doubled": (DECIDE, 1),
            "visits": (GIVEN, 0),
            "comes": (GIVEN, 0),
        },
        deleted=(("doubled", 1),),
    ),
    (1, 2): Expected(
        {"doubled": (DECIDE, 0), "visits": (DECIDE, 0), "last": (FREED, 0)},
        deleted=(("doubled", 0),),
        kept=(("visits", 0),),
    ),
    (2, 1): Expected(
        {"doubled": (DECIDE, 0), "visits": (FREED, 0), "last": (GIVEN, 0)},
        deleted=(("doubled", 0),),
    ),
}
MOMENTS = list(ALL) if ROUNDS > 1 else list(ALL)[:2]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """The system with both databases on PostgreSQL."""
    with restoring.running(tmp_path_factory.mktemp("pair")) as made:
        yield made


@pytest.fixture(scope="module")
def history(pair: Pair) -> History:
    """What happened between the backups."""
    return restoring.lived_through(pair)


def _person(history: History, name: str) -> Person:
    found: Person = getattr(history, name)
    return found


def _restored(pair: Pair, *decisions: str) -> tuple[set[str], list[str], int]:
    """What `reconcile --restored` says of single codes, its counts, and its exit code."""
    told = pair.stack.validator.run("reconcile", "--restored", *decisions)
    assert not told.stderr, told
    lines = told.stdout.splitlines()
    return {line for line in lines if line.startswith("code ")}, lines, told.returncode


@pytest.mark.parametrize("moments", MOMENTS, ids=lambda moments: "accounts-{}-codes-{}".format(*moments))
def test_databases_of_different_moments_agree_again_and_what_was_done_is_told(
    pair: Pair, history: History, moments: tuple[int, int]
) -> None:
    expected, validator = ALL[moments], pair.stack.validator
    pair.restore(*moments)
    before = {user["id"] for user in pair.realm.users(max="100")}
    said, lines, exit_code = _restored(pair)
    for name, (words, account) in expected.said.items():
        person = _person(history, name)
        begun = f"code {person.code}: {words} {person.accounts[account]}"
        assert [line for line in said if line.startswith(begun)], (begun, said)
    assert len(said) == len(expected.said), said
    undecided = [words for words, _ in expected.said.values()].count(DECIDE)
    assert f"codes that a person has to decide: {undecided}" in lines
    assert exit_code == 1

    kept = [(_person(history, name), number) for name, number in expected.kept]
    _restored(pair, *(f"--give={person.code}={person.accounts[number]}" for person, number in kept))
    validator.start()
    for name, number in expected.deleted:
        pair.realm.delete(_person(history, name).accounts[number])
    freed = [(_person(history, name), number) for name, number in expected.freed]
    assert _restored(pair)[0] == {
        f"code {person.code}: {FREED} {person.accounts[number]}" for person, number in freed
    }
    verified = validator.run("reconcile", "--verify")
    assert (verified.returncode, verified.stdout.splitlines()[-1]) == (
        0,
        "accounts and codes agree one to one",
    ), verified

    gone = {_person(history, name).accounts[number] for name, number in expected.deleted}
    assert {user["id"] for user in pair.realm.users(max="100")} == before - gone
    codes = [person.code for person in vars(history).values()]
    held = {code: [user["id"] for user in pair.realm.with_code(code)] for code in codes}
    assert all(len(users) <= 1 for users in held.values()), held
    assert held[history.stays.code] == list(history.stays.accounts)
    assert held[history.confirms.code] == list(history.confirms.accounts)
