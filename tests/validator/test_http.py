"""The service over HTTP: the contract's statuses, reasons and refusals."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from customer_code_validator.app import create_app
from customer_code_validator.hashing import KeyedHash
from customer_code_validator.parts import parts_of
from customer_code_validator.settings import Settings
from customer_code_validator.store import throttles
from customer_code_validator.store.throttles import Try
from flask.testing import FlaskClient

from tests.validator.calling import BEARER, PREVIOUS, RESERVE, SECRET, post, reason
from tests.validator.world import BIANCHI, HASH_KEY, HOME, ROSSI, UNKNOWN, World, usual_limits

NAMES = {"firstName": "Mario", "lastName": "Rossi"}
CHECK = {"codiceFiscale": ROSSI.codice_fiscale, **NAMES}
CLAIM = {"userId": "user-1", "codiceFiscale": ROSSI.codice_fiscale, "code": ROSSI.code}
USER = {"userId": "user-1"}


@pytest.fixture
def client(world: World, settings: Settings) -> Iterator[FlaskClient]:
    """A caller of the service; the clock and Keycloak are the world's."""
    app = create_app(settings, world.directory, world.clock)
    yield app.test_client()
    parts_of(app).engine.dispose()


def reserve(client: FlaskClient) -> str:
    return str(post(client, "/v1/reservations", RESERVE).get_json()["reservation"])


def confirm(client: FlaskClient, *claims: tuple[str, str]) -> list[str]:
    """Confirm these (reservation, user id); the users refused."""
    named = [{"reservation": reservation, "userId": user} for reservation, user in claims]
    refused: list[str] = post(client, "/v1/confirmations", {"confirmations": named}).get_json()["refused"]
    return refused


def test_a_registration_walks_through_the_contract(client: FlaskClient, world: World) -> None:
    reserved = post(client, "/v1/reservations", {**RESERVE, "code": " 1000 234567"})
    assert (reserved.status_code, reserved.get_json()["code"]) == (200, ROSSI.code)
    here = f"/v1/reservations/{reserved.get_json()['reservation']}"
    checked = post(client, f"{here}/check", {**CHECK, "codiceFiscale": "rssmra75c14h501l"})
    assert (checked.status_code, checked.get_json()) == (200, {"codiceFiscale": ROSSI.codice_fiscale})
    claimed = post(client, f"{here}/claim", CLAIM)
    assert claimed.get_json() == {"code": ROSSI.code, "codiceFiscale": ROSSI.codice_fiscale}
    told = post(client, f"{here}/claim", {**CLAIM, "email": "other@example.org"})
    assert told.get_json() == {**claimed.get_json(), "notify": ROSSI.email}
    for _ in range(2):
        assert confirm(client, (reserved.get_json()["reservation"], "user-1")) == []
    assert world.state() == "confirmed"
    for _ in range(2):
        deleted = client.delete("/v1/users/user-1/code", headers=BEARER)
        assert (deleted.status_code, deleted.get_json()) == (200, {})
    assert world.state() == "free"


def test_unknown_taken_and_ceased_codes_get_byte_identical_answers(client: FlaskClient, world: World) -> None:
    world.claimed()
    answers = [
        post(client, "/v1/reservations", {"code": code, "owner": "session-2", "address": HOME})
        for code in (ROSSI.code, UNKNOWN, "1000234666", "not-a-code")
    ]
    assert {answer.status_code for answer in answers} == {409}
    assert len({(answer.data, str(answer.headers)) for answer in answers}) == 1
    assert reason(answers[0]) == (409, "code_refused")


@pytest.mark.parametrize("take", [World.claimed, World.confirmed])
def test_unknown_and_taken_codes_cost_the_same_statements(world: World, take: Callable[[World], str]) -> None:
    from sqlalchemy import event

    take(world)
    spoken: list[str] = []
    event.listen(world.engine, "before_cursor_execute", lambda *call: spoken.append(call[2]))
    world.claims.reserve(ROSSI.code, "session-2", "203.0.113.8")
    taken = spoken[:]
    spoken.clear()
    world.claims.reserve(UNKNOWN, "session-3", "203.0.113.9")
    assert spoken == taken


def test_each_refusal_has_its_status_and_reason(client: FlaskClient, world: World) -> None:
    reservation = reserve(client)
    here = f"/v1/reservations/{reservation}"
    malformed = post(client, f"{here}/check", {**CHECK, "codiceFiscale": "X"})
    assert reason(malformed) == (409, "invalid")
    assert malformed.get_json()["errors"] == [{"field": "codiceFiscale", "reason": "codice_fiscale_invalid"}]
    mismatch = post(client, f"{here}/check", {**CHECK, "codiceFiscale": BIANCHI.codice_fiscale})
    assert mismatch.get_json()["errors"] == [{"field": "codiceFiscale", "reason": "identity_mismatch"}]
    assert reason(post(client, "/v1/reservations/nonsense/check", CHECK)) == (409, "reservation_lost")
    assert reason(post(client, "/v1/reservations/nonsense/claim", CLAIM)) == (409, "claim_refused")
    assert confirm(client, (reservation, "user-1")) == ["user-1"]
    assert post(client, "/v1/reservations/nonsense/release", USER).status_code == 200
    world.clock.forward(hours=3)
    world.directory.down = True
    other = post(client, "/v1/reservations", {**RESERVE, "owner": "session-2"})
    assert reason(other) == (503, "unavailable")


def test_too_many_tries_say_when_to_come_back(client: FlaskClient) -> None:
    for _ in range(5):
        post(client, "/v1/reservations", {**RESERVE, "code": UNKNOWN})
    response = post(client, "/v1/reservations", {**RESERVE, "code": UNKNOWN})
    assert reason(response) == (429, "too_many_tries")
    assert response.headers["Retry-After"] == "86400"


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {SECRET}x",
        f"Bearer {SECRET[:-1]}",
        f"Basic {SECRET}",
        "Bearer è",
    ],
)
@pytest.mark.parametrize("path", ["/v1/reservations", "/v1/no-such-path", "/"])
def test_a_caller_without_the_secret_is_turned_away_everywhere(
    client: FlaskClient, world: World, authorization: str | None, path: str
) -> None:
    headers = {"Authorization": authorization} if authorization is not None else {}
    response = client.post(path, json=RESERVE, headers=headers)
    assert reason(response) == (401, "unauthorized")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert world.state() == "free"


def test_the_previous_secret_is_accepted_too(client: FlaskClient) -> None:
    assert post(client, "/v1/reservations", RESERVE, Authorization=f"Bearer {PREVIOUS}").status_code == 200


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({**RESERVE, "extra": "x"}, [{"field": "extra", "reason": "unknown"}]),
        (
            {"code": "1"},
            [{"field": "owner", "reason": "required"}, {"field": "address", "reason": "required"}],
        ),
        ({**RESERVE, "code": 1000234567}, [{"field": "code", "reason": "required"}]),
        ({**RESERVE, "code": None}, [{"field": "code", "reason": "required"}]),
        ({**RESERVE, "code": "1" * 65}, [{"field": "code", "reason": "too_long"}]),
        ({**RESERVE, "code": "1\x00"}, [{"field": "code", "reason": "invalid"}]),
        ({**RESERVE, "code": "1\ud800"}, [{"field": "code", "reason": "invalid"}]),
        ({**RESERVE, "address": "unknown"}, [{"field": "address", "reason": "invalid"}]),
        ({**RESERVE, "owner": ""}, [{"field": "owner", "reason": "invalid"}]),
        ([], None),
        ("text", None),
    ],
)
def test_a_body_that_is_not_the_contracts_is_refused_by_field(
    client: FlaskClient, world: World, body: Any, errors: list[dict[str, str]] | None
) -> None:
    response = post(client, "/v1/reservations", body)
    assert reason(response) == (400, "request_invalid")
    assert response.get_json().get("errors") == errors
    assert world.state() == "free"


TWICE = b'{"code":"1000234567","code":"1000234567","owner":"o","address":"203.0.113.7"}'


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", TWICE, b"[" * 5000])
def test_what_is_no_json_object_is_refused(client: FlaskClient, raw: bytes) -> None:
    headers = {**BEARER, "Content-Type": "application/json"}
    assert reason(client.post("/v1/reservations", data=raw, headers=headers)) == (400, "request_invalid")


def test_another_content_type_is_refused(client: FlaskClient) -> None:
    response = client.post("/v1/reservations", data=json.dumps(RESERVE), headers=BEARER)
    assert reason(response) == (400, "request_invalid")


def test_a_body_beyond_the_limit_is_not_read(client: FlaskClient) -> None:
    response = post(client, "/v1/reservations", {**RESERVE, "code": "1" * 9000})
    assert reason(response) == (413, "request_invalid")


@pytest.mark.parametrize("user_id", ["", "with blank", "è", "x" * 256])
def test_a_user_id_that_cannot_be_one_is_refused(client: FlaskClient, user_id: str) -> None:
    response = post(client, "/v1/reservations/r/release", {"userId": user_id})
    assert reason(response) == (400, "request_invalid")


def test_of_several_confirmations_only_those_of_lost_claims_are_refused(
    client: FlaskClient, world: World
) -> None:
    mine, other = world.claimed(ROSSI, "user-1"), world.claimed(BIANCHI, "user-2")
    assert confirm(client, (mine, "user-1"), ("nonsense", "user-3"), (other, "user-2")) == ["user-3"]
    assert (world.state(ROSSI.code), world.state(BIANCHI.code)) == ("confirmed", "confirmed")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "confirmations"),
        ({"confirmations": []}, "confirmations"),
        ({"confirmations": [{"reservation": "r", "userId": "u"}] * 21}, "confirmations"),
        ({"confirmations": [{"reservation": "r", "userId": "u"}], "more": 1}, "confirmations"),
        ({"confirmations": ["r"]}, "confirmations[0]"),
        (
            {"confirmations": [{"reservation": "r", "userId": "u"}, {"reservation": 1}]},
            "confirmations[1].reservation",
        ),
    ],
)
def test_confirmations_that_are_not_the_contracts_name_the_place(
    client: FlaskClient, body: dict[str, Any], field: str
) -> None:
    answer = post(client, "/v1/confirmations", body)
    assert reason(answer) == (400, "request_invalid")
    assert answer.get_json()["errors"][0]["field"] == field


def test_as_many_confirmations_as_are_allowed_fit_into_the_body(client: FlaskClient) -> None:
    users = ["u" * 252 + f"{number:03d}" for number in range(20)]
    assert confirm(client, *(("r" * 64, user) for user in users)) == users


def test_unknown_paths_and_methods_are_problems_too(client: FlaskClient) -> None:
    assert reason(client.get("/v1/nothing", headers=BEARER)) == (404, "not_found")
    wrong = client.get("/v1/reservations", headers=BEARER)
    assert reason(wrong) == (405, "request_invalid")
    assert "POST" in wrong.headers["Allow"]
    assert reason(client.options("/v1/reservations", headers=BEARER)) == (405, "request_invalid")


def test_the_request_id_comes_back_if_it_is_one(client: FlaskClient) -> None:
    assert (
        post(client, "/v1/reservations", RESERVE, **{"X-Request-Id": "a-1"}).headers["X-Request-Id"] == "a-1"
    )
    assert "X-Request-Id" not in post(client, "/v1/reservations", RESERVE, **{"X-Request-Id": "a b"}).headers


def test_an_unexpected_failure_is_a_problem_without_a_trace(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(*_: object) -> None:
        raise RuntimeError(f"with {ROSSI.codice_fiscale}")

    monkeypatch.setattr("customer_code_validator.claims.Claims.reserve", explode)
    response = post(client, "/v1/reservations", RESERVE)
    assert reason(response) == (500, "unavailable")
    assert ROSSI.codice_fiscale not in caplog.text + response.text


def test_a_call_whose_turn_does_not_come_is_told_that_there_is_no_answer(
    client: FlaskClient, world: World
) -> None:
    """On SQLite any writer keeps it waiting, on PostgreSQL one that counts the same session's tries."""
    owner = Try(usual_limits().owner, KeyedHash(HASH_KEY)("owner", RESERVE["owner"]))
    with world.engine.begin() as connection:
        throttles.enter(connection, [owner], world.clock.now)
        waited = post(client, "/v1/reservations", RESERVE)
    assert reason(waited) == (503, "unavailable")
    assert world.state() == "free"


def test_logs_hold_no_personal_data(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, world: World
) -> None:
    from customer_code_validator.logs import JsonLines

    caplog.set_level(logging.INFO, "customer_codes")
    reservation = reserve(client)
    here = f"/v1/reservations/{reservation}"
    post(client, f"{here}/check", {**CHECK, "codiceFiscale": BIANCHI.codice_fiscale})
    post(client, f"{here}/check", CHECK)
    post(client, f"{here}/claim", CLAIM)
    client.delete("/v1/users/user-1/code", headers=BEARER)
    client.get(f"/v1/{ROSSI.code}", headers=BEARER)
    lines = [JsonLines().format(record) for record in caplog.records]
    assert len(lines) == 6
    assert json.loads(lines[2])["names_agree"] is True
    for canary in (
        ROSSI.code,
        ROSSI.codice_fiscale,
        BIANCHI.codice_fiscale,
        HOME,
        "Mario",
        "user-1",
        reservation,
        SECRET,
    ):
        assert canary not in "\n".join(lines)


def test_gunicorns_own_messages_are_cleaned_of_addresses_and_paths() -> None:
    from customer_code_validator.logs import JsonLines

    record = logging.makeLogRecord(
        {"msg": "Invalid request from ip=%s: /v1/users/%s/code", "args": (HOME, "user-1")}
    )
    line = JsonLines().format(record)
    assert HOME not in line
    assert "user-1" not in line
