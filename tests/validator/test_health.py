"""What the service says of itself: alive, ready, and the connections it holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from customer_code_validator import metrics
from customer_code_validator.app import create_app
from customer_code_validator.parts import parts_of
from customer_code_validator.settings import Settings
from werkzeug.test import Client

from tests.validator.calling import RESERVE, post, reason
from tests.validator.world import World


def test_health_needs_no_secret_and_readiness_needs_the_database(settings: Settings, tmp_path: Path) -> None:
    good = create_app(settings).test_client()
    assert (good.get("/healthz").status_code, good.get("/readyz").status_code) == (200, 200)
    assert good.get("/readyz").get_json() == {
        "status": "ready",
        "database": "up",
        "keycloak": "not configured",
    }
    elsewhere = f"sqlite:///{tmp_path / 'no-such-folder' / 'codes.sqlite3'}"
    bad = create_app(replace(settings, database_url=elsewhere)).test_client()
    assert bad.get("/healthz").status_code == 200
    unready = bad.get("/readyz")
    assert (unready.status_code, unready.get_json()["reason"]) == (503, "unavailable")
    assert (unready.get_json()["database"], unready.get_json()["keycloak"]) == ("down", "not configured")
    assert reason(post(bad, "/v1/reservations", RESERVE)) == (503, "unavailable")


def test_readiness_tells_a_keycloak_that_is_down_and_stays_ready(world: World, settings: Settings) -> None:
    app = create_app(settings, world.directory, world.clock)
    readiness = parts_of(app).readiness
    told = []
    for down in (False, True, False):
        world.directory.down = down
        told.append(app.test_client().get("/readyz").get_json()["keycloak"])
        readiness.ask_keycloak()
        answer = app.test_client().get("/readyz")
        assert answer.status_code == 200
        told.append(answer.get_json()["keycloak"])
    assert told == ["unknown", "up", "up", "down", "down", "up"]


def test_the_metrics_count_the_connections_that_are_in_use(world: World, settings: Settings) -> None:
    app = create_app(settings, world.directory, world.clock)
    page = Client(metrics.page(parts_of(app).queues))

    def in_use() -> float:
        [line] = [one for one in page.get("/").text.splitlines() if one.startswith(f"{name} ")]
        return float(line.split()[1])

    name = "customer_codes_database_connections_in_use"
    before = in_use()
    with parts_of(app).engine.connect():
        assert in_use() == before + 1
    assert in_use() == before
    parts_of(app).engine.dispose()
