"""Throttles hold over workers, replicas and restarts: two real replicas of two workers on one database."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import requests

from tests.support.databases import Databases
from tests.support.replicas import Replicas, replicas
from tests.validator.world import BIANCHI, ROSSI, UNKNOWN

pytestmark = pytest.mark.server


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    """Two replicas."""
    folder = tmp_path_factory.mktemp("replicas")
    with replicas(folder, _new_database(request, folder)) as running:
        yield running


def _new_database(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "postgresql":
        return cast(Databases, request.getfixturevalue("databases")).new()
    return f"sqlite:///{folder / 'codes.sqlite3'}"


def reasons(answers: list[requests.Response]) -> list[str]:
    return [str(answer.json().get("reason", "ok")) for answer in answers]


def session() -> str:
    return secrets.token_hex(8)


def some_address() -> str:
    """Each test has an address of its own: they share the replicas."""
    return f"10.{secrets.randbelow(250)}.{secrets.randbelow(250)}.{1 + secrets.randbelow(250)}"


def test_of_one_session_five_wrong_codes_are_answered_and_no_restart_gives_more(pair: Replicas) -> None:
    owner = session()
    answers = [pair.reserve(f"{UNKNOWN}{number}", owner, some_address()) for number in range(8)]
    assert reasons(answers) == ["code_refused"] * 5 + ["too_many_tries"] * 3
    pair.restart()
    again = [pair.reserve(f"{UNKNOWN}9{number}", owner, some_address()) for number in range(4)]
    assert reasons(again) == ["too_many_tries"] * 4
    assert 0 < int(again[0].headers["Retry-After"]) <= 24 * 3600


def test_of_one_address_ten_wrong_codes_an_hour_are_answered_and_no_restart_gives_more(
    pair: Replicas,
) -> None:
    """IPv6: the whole /64 is one address, its neighbour another."""
    network = f"2001:db8:{secrets.randbelow(65_000):x}:7"
    answers = [
        pair.reserve(f"{UNKNOWN}{number}", session(), f"{network}:{number:x}::1") for number in range(14)
    ]
    assert reasons(answers) == ["code_refused"] * 10 + ["too_many_tries"] * 4
    pair.restart()
    again = [pair.reserve(f"{UNKNOWN}9{number}", session(), f"{network}::{number:x}") for number in range(4)]
    assert reasons(again) == ["too_many_tries"] * 4
    assert 0 < int(again[0].headers["Retry-After"]) <= 3600
    assert reasons([pair.reserve(UNKNOWN, session(), f"{network[:-1]}8::1")]) == ["code_refused"]


def test_of_one_code_five_mismatches_a_day_are_answered_until_the_help_desk_forgets_them(
    pair: Replicas,
) -> None:
    """The right codice fiscale is refused too, or the throttle would tell it. The form stays as it is."""
    reservation = pair.reserve(ROSSI.code, session(), some_address()).json()["reservation"]
    answers = [pair.check(reservation, BIANCHI.codice_fiscale) for _ in range(7)]
    assert reasons(answers) == ["invalid"] * 5 + ["too_many_tries"] * 2
    pair.restart()
    assert (
        reasons([pair.check(reservation, ROSSI.codice_fiscale) for _ in range(4)]) == ["too_many_tries"] * 4
    )
    assert "blocked until" in pair.members[0].command("show", ROSSI.code)
    assert pair.members[0].command("unblock", ROSSI.code) == "wrong tries forgotten\n"
    assert reasons([pair.check(reservation, ROSSI.codice_fiscale)]) == ["ok"]
    assert "unblocked" in pair.members[0].command("history", ROSSI.code)


def test_the_help_desk_forgets_the_wrong_codes_of_an_address(pair: Replicas) -> None:
    address = some_address()
    for number in range(10):
        pair.reserve(f"{UNKNOWN}{number}", session(), address)
    assert reasons([pair.reserve(UNKNOWN, session(), address)]) == ["too_many_tries"]
    assert pair.members[1].command("unblock", "--address", address) == "wrong tries forgotten\n"
    assert pair.members[1].command("unblock", "--address", address) == "there were no wrong tries\n"
    assert reasons([pair.reserve(UNKNOWN, session(), address)]) == ["code_refused"]


def test_five_questions_a_day_for_a_username_by_one_code_are_answered(pair: Replicas) -> None:
    asked = {"code": BIANCHI.code, "codiceFiscale": ROSSI.codice_fiscale, "address": some_address()}
    assert (
        reasons([pair.post("/holders", asked) for _ in range(7)])
        == ["no_holder"] * 5 + ["too_many_tries"] * 2
    )
    pair.restart()
    assert reasons([pair.post("/holders", asked)]) == ["too_many_tries"]
