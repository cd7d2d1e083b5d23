"""Working with a client of the realm itself that has no more roles than it needs; found by trying."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning import engine
from provisioning.reader import RefusedError
from stack.keycloak import Keycloak
from tests.support.pipeline import Pipeline
from tests.support.provisioned import Provisioned, realm_of

TO_PLAN = ("manage-realm", "view-clients", "query-groups")
TO_APPLY = ("manage-realm", "manage-clients", "manage-users")


@pytest.fixture
def realm(keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Provisioned]:
    with realm_of(request.node.name, keycloak_server, tmp_path) as made:
        made.apply()
        yield made


def test_three_roles_are_enough_to_plan_and_each_of_them_is_needed(realm: Provisioned) -> None:
    pipeline = Pipeline(realm)
    declared = realm.declared()
    assert engine.make_plan(declared, pipeline.with_roles(*TO_PLAN), realm.name).empty
    for missing in TO_PLAN:
        rest = (name for name in TO_PLAN if name != missing)
        with pytest.raises(RefusedError, match=r"client pipeline of realm .* lacks a role"):
            engine.make_plan(declared, pipeline.with_roles(*rest), realm.name)


def test_three_roles_are_enough_to_apply_and_each_of_them_is_needed(realm: Provisioned) -> None:
    pipeline = Pipeline(realm)
    for missing in TO_APPLY:
        rest = (name for name in TO_APPLY if name != missing)
        with pytest.raises(RefusedError, match=r"client pipeline of realm .* lacks a role"):
            engine.make_plan(realm.declared(), pipeline.with_roles(*rest), realm.name)
    realm.edit("realm.yaml", "displayName: Sample", "displayName: Other")
    realm.edit("clients.yaml", "description: Helps", "description: Helps all")
    realm.edit("clients.yaml", "optionalClientScopes: [phone]", "optionalClientScopes: [email]")
    realm.edit("clients.yaml", "realmRoles: [reader]", "realmRoles: []")
    realm.edit("localization/it.yaml", "Credenziali", "Chiavi")
    realm.edit("authentication.yaml", "priority: 20", "priority: 31")
    gateway = pipeline.with_roles(*TO_APPLY)
    assert engine.apply(realm.declared(), gateway, realm.name, allow=["all"]).done
    assert engine.apply(realm.declared(), gateway, realm.name).done == ()


def test_a_login_without_any_role_is_told_which_it_needs(realm: Provisioned) -> None:
    pipeline = Pipeline(realm)
    with pytest.raises(
        RefusedError, match="manage-realm, manage-clients and manage-users of realm-management are needed"
    ):
        engine.make_plan(realm.declared(), pipeline.with_roles("query-realms"), realm.name)


def test_a_server_that_does_not_tell_its_version_is_no_obstacle(realm: Provisioned) -> None:
    gateway = Pipeline(realm).with_roles(*TO_PLAN)
    assert gateway.server_version() in ("", "26.7.4")
