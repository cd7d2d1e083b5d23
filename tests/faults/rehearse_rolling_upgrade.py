"""From one patch of Keycloak to the next, node after node, while customers register and log in.

Not among the tests of every run, for it takes minutes: `make rehearse-upgrade` and `make faults` name it.
"""

from __future__ import annotations

from functools import partial

import pytest

from stack.settings import FORMER_PATCH, KEYCLOAK, Release
from tests.faults.disturbances import Disturbance, one_by_one, timed
from tests.faults.on_cluster import Cluster
from tests.faults.upgrading import compatibility
from tests.faults.withstanding import withstand

ROLLING = 0
"""What kc.sh update-compatibility answers where nodes may be replaced one by one."""


@pytest.fixture(scope="module")
def cluster_release() -> Release:
    """Both nodes begin with the patch before."""
    return FORMER_PATCH


def test_keycloak_allows_a_rolling_upgrade_from_the_patch_before(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    code, said = compatibility(tmp_path_factory.mktemp("compatibility"), FORMER_PATCH)
    assert code == ROLLING, said


def test_no_registration_is_lost_while_one_node_after_the_other_is_upgraded(cluster: Cluster) -> None:
    withstand(cluster, Disturbance("nodes upgraded one by one", frozenset(), one_by_one(_upgrade)))
    for node in cluster.nodes:
        log = node.log.read_text(encoding="utf-8")
        assert f"Keycloak {KEYCLOAK.version} on JVM" in log
        # JGroups tells as an error that it could not take leave of a node that has gone.
        assert [line for line in log.splitlines() if " ERROR [" in line and "[org.jgroups." not in line] == []


def _upgrade(cluster: Cluster, number: int) -> float:
    return timed(partial(cluster.upgrade, number, KEYCLOAK))
