"""An apply that is killed while it changes flows that people log in through: they still log in, and a second
apply comes to the same flows.

FAULT_ROUNDS above 1 (`make faults`) kills at every call; otherwise a few calls stand for all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from provisioning.gateway import Gateway
from provisioning.reader import NotFoundError
from stack.keycloak import Keycloak
from tests.support.disturbed import LONG, somebody_gone
from tests.support.flows_in_use import FORM, NEW_FORMS, PRUNE, InUse, configuration
from tests.support.mortal import Died, Mortal
from tests.support.people import CLIENT
from tests.support.provisioned import realm_of

OVERRIDES = "authenticationFlowBindingOverrides"

BEGIN = {**configuration(), "provisioning": PRUNE}
UNBOUND = {name: value for name, value in BEGIN.items() if name != "browserFlow"}
"""The binding is somebody else's: nothing is declared of it."""
CHANGES: dict[str, dict[str, Any]] = {
    "several steps": {**BEGIN, **configuration(NEW_FORMS, FORM[:2])},
    "several steps of a flow bound elsewhere": {
        **UNBOUND,
        "authenticationFlows": configuration(NEW_FORMS)["authenticationFlows"],
    },
    "several steps of a flow that a client binds": {
        **UNBOUND,
        "authenticationFlows": configuration(NEW_FORMS)["authenticationFlows"],
    },
    "other flows": {**configuration(NEW_FORMS, FORM[:2], "other"), "provisioning": PRUNE},
}


@pytest.fixture
def in_use(keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[InUse]:
    with realm_of(request.node.name, keycloak_server, tmp_path) as realm:
        yield InUse(realm, tmp_path)


def begin(in_use: InUse, change: str) -> None:
    gateway, realm = in_use.realm.gateway, f"/{in_use.realm.name}"
    with suppress(NotFoundError):
        gateway.delete(realm)
    gateway.refresh()
    in_use.apply(**BEGIN)
    if "client" in change:
        client = the_client(in_use)
        flow = in_use.ids()["our browser"]
        gateway.put(f"{realm}/clients/{client['id']}", {**client, OVERRIDES: {"browser": flow}})
        gateway.put(realm, {"browserFlow": "browser"})
    assert in_use.people.register("anna").returned


def the_client(in_use: InUse) -> dict[str, Any]:
    """The one that people log in to."""
    found = in_use.realm.gateway.get(f"/{in_use.realm.name}/clients?clientId={CLIENT}")
    return dict(found[0])


def state(in_use: InUse) -> list[object]:
    """Flows, steps and notes, and what is bound."""
    realm = in_use.realm.gateway.get(f"/{in_use.realm.name}")
    steps = [
        (flow, name, step["requirement"], step["level"])
        for flow in in_use.flows()
        for name, step in in_use.steps(flow).items()
    ]
    own = {flow: alias for alias, flow in in_use.ids().items()}
    overrides = [own[flow] for flow in the_client(in_use)[OVERRIDES].values()]
    bound = [realm["browserFlow"], realm["registrationFlow"], *overrides]
    return [in_use.flows(), steps, in_use.notes(), bound]


def some(count: int) -> list[int]:
    return list(range(1, count + 1)) if LONG else sorted({count // 2, count - 4})


@pytest.mark.parametrize("change", CHANGES)
def test_killed_at_any_call_logins_go_on_and_a_second_apply_comes_to_the_same_flows(
    in_use: InUse, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    content, login = CHANGES[change], in_use.realm.gateway.login
    begin(in_use, change)
    undisturbed = Mortal(login)
    in_use.apply(by=undisturbed, **content)
    expected = state(in_use)
    for call in some(len(undisturbed.calls)):
        begin(in_use, change)
        standing = in_use.people.open()
        mortal = Mortal(login, call, "after")
        with suppress(Died), monkeypatch.context() as patched:
            patched.setattr("provisioning.lock.Applier.here", somebody_gone)
            in_use.apply(by=mortal, **content)
        where = f"killed after {undisturbed.calls[call - 1]}, call {call}"
        assert in_use.people.log_in("anna").returned, where
        in_use.apply(by=Gateway(login), **content)
        assert state(in_use) == expected, where
        assert in_use.apply(by=Gateway(login), **content) == (), where
        assert in_use.people.log_in("anna", standing).returned, where
