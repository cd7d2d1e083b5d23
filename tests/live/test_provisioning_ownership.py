"""Pruning on a real Keycloak: what goes, what never goes, and two configurations in one realm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.keycloak import Keycloak
from tests.support.provisioned import Provisioned, empty_realm_of


@pytest.fixture
def realm(keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Provisioned]:
    """A realm of this test alone, with a configuration of one file."""
    with empty_realm_of(request.node.name, keycloak_server, tmp_path) as made:
        yield made


def declare(realm: Provisioned, text: str) -> None:
    (realm.folder / "realm.yaml").write_text(text, encoding="utf-8")


PRUNED = (
    "provisioning: {prune: {clients: undeclared, roles.realm: undeclared, roles.client: undeclared, "
    "authenticationFlows: undeclared}}\n"
)
FULL = (
    PRUNED
    + """
clients: [{clientId: stays}, {clientId: goes}]
roles:
  realm: [{name: goes too}]
  client: {stays: [{name: role that goes}]}
authenticationFlows:
  - {alias: flow that goes, authenticationExecutions: [{authenticator: auth-cookie, requirement: REQUIRED}]}
  - {alias: other flow that goes}
browserFlow: flow that goes
"""
)
LESS = (
    PRUNED
    + """
clients: [{clientId: stays}]
roles: {realm: [], client: {stays: []}}
authenticationFlows: []
browserFlow: browser
"""
)


def test_what_is_declared_no_more_goes_after_what_referred_to_it(realm: Provisioned) -> None:
    declare(realm, FULL)
    realm.apply()
    declare(realm, LESS)
    realm.apply()
    assert realm.told == [
        "update authentication flow flow that goes",  # it stays a while for who stands in it
        "update realm",
        "delete client role stays/role that goes",
        "delete client goes",
        "delete realm role goes too",
        "delete authentication flow other flow that goes",
    ]
    assert realm.apply().done == ()


def test_what_keycloak_made_itself_never_goes(realm: Provisioned) -> None:
    realm.gateway.post("", {"realm": realm.name})
    realm.gateway.refresh()
    declare(
        realm,
        PRUNED + "clients: []\nroles: {realm: [], client: {account: [], realm-management: []}}\n"
        "authenticationFlows: []\n",
    )
    assert realm.plan() == f"Realm {realm.name} is as declared: nothing to do."


def test_two_configurations_share_a_realm_without_erasing_each_other(realm: Provisioned) -> None:
    one = (
        "provisioning: {owner: one, prune: {clients: undeclared}}\nclients: [{clientId: a}, {clientId: b}]\n"
    )
    other = "provisioning: {owner: other, prune: {clients: owned}}\nclients: [{clientId: c}]\n"
    declare(realm, one)
    realm.apply()
    for text in (other, one, other):
        declare(realm, text)
        realm.apply()
    realm.gateway.post(f"/{realm.name}/clients", {"clientId": "by hand"})
    declare(realm, other.replace("{clientId: c}", ""))
    realm.apply()
    assert realm.told == ["delete client c", "update ownership other"]
    declare(realm, one.replace(", {clientId: b}", ""))
    realm.apply()
    assert realm.told == ["delete client by hand", "delete client b", "update ownership one"]
