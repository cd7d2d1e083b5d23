"""Whose account a code is: told for the code and its codice fiscale together, and not often."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from customer_code_validator.app import create_app
from customer_code_validator.hashing import KeyedHash
from customer_code_validator.holders import Holders
from customer_code_validator.outcomes import Holder, NoHolder, TooManyTries
from customer_code_validator.parts import parts_of
from customer_code_validator.settings import Settings, Times
from flask.testing import FlaskClient

from tests.validator.world import BIANCHI, HASH_KEY, HOME, IDENTITIES, ROSSI, UNKNOWN, World, usual_limits

ELSEWHERE = "198.51.100.1"
SECRET = "the-secret-of-today-has-40-characters..."
ASKED = {"code": ROSSI.code, "codiceFiscale": ROSSI.codice_fiscale, "address": HOME}


@pytest.fixture
def holders(world: World) -> Holders:
    """Over the world's database and clock."""
    return Holders(world.engine, usual_limits(), KeyedHash(HASH_KEY), IDENTITIES, world.clock)


@pytest.fixture
def client(world: World) -> Iterator[FlaskClient]:
    """A caller of the service."""
    settings = Settings(str(world.engine.url), (SECRET,), HASH_KEY, IDENTITIES, None, usual_limits(), Times())
    app = create_app(settings, world.directory, world.clock)
    yield app.test_client()
    parts_of(app).engine.dispose()


def test_code_and_codice_fiscale_together_name_the_user(world: World, holders: Holders) -> None:
    world.confirmed()
    untidy = f" {ROSSI.codice_fiscale.lower()[:6]} {ROSSI.codice_fiscale[6:]}"
    assert holders.find(f" {ROSSI.code} ", untidy, HOME) == Holder("user-1")


@pytest.mark.parametrize(
    ("code", "codice_fiscale"),
    [
        (ROSSI.code, BIANCHI.codice_fiscale),
        (ROSSI.code, "not one"),
        (BIANCHI.code, BIANCHI.codice_fiscale),
        (UNKNOWN, ROSSI.codice_fiscale),
        ("", ROSSI.codice_fiscale),
    ],
)
def test_all_else_names_nobody(world: World, holders: Holders, code: str, codice_fiscale: str) -> None:
    world.confirmed()
    assert holders.find(code, codice_fiscale, HOME) == NoHolder()


def test_a_claim_that_is_not_confirmed_names_nobody(world: World, holders: Holders) -> None:
    world.claimed()
    assert holders.find(ROSSI.code, ROSSI.codice_fiscale, HOME) == NoHolder()


def test_a_stranger_uses_up_nobodys_tries(world: World, holders: Holders) -> None:
    world.confirmed()
    for _ in range(5):
        assert holders.find(ROSSI.code, BIANCHI.codice_fiscale, ELSEWHERE) == NoHolder()
    assert holders.find(ROSSI.code, ROSSI.codice_fiscale, ELSEWHERE) == TooManyTries(24 * 3600, "holder")
    assert holders.find(ROSSI.code, ROSSI.codice_fiscale, HOME) == Holder("user-1")


def test_right_tries_count_as_wrong_ones_do(world: World, holders: Holders) -> None:
    world.confirmed()
    for _ in range(5):
        assert holders.find(ROSSI.code, ROSSI.codice_fiscale, HOME) == Holder("user-1")
    assert isinstance(holders.find(ROSSI.code, ROSSI.codice_fiscale, HOME), TooManyTries)


def test_asking_changes_no_claim_and_each_question_about_a_known_code_is_written_down(
    world: World, holders: Holders
) -> None:
    world.confirmed()
    before = world.history()
    holders.find(ROSSI.code, ROSSI.codice_fiscale, HOME)
    holders.find(ROSSI.code, BIANCHI.codice_fiscale, ELSEWHERE)
    holders.find(UNKNOWN, ROSSI.codice_fiscale, ELSEWHERE)
    assert world.state() == "confirmed"
    assert world.history() == [
        *before,
        ("confirmed", "confirmed", "username_told"),
        ("confirmed", "confirmed", "username_refused"),
    ]
    told, refused = world.audit_rows()[-2:]
    assert (told["user_id"], refused["user_id"]) == ("user-1", None)
    assert len({told["address_hash"], refused["address_hash"], None}) == 3


def test_the_answers_are_those_of_the_contract(world: World, client: FlaskClient) -> None:
    world.confirmed()
    bearer = {"Authorization": f"Bearer {SECRET}"}
    found = client.post("/v1/holders", json=ASKED, headers=bearer)
    assert (found.status_code, found.get_json()) == (200, {"userId": "user-1"})
    refused = client.post("/v1/holders", json={**ASKED, "code": UNKNOWN}, headers=bearer)
    assert (refused.status_code, refused.get_json()["reason"]) == (409, "no_holder")
    wrong = client.post("/v1/holders", json={**ASKED, "address": "unknown"}, headers=bearer)
    assert wrong.get_json()["errors"] == [{"field": "address", "reason": "invalid"}]
    assert client.post("/v1/holders", json=ASKED).status_code == 401
