"""Prometheus of the profile: what it watches, what the dashboard asks it, when an alert fires."""

from __future__ import annotations

from pathlib import Path

import pytest

from stack.customers import Customer
from tests.browser.visitor import Visitor
from tests.containers.cluster.patience import registers
from tests.containers.cluster.queries import ALERTS, Prometheus, of_the_alerts, of_the_dashboard
from tests.containers.project import Project
from tests.support.realm import eventually

_SCRAPES_SECONDS = 60.0


@pytest.fixture(scope="module")
def prometheus(clustered: Project) -> Prometheus:
    """The one of the profile."""
    return Prometheus(clustered.address("prometheus"))


def test_every_node_and_every_validator_is_watched(prometheus: Prometheus) -> None:
    eventually(
        lambda: sorted(each["labels"]["job"] for each in prometheus.targets() if each["health"] == "up"),
        ["keycloak"] * 2 + ["validator"] * 2,
        _SCRAPES_SECONDS,
    )


def test_every_query_of_the_dashboard_and_of_the_alerts_answers_after_one_journey(
    visitor: Visitor, prometheus: Prometheus, customer: Customer
) -> None:
    answers = registers(visitor, customer)
    visitor.confirms(answers)
    visitor.logs_in(answers)
    guesses(visitor)
    queries = {**of_the_dashboard(), **of_the_alerts()}
    eventually(
        lambda: [name for name, query in queries.items() if not prometheus.series(query)],
        [],
        _SCRAPES_SECONDS,
    )


def guesses(visitor: Visitor) -> None:
    """One wrong code more than a session may type."""
    visitor.page.context.clear_cookies()
    page = visitor.comes_to_log_in().register()
    for number in range(6):
        with page.page.expect_navigation():
            page.give(f"90002345{number}0")


def test_every_alert_is_evaluated_without_an_error(prometheus: Prometheus) -> None:
    eventually(
        lambda: {rule["name"]: rule["health"] for rule in prometheus.rules()},
        {rule["alert"]: "ok" for rule in ALERTS},
        _SCRAPES_SECONDS,
    )


def test_each_alert_fires_when_what_it_names_is_so_and_not_before(clustered: Project) -> None:
    cases = Path(__file__).with_name("alerts-test.yml").read_text(encoding="utf-8")
    script = f"cat >/tmp/cases.yml <<'END'\n{cases}\nEND\npromtool test rules /tmp/cases.yml"
    tested = clustered.inside("prometheus", "sh", "-c", script)
    assert "SUCCESS" in tested.stdout, tested.stdout + tested.stderr
    assert all(f'"{rule["alert"]}"' in cases for rule in ALERTS)
