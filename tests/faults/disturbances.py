"""What happens to a cluster under load: a part goes, customers go on without it, and it comes back."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass

from stack import provision, tools
from stack.settings import REALM_CONFIG, realm_name
from tests.faults.on_cluster import Cluster
from tests.support.registration import Registrant
from tests.support.steady_load import SteadyLoad

_BRAND = "EnerCasa Coop"
_SHOWN_SECONDS = 30.0


@dataclass(frozen=True)
class Disturbance:
    """What it is, the nodes whose customers have to go elsewhere, how it is done, if it is the database's.

    `happen` returns how many seconds it took from the part's return until it was ready, or until all saw it.
    """

    event: str
    lost_nodes: frozenset[int]
    happen: Callable[[Cluster, SteadyLoad], float]
    of_the_database: bool = False

    def __str__(self) -> str:
        return self.event


def _timed(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def _kill_node(number: int) -> Disturbance:
    def happen(cluster: Cluster, load: SteadyLoad) -> float:
        cluster.nodes[number].kill()
        load.wait_for_more()
        return _timed(cluster.nodes[number].start)

    return Disturbance(f"Keycloak node {number + 1} killed", frozenset({number}), happen)


def _kill_validator(number: int) -> Disturbance:
    def happen(cluster: Cluster, load: SteadyLoad) -> float:
        cluster.validators[number].kill()
        load.wait_for_more()
        return _timed(cluster.validators[number].start)

    return Disturbance(f"validator {number + 1} killed", frozenset(), happen)


def _database_again(end: str) -> Callable[[Cluster, SteadyLoad], float]:
    """As a supervisor does it: at once."""

    def happen(cluster: Cluster, load: SteadyLoad) -> float:
        getattr(cluster.database, end)()
        return _timed(cluster.database.start)

    return happen


def _restart_one_by_one(cluster: Cluster, load: SteadyLoad) -> float:
    seconds = []
    for node in cluster.nodes:
        node.stop()
        seconds.append(_timed(node.start))
        load.wait_for_more()
    return max(seconds)


def _change_realm(cluster: Cluster, load: SteadyLoad) -> float:
    """A text that every page shows, and back; all nodes show it."""
    changed = _timed(lambda: _apply_brand(cluster, "EnerCasa Nuova"))
    load.wait_for_more()
    _apply_brand(cluster, _BRAND)
    return changed


def _apply_brand(cluster: Cluster, name: str) -> None:
    folder = cluster.stack.folder / "realm-config"
    shutil.copytree(REALM_CONFIG, folder, dirs_exist_ok=True)
    texts = folder / "localization" / "it.yaml"
    written = texts.read_text(encoding="utf-8").replace(f"!initial {_BRAND}\n", f"{name}\n")
    texts.write_text(written, encoding="utf-8")
    tools.run(
        provision.command("apply", "--allow", "all", "--config", str(folder)),
        purpose=f"provisioning realm {realm_name()}",
        environment={**os.environ, **cluster.stack.environment()},
    )
    for node in cluster.regulars:
        _wait_until_shown(cluster.newcomer(node), name)


def _wait_until_shown(somebody: Registrant, name: str) -> None:
    deadline = time.monotonic() + _SHOWN_SECONDS
    while f"– {name}</title>" not in somebody.login_page().text:
        assert time.monotonic() < deadline, f"not shown after {_SHOWN_SECONDS:.0f} s"
        time.sleep(0.1)


DISTURBANCES = [
    _kill_node(0),
    _kill_node(1),
    _kill_validator(0),
    _kill_validator(1),
    Disturbance("PostgreSQL killed", frozenset(), _database_again("kill"), of_the_database=True),
    Disturbance("PostgreSQL restarted", frozenset(), _database_again("stop"), of_the_database=True),
    Disturbance("nodes restarted one by one", frozenset(), _restart_one_by_one),
    Disturbance("realm-config changed and applied", frozenset(), _change_realm),
]
#: Where most is at stake, for a run that shall be short.
SHORT = [_kill_node(1), _kill_validator(0), DISTURBANCES[5]]
