"""What the dashboard and the alert rules ask Prometheus, and Prometheus itself."""

from __future__ import annotations

import json
import re
from typing import Any

import requests
import yaml

from stack.settings import REPOSITORY

FOLDER = REPOSITORY / "containers" / "observe"
DASHBOARD: dict[str, Any] = json.loads(
    (FOLDER / "grafana" / "dashboards" / "customer-identity.json").read_text(encoding="utf-8")
)
ALERTS: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
#: In Grafana's place, which makes it at least four scrapes.
_WINDOW = "1m"


def of_the_dashboard() -> dict[str, str]:
    """Every query by its panel and letter, its window filled in."""
    return {
        f"{panel['title']} {target['refId']}": target["expr"].replace("$__rate_interval", _WINDOW)
        for panel in DASHBOARD["panels"]
        for target in panel.get("targets", [])
    }


def of_the_alerts() -> dict[str, str]:
    """Every alert's expression by its name, so that it answers 0 or 1 where it would answer nothing."""
    return {rule["alert"]: _always(rule["expr"]) for rule in ALERTS}


def _always(expression: str) -> str:
    answering = re.sub(r" (==|>) ", r" \1 bool ", expression)
    # Answers of that kind are not counted before there is one.
    return answering.replace("absent(", "count(").replace('{status=~"500|503"}', "")


class Prometheus:
    """A running one, at the address of its container."""

    def __init__(self, address: str) -> None:
        self._url = f"http://{address}:9090/api/v1"
        self._http = requests.Session()
        self._http.trust_env = False

    def series(self, expression: str) -> list[dict[str, Any]]:
        """What a query answers now. Raises requests.HTTPError where it is no PromQL."""
        found: list[dict[str, Any]] = self._ask("query", query=expression)["result"]
        return found

    def targets(self) -> list[dict[str, Any]]:
        """All that it scrapes."""
        found: list[dict[str, Any]] = self._ask("targets")["activeTargets"]
        return found

    def rules(self) -> list[dict[str, Any]]:
        """The alert rules, as it evaluates them."""
        return [rule for group in self._ask("rules")["groups"] for rule in group["rules"]]

    def _ask(self, what: str, **query: str) -> dict[str, Any]:
        answer = self._http.get(f"{self._url}/{what}", params=query, timeout=20)
        answer.raise_for_status()
        data: dict[str, Any] = answer.json()["data"]
        return data
