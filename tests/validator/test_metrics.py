"""What Prometheus reads, and from where: one real service of two workers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import requests

from tests.support.databases import Databases
from tests.support.replicas import HASH_KEY, Replicas, bearer, replicas
from tests.validator.world import BIANCHI, HOME, ROSSI, UNKNOWN

pytestmark = pytest.mark.server


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    """One service on each store, to which a few things have happened."""
    folder = tmp_path_factory.mktemp("metrics")
    url = f"sqlite:///{folder / 'codes.sqlite3'}"
    if request.param == "postgresql":
        url = cast(Databases, request.getfixturevalue("databases")).new()
    with replicas(folder, url, count=1, CUSTOMER_CODES_REFUSALS_ALARM="3") as running:
        for number in range(12):
            running.reserve(f"{UNKNOWN}{number}", "session-bot", "203.0.113.66")
        rossi = running.reserve(ROSSI.code, "session-1", HOME).json()["reservation"]
        running.check(rossi, BIANCHI.codice_fiscale)
        claim = {"userId": "user-canary", "codiceFiscale": ROSSI.codice_fiscale}
        assert running.post(f"/reservations/{rossi}/claim", claim).ok
        requests.request("NONSENSE", f"{running.members[0].url}/v1/{ROSSI.code}", headers=bearer(), timeout=5)
        yield running


def scrape(served: Replicas) -> str:
    answer = requests.get(served.members[0].metrics_url, timeout=10)
    assert answer.status_code == 200
    return answer.text


def value(text: str, name: str, **labels: str) -> float:
    """Of one series; 0 where there is none."""
    wanted = "".join(rf"(?=[^}}]*\b{label}=\"{re.escape(text)}\")" for label, text in labels.items())
    found = re.search(rf"^{name}(?:\{{{wanted}[^}}]*\}})? (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_answers_are_counted_by_outcome_over_all_workers(served: Replicas) -> None:
    text = scrape(served)
    requests_of = {
        reason: value(
            text, "customer_codes_requests_total", route="/v1/reservations", status=status, reason=reason
        )
        for status, reason in (("200", ""), ("409", "code_refused"), ("429", "too_many_tries"))
    }
    assert requests_of == {"": 1, "code_refused": 5, "too_many_tries": 7}
    assert value(text, "customer_codes_throttled_total", throttle="owner") == 7
    check = {"route": "/v1/reservations/<reservation>/check", "reason": "identity_mismatch"}
    assert value(text, "customer_codes_requests_total", **check) == 1
    assert value(text, "customer_codes_requests_total", route="none", method="other") == 1


def test_latencies_are_a_histogram_of_each_route(served: Replicas) -> None:
    text = scrape(served)
    buckets = {"le": "+Inf", "route": "/v1/reservations"}
    assert value(text, "customer_codes_request_seconds_bucket", **buckets) == 13
    assert 0 < value(text, "customer_codes_request_seconds_sum", route="/v1/reservations") < 60


def test_claims_that_wait_for_confirmation_are_counted_with_their_age(served: Replicas) -> None:
    text = scrape(served)
    assert value(text, "customer_codes_unconfirmed_claims") == 1
    age = value(text, "customer_codes_oldest_unconfirmed_claim_seconds")
    assert 0 <= age < 600
    assert value(scrape(served), "customer_codes_oldest_unconfirmed_claim_seconds") > age


def test_parts_pool_and_the_alarm_over_everything_are_told(served: Replicas) -> None:
    member = served.members[0]
    # Each worker tells its own in its time.
    member.process.wait_until(
        lambda: value(scrape(served), "customer_codes_recent_refusals") == 13, seconds=20
    )
    text = scrape(served)
    assert value(text, "customer_codes_refusals_alarm") == 1
    assert value(text, "customer_codes_up", part="database") == 1
    assert value(text, "customer_codes_up", part="keycloak") == 0
    assert "customer_codes_database_connections_in_use 0" in text
    assert '"level": "critical", "logger": "customer_codes.alarm"' in member.log.read_text()


def test_nobody_reads_metrics_at_the_address_of_the_service_nor_the_service_at_that_of_the_metrics(
    served: Replicas,
) -> None:
    member = served.members[0]
    assert requests.get(f"{member.url}/metrics", timeout=5).status_code == 401
    assert requests.get(f"{member.url}/metrics", headers=bearer(), timeout=5).status_code == 404
    spoofed = {"Host": member.metrics_url.split("/")[2]}
    assert requests.get(f"{member.url}/metrics", headers=spoofed, timeout=5).status_code == 401
    elsewhere = member.metrics_url.replace("/metrics", "/v1/reservations")
    posted = requests.post(elsewhere, json={}, headers=bearer(), timeout=5)
    assert "reservation" not in posted.text.replace("/v1/reservations", "")


def test_no_metric_names_anybody(served: Replicas) -> None:
    text = scrape(served)
    for canary in (ROSSI.code, ROSSI.codice_fiscale, UNKNOWN, HOME, "203.0.113", "session-", "user-canary"):
        assert canary not in text
    assert HASH_KEY not in text


def test_a_worker_that_dies_takes_its_connections_out_of_the_sum_and_nothing_is_left_at_the_end(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    database = f"sqlite:///{tmp_path / 'codes.sqlite3'}"
    with replicas(tmp_path, database, count=1, TMPDIR=str(folder)) as running:
        running.reserve(UNKNOWN, "session", HOME)
        assert "customer_codes_requests_total" in scrape(running)
        [shared] = folder.glob("customer-codes-metrics-*")
        assert list(shared.iterdir())
    assert list(folder.iterdir()) == []
