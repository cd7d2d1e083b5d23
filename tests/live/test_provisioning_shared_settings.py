"""Executions that share the settings of one alias, as older Keycloaks left them in copied flows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from provisioning.problems import ProvisioningError
from stack.keycloak import Keycloak
from tests.support.provisioned import Provisioned, assert_sent, empty_realm_of

FLOW, ALIAS = "shared browser", "ours"
NOTHING = "nothing to do"


@pytest.fixture
def realm(keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Provisioned]:
    """A realm of this test alone, not made yet, its configuration empty."""
    with empty_realm_of(request.node.name, keycloak_server, tmp_path) as made:
        yield made


def declare(realm: Provisioned, sharing: int, portal: str = "partner") -> None:
    """A flow with so many executions that share their settings, and one that has none."""
    shared = {"authenticator": "identity-provider-redirector", "authenticatorConfig": ALIAS}
    steps = [{**shared, "priority": 10 * place} for place in range(1, sharing + 1)]
    steps.append({"authenticator": "auth-cookie", "priority": 90})
    flow = {
        "alias": FLOW,
        "providerId": "basic-flow",
        "topLevel": True,
        "authenticationExecutions": [{**each, "requirement": "ALTERNATIVE"} for each in steps],
    }
    settings = {"alias": ALIAS, "config": {"defaultProvider": portal}}
    content = {"realm": realm.name, "authenticationFlows": [flow], "authenticatorConfig": [settings]}
    (realm.folder / "realm.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")


def settings_of(realm: Provisioned) -> list[Any]:
    """The portal that each execution leads to, None where it has no settings."""
    found = realm.gateway.get(f"/{realm.name}/authentication/flows/{FLOW}/executions")
    ids = [each.get("authenticationConfig") for each in found if each["providerId"] != "auth-cookie"]
    path = f"/{realm.name}/authentication/config"
    return [
        realm.gateway.get(f"{path}/{each}")["config"]["defaultProvider"] if each else None for each in ids
    ]


def applied_as_planned(realm: Provisioned) -> None:
    planned, before = realm.planned_calls(), len(realm.writes())
    realm.apply()
    assert_sent(realm.writes()[before:], planned)
    assert NOTHING in realm.plan()


@pytest.mark.parametrize("exists", [False, True])
def test_shared_settings_are_made_once_in_a_new_realm_and_in_one_that_is_there(
    realm: Provisioned, exists: bool
) -> None:
    if exists:
        realm.gateway.post("", {"realm": realm.name, "enabled": True})
        realm.gateway.refresh()
    declare(realm, 2)
    realm.apply()
    assert NOTHING in realm.plan()
    assert settings_of(realm) == ["partner", "partner"]


def test_another_execution_may_share_settings_that_change_meanwhile(realm: Provisioned) -> None:
    declare(realm, 2)
    realm.apply()
    declare(realm, 3, "other")
    applied_as_planned(realm)
    assert settings_of(realm) == ["other", "other", "other"]


def test_the_last_that_stays_keeps_the_settings_that_keycloak_deletes_with_those_that_go(
    realm: Provisioned,
) -> None:
    declare(realm, 3)
    realm.apply()
    declare(realm, 1, "other")
    assert f'authenticatorConfig: "{ALIAS} (shared)" → "{ALIAS}"' in realm.plan()
    applied_as_planned(realm)
    assert settings_of(realm) == ["other"]


def test_where_several_stay_the_plan_refuses_and_says_what_to_do(realm: Provisioned) -> None:
    declare(realm, 3)
    realm.apply()
    declare(realm, 2)
    with pytest.raises(ProvisioningError, match=f"shares the settings “{ALIAS}”.*under another alias"):
        realm.plan()
    assert settings_of(realm) == ["partner", "partner", "partner"]
