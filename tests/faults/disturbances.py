"""What happens to a cluster under load: a part goes, customers go on without it, and it comes back."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass

from stack import provision, tools
from stack.page import Page
from stack.settings import REALM_CONFIG, realm_name
from tests.faults.on_cluster import Cluster
from tests.support.registration import Registrant
from tests.support.steady_load import SteadyLoad

_BRAND, _OTHER_BRAND = "EnerCasa Coop", "EnerCasa Nuova"
_SERVICE, _SERVICE_URL = "contatori", "https://contatori.enercasa.example/"
_SHOWN_SECONDS = 30.0
_NEW_SERVICE = f"""\
clients:
  - clientId: {_SERVICE}
    enabled: true
    publicClient: true
    standardFlowEnabled: true
    redirectUris: [{_SERVICE_URL}]
    attributes:
      pkce.code.challenge.method: S256
"""
_STEP = "authenticator: email-confirmation\n        authenticatorFlow: false\n        requirement: "
#: By file: what is declared there, and what instead.
_CHANGES = {
    "localization/it.yaml": (f"!initial {_BRAND}\n", f"{_OTHER_BRAND}\n"),
    "realm.yaml": ("ssoSessionIdleTimeout: 1800\n", "ssoSessionIdleTimeout: 1700\n"),
    "authentication.yaml": (f"{_STEP}REQUIRED", f"{_STEP}DISABLED"),
    "clients.yaml": ("clients:\n", _NEW_SERVICE),
}
#: An initial value is written into a new realm only.
_BACK = {"localization/it.yaml": (f"!initial {_BRAND}\n", f"{_BRAND}\n")}


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


def timed(act: Callable[[], object]) -> float:
    """The seconds that it takes."""
    began = time.monotonic()
    act()
    return time.monotonic() - began


def _kill_node(number: int) -> Disturbance:
    def happen(cluster: Cluster, load: SteadyLoad) -> float:
        cluster.nodes[number].kill()
        load.wait_for_more()
        return timed(cluster.nodes[number].start)

    return Disturbance(f"Keycloak node {number + 1} killed", frozenset({number}), happen)


def _kill_validator(number: int) -> Disturbance:
    def happen(cluster: Cluster, load: SteadyLoad) -> float:
        cluster.validators[number].kill()
        load.wait_for_more()
        return timed(cluster.validators[number].start)

    return Disturbance(f"validator {number + 1} killed", frozenset(), happen)


def _database_again(end: str) -> Callable[[Cluster, SteadyLoad], float]:
    """As a supervisor does it: at once."""

    def happen(cluster: Cluster, load: SteadyLoad) -> float:
        getattr(cluster.database, end)()
        return timed(cluster.database.start)

    return happen


def one_by_one(renew: Callable[[Cluster, int], float]) -> Callable[[Cluster, SteadyLoad], float]:
    """Each node in turn, customers going on between; `renew` returns the seconds until it was ready again."""

    def happen(cluster: Cluster, load: SteadyLoad) -> float:
        seconds = []
        for number in range(len(cluster.nodes)):
            seconds.append(renew(cluster, number))
            load.wait_for_more()
        return max(seconds)

    return happen


def _restart(cluster: Cluster, number: int) -> float:
    cluster.nodes[number].stop()
    return timed(cluster.nodes[number].start)


def _change_realm(cluster: Cluster, load: SteadyLoad) -> float:
    """A text of every page, a lifetime, a step of the form, a new service; all nodes show it. Then back."""
    changed = timed(lambda: _apply(cluster, _CHANGES))
    load.wait_for_more()
    _apply(cluster, _BACK)
    return changed


def _apply(cluster: Cluster, changes: dict[str, tuple[str, str]]) -> None:
    """realm-config/ with other words in these files. Fails the test where the old ones are not there."""
    folder = cluster.stack.folder / "realm-config"
    shutil.copytree(REALM_CONFIG, folder, dirs_exist_ok=True)
    for name, (before, after) in changes.items():
        declared = (folder / name).read_text(encoding="utf-8")
        assert declared.count(before) == 1, f"{name}: {before}"
        (folder / name).write_text(declared.replace(before, after), encoding="utf-8")
    tools.run(
        provision.command("apply", "--allow", "all", "--config", str(folder)),
        purpose=f"provisioning realm {realm_name()}",
        environment={**os.environ, **cluster.stack.environment()},
    )
    for node in cluster.regulars:
        _wait_until_shown(cluster.newcomer(node), _OTHER_BRAND if changes is _CHANGES else _BRAND)


def _wait_until_shown(somebody: Registrant, brand: str) -> None:
    """The brand on the login pages of the account and of the new service, which stays once it is there."""
    deadline = time.monotonic() + _SHOWN_SECONDS
    while not all(f"– {brand}</title>" in page.text for page in _login_pages(somebody)):
        assert time.monotonic() < deadline, f"not shown after {_SHOWN_SECONDS:.0f} s"
        time.sleep(0.1)


def _login_pages(somebody: Registrant) -> tuple[Page, Page]:
    return somebody.login_page(), somebody.browser.login_page(realm_name(), _SERVICE, _SERVICE_URL)


DISTURBANCES = [
    _kill_node(0),
    _kill_node(1),
    _kill_validator(0),
    _kill_validator(1),
    Disturbance("PostgreSQL killed", frozenset(), _database_again("kill"), of_the_database=True),
    Disturbance("PostgreSQL restarted", frozenset(), _database_again("stop"), of_the_database=True),
    Disturbance("nodes restarted one by one", frozenset(), one_by_one(_restart)),
    Disturbance("realm-config changed and applied", frozenset(), _change_realm),
]
#: Where most is at stake, for a run that shall be short.
SHORT = [_kill_node(1), _kill_validator(0), DISTURBANCES[5]]
