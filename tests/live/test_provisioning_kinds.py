"""A realm full of every kind, against a real Keycloak: made, adopted, applied twice, pruned, exported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provisioning import engine, report
from provisioning.config import load
from provisioning.observed import observe
from stack.keycloak import Keycloak
from tests.support.provisioned import Provisioned, realm_of

EVERY_KIND = Path(__file__).parents[1] / "provisioning" / "data" / "every-kind"
SECRETS = {
    "SMTP_PASSWORD": "canary-smtp",
    "LDAP_PASSWORD": "canary-ldap",
    "PARTNER_SECRET": "canary-partner",
    "SHOP_SECRET": "canary-shop",
    "FOUNDER_PASSWORD": "canary-founder",
}


@pytest.fixture
def realm(keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Provisioned]:
    """A realm of this test alone, not made yet, with the configuration of every kind."""
    with realm_of(request.node.name, keycloak_server, tmp_path, EVERY_KIND) as made:
        made.environment = dict(SECRETS)
        yield made


def bare(realm: Provisioned) -> None:
    realm.gateway.post("", {"realm": realm.name, "enabled": True})
    realm.gateway.refresh()


def plan_of_export(realm: Provisioned, folder: Path) -> str:
    """What a fresh export of the realm, taken as configuration, would change in it."""
    file = folder / "export.json"
    export = observe(realm.gateway, realm.name).export
    file.write_text(json.dumps(export, indent=1), encoding="utf-8")
    declared, _ = engine.declare(load(file, environ={}), realm.gateway)
    return report.as_text(engine.make_plan(declared, realm.gateway, realm.name))


def nothing(realm: Provisioned) -> str:
    return f"Realm {realm.name} is as declared: nothing to do."


def test_a_new_realm_of_every_kind_needs_no_second_apply(realm: Provisioned) -> None:
    realm.apply()
    before = realm.writes()
    assert realm.plan() == nothing(realm)
    assert realm.apply().done == ()
    assert realm.writes() == before


def test_a_bare_realm_is_brought_to_every_kind_and_needs_no_second_apply(realm: Provisioned) -> None:
    bare(realm)
    calls, before = realm.planned_calls(), len(realm.writes())
    planned = {
        str(change) for change in engine.make_plan(realm.declared(), realm.gateway, realm.name).changes
    }
    realm.apply()
    # Only settings that Keycloak masks unasked would need a second round: there are none here.
    assert set(realm.told) == planned
    made = realm.writes()[before:]
    assert len(made) == len(calls)
    assert all(call.covers(*sent.split(" ")) for call, sent in zip(calls, made, strict=True)), made
    assert realm.plan() == nothing(realm)
    assert realm.apply().done == ()
    assert len(realm.writes()) == before + len(calls)


def test_an_export_of_the_default_realm_changes_nothing_in_it(realm: Provisioned, tmp_path: Path) -> None:
    bare(realm)
    assert plan_of_export(realm, tmp_path) == nothing(realm)


def test_an_export_of_every_kind_changes_nothing_in_it(realm: Provisioned, tmp_path: Path) -> None:
    realm.apply()
    assert plan_of_export(realm, tmp_path) == nothing(realm)


def names(realm: Provisioned, *path: str) -> Any:
    return realm.gateway.get("/".join(["", realm.name, *path]))
