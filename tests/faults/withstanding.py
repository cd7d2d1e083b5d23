"""What customers may notice at most of a disturbance of the cluster."""

from __future__ import annotations

import os
from collections import Counter

from tests.faults.disturbances import Disturbance
from tests.faults.on_cluster import Cluster
from tests.support.figures import row
from tests.support.steady_load import SteadyLoad

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
#: So long at most logins may be refused at a node that is up.
REFUSED_SECONDS = 5.0
#: So long at most nobody may come through there, refused or not: where all servers and the customers share a
#: few processors, a node that starts takes them from the others. Any time-out is longer.
WITHOUT_LOGIN_SECONDS = 9.0


def withstand(cluster: Cluster, what: Disturbance) -> None:
    """Let it happen under load. Fails the test where a registration is lost or logins do not go on."""
    with cluster.load() as load:
        back = what.happen(cluster, load)
        load.wait_for_more()
    agreed = cluster.agreement.wait()
    figures = row(what.event, load, what.lost_nodes, (back, agreed))
    cluster.figures.append(figures)
    assert not _lost(load, what)
    assert figures.refused < REFUSED_SECONDS, _failures(load)
    assert figures.without_login < WITHOUT_LOGIN_SECONDS, figures
    _assert_registered(cluster, load)


def _lost(load: SteadyLoad, what: Disturbance) -> list[str]:
    """What customers were told who had to begin again, or to type again, though their node was there.

    Whose request was under way when the database went is shown the form anew, and goes on from there.
    """
    disturbed = [one for one in load.registrations if one.begun_again or one.typed_again]
    return [
        one.lost or "typed again"
        for one in disturbed
        if "again:" in one.lost or not (what.of_the_database or one.node in what.lost_nodes)
    ]


def _failures(load: SteadyLoad) -> Counter[str]:
    return Counter(one.failure for one in load.logins if one.failure)


def _assert_registered(cluster: Cluster, load: SteadyLoad) -> None:
    """Each customer has one account, the one whose credentials they chose."""
    users = cluster.realm.users(max="1000000")
    by_code = Counter(code for user in users for code in user.get("attributes", {}).get("customerCode", []))
    names = {user["username"] for user in users}
    for one in load.registrations:
        assert one.registrant.username in names
        assert by_code[one.registrant.customer.code] == 1
