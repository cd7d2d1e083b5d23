"""The dashboard and its source as files: what Grafana would stumble over. The rest is in containers/."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import yaml

from tests.containers.cluster.queries import DASHBOARD, FOLDER

PANELS: list[dict[str, Any]] = DASHBOARD["panels"]


def test_every_panel_and_query_asks_the_provisioned_source() -> None:
    source = yaml.safe_load((FOLDER / "grafana/datasources/prometheus.yaml").read_text(encoding="utf-8"))
    [uid] = [each["uid"] for each in source["datasources"]]
    asking = [panel for panel in PANELS if panel["type"] != "row"]
    assert asking
    for panel in asking:
        assert {each["datasource"]["uid"] for each in (panel, *panel["targets"])} == {uid}, panel["title"]


def test_panels_have_numbers_of_their_own_and_lie_beside_each_other() -> None:
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    for one, other in combinations(PANELS, 2):
        assert not overlap(one["gridPos"], other["gridPos"]), (one["title"], other["title"])


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    """Whether two rectangles of Grafana's grid share a field."""
    return (
        one["x"] < other["x"] + other["w"]
        and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"]
        and other["y"] < one["y"] + one["h"]
    )
