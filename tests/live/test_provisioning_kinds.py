"""A realm full of every kind, against a real Keycloak: made, adopted, applied twice, pruned, exported."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from provisioning import engine, plan, report, steps
from provisioning.config import load
from provisioning.gateway import Gateway
from provisioning.login import Login
from provisioning.observed import observe
from provisioning.problems import ProvisioningError
from provisioning.renaming import for_realm
from stack import tools
from stack.keycloak import Keycloak
from stack.local import Stack
from stack.ports import Ports
from stack.settings import realm_name
from tests.support.pipeline import Pipeline
from tests.support.provisioned import Provisioned, assert_sent, realm_of

DATA = Path(__file__).parents[1] / "provisioning" / "data"
EVERY_KIND = DATA / "every-kind"
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


@pytest.fixture(params=["one import", "chunks"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How a new realm is made: as a small one, or as one of many objects."""
    if request.param == "chunks":
        monkeypatch.setattr(steps, "ONE_IMPORT", 0)


def bare(realm: Provisioned) -> None:
    realm.gateway.post("", {"realm": realm.name, "enabled": True})
    realm.gateway.refresh()


def plan_of_export(gateway: Gateway, name: str, folder: Path) -> str:
    """What a fresh export of the realm, taken as configuration, would change in it."""
    file = folder / "export.json"
    file.write_text(json.dumps(observe(gateway, name).export, indent=1), encoding="utf-8")
    return plan_of(gateway, name, file)


def plan_of(gateway: Gateway, name: str, file: Path) -> str:
    declared, _ = engine.declare(load(file, environ={}), gateway)
    return report.as_text(engine.make_plan(declared, gateway, name))


def nothing(name: str) -> str:
    return f"Realm {name} is as declared: nothing to do."


@pytest.mark.usefixtures("way")
def test_a_new_realm_of_every_kind_needs_no_second_apply(realm: Provisioned) -> None:
    assert "canary" not in realm.plan()
    planned, before = realm.planned_calls(), len(realm.writes(creations=True))
    realm.apply()
    assert_sent(realm.writes(creations=True)[before:], planned)
    made = realm.writes()
    realm.environment["FOUNDER_PASSWORD"] = "canary-other"  # of no interest once the account is there
    assert realm.plan() == nothing(realm.name)
    assert realm.apply().done == ()
    assert realm.writes() == made


def test_a_bare_realm_is_brought_to_every_kind_and_needs_no_second_apply(realm: Provisioned) -> None:
    bare(realm)
    calls, before = realm.planned_calls(), len(realm.writes())
    planned = {
        str(change) for change in engine.make_plan(realm.declared(), realm.gateway, realm.name).changes
    }
    realm.apply()
    # Only settings that Keycloak masks unasked would need a second round: there are none here.
    assert set(realm.told) == planned
    assert_sent(realm.writes()[before:], calls)
    assert realm.plan() == nothing(realm.name)
    assert realm.apply().done == ()
    assert len(realm.writes()) == before + len(calls)


def test_every_kind_reads_the_same_page_by_page(realm: Provisioned) -> None:
    realm.apply()
    observed = engine.look(realm.declared(), realm.gateway, realm.name, large=True)
    assert report.as_text(plan.make(realm.declared(), observed)) == nothing(realm.name)


ROLES = ("manage-realm", "manage-clients", "manage-users")


def test_identity_providers_need_one_role_more_and_workflows_all(realm: Provisioned) -> None:
    bare(realm)
    pipeline = Pipeline(realm)
    realm.edit("realm.yaml", "adminPermissionsEnabled: true", "adminPermissionsEnabled: false")
    declared = {name: value for name, value in realm.declared().items() if name != "workflows"}
    declared["clients"] = [each for each in declared["clients"] if each["clientId"] != "admin-permissions"]

    def apply(*roles: str, **more: Any) -> None:
        engine.apply({**declared, **more}, pipeline.with_roles(*roles), realm.name, allow={"all"})

    with pytest.raises(ProvisioningError, match="identity-provider/instances: Keycloak answered 403"):
        apply(*ROLES)
    apply(*ROLES, "manage-identity-providers")
    with pytest.raises(ProvisioningError, match="workflows: Keycloak answered 403"):
        apply(*ROLES, "manage-identity-providers", workflows=[])
    apply("realm-admin", workflows=[])
    # Permissions of administrators need none beyond the three.
    permissions = [each for each in realm.declared()["clients"] if each["clientId"] == "admin-permissions"]
    more = {"adminPermissionsEnabled": True, "clients": permissions}
    apply(*ROLES, "manage-identity-providers", **more)
    assert engine.make_plan({**declared, **more}, realm.gateway, realm.name).empty


def test_an_export_of_the_default_realm_changes_nothing_in_it(realm: Provisioned, tmp_path: Path) -> None:
    bare(realm)
    assert plan_of_export(realm.gateway, realm.name, tmp_path) == nothing(realm.name)


def test_an_export_of_the_master_realm_changes_nothing_in_it(realm: Provisioned, tmp_path: Path) -> None:
    assert plan_of_export(realm.gateway, "master", tmp_path) == nothing("master")


def test_an_export_of_every_kind_changes_nothing_in_it(realm: Provisioned, tmp_path: Path) -> None:
    realm.apply()
    assert plan_of_export(realm.gateway, realm.name, tmp_path) == nothing(realm.name)


def test_an_export_of_the_customers_realm_changes_nothing_in_it(stack: Stack, tmp_path: Path) -> None:
    server = stack.keycloak
    login = Login(server.url, "master", username=server.admin_username, password=server.admin_password)
    assert plan_of_export(Gateway(login), realm_name(), tmp_path) == nothing(realm_name())


@pytest.mark.usefixtures("way")
def test_an_export_makes_another_realm_like_its_own(realm: Provisioned, tmp_path: Path) -> None:
    bare(realm)
    file, other = tmp_path / "export.json", f"{realm.name}-2"
    file.write_text(json.dumps(observe(realm.gateway, realm.name).export), encoding="utf-8")
    config = load(file, environ={})
    for_realm(config.root, other)
    declared, _ = engine.declare(config, realm.gateway)
    try:
        engine.apply(declared, realm.gateway, other, allow={"all"})
        roles = {role["name"] for role in realm.gateway.get(f"/{other}/roles")}
        assert engine.make_plan(declared, realm.gateway, other).empty
    finally:
        realm.gateway.delete(f"/{other}")
    assert roles == {f"default-roles-{other}", "offline_access", "uma_authorization"}


def test_a_full_export_by_the_servers_own_tool_changes_nothing(realm: Provisioned, tmp_path: Path) -> None:
    realm.apply()
    server, file = realm.server, tmp_path / "full.json"
    program = server.database.parents[1] / "bin" / "kc.sh"
    server.stop()  # the embedded database serves one process at a time
    try:
        command = [str(program), "export", "--optimized", "--realm", realm.name, "--file", str(file)]
        # Otherwise it listens on the default port 9000, which a stack of `make run` has.
        own = {"KC_HTTP_MANAGEMENT_PORT": str(Ports.free().management)}
        subprocess.run(command, check=True, capture_output=True, env={**tools.plain_environment(), **own})
    finally:
        server.start()
    assert plan_of(realm.gateway, realm.name, file) == nothing(realm.name)


def test_a_file_for_keycloak_config_cli_is_taken_as_it_is(
    realm: Provisioned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = DATA / "other-tools" / "shop.json"
    environment = {"SHOP_OWNER": "Anna", "SHOP_SECRET": "canary-shop"}
    declared, warnings = engine.declare(load(file, environ=environment), realm.gateway)
    assert warnings == []
    bare(realm)
    engine.apply(declared, realm.gateway, realm.name, allow=["all"])
    assert engine.apply(declared, realm.gateway, realm.name).done == ()
    assert realm.gateway.get(f"/{realm.name}/localization/it") == {"hello": "Ciao"}


def test_every_kind_changes_there_and_back_by_the_planned_calls(
    keycloak_server: Keycloak, realm: Provisioned, tmp_path: Path
) -> None:
    changed = Provisioned(keycloak_server, realm.name, tmp_path / "changed", EVERY_KIND)
    changed.environment = {**SECRETS, "PARTNER_SECRET": "canary-other", "LDAP_PASSWORD": "canary-other"}
    for edit in yaml.safe_load((DATA / "every-kind-changes.yaml").read_text(encoding="utf-8")):
        changed.edit(**edit)
    realm.apply()
    for side in (changed, realm):
        calls, before = side.planned_calls(), len(side.writes())
        assert side.apply().done
        made = side.writes()[before:]
        assert [str(call) for call in calls if not any(call.covers(*each.split(" ")) for each in made)] == []
        assert len(made) == len(calls)
        assert side.apply().done == ()


def test_every_kind_that_can_be_pruned_goes_and_what_keycloak_made_stays(
    realm: Provisioned, tmp_path: Path
) -> None:
    realm.edit(
        "realm.yaml", "enabled: true\ndisplayName", "provisioning: {owner: test}\nenabled: true\ndisplayName"
    )
    realm.apply()
    emptied = Provisioned(realm.server, realm.name, tmp_path / "emptied", DATA / "every-kind-emptied")
    emptied.apply()
    assert emptied.told == [
        "update authentication flow own browser",  # it stays a while for who stands in it
        "update realm",
        "delete workflow idle accounts",
        "delete organization partner",
        "delete group /staff/desk",
        "delete group /staff",
        "delete group /customers",
        "delete client role shop/see bills",
        "delete client shop",
        "delete realm role clerk",
        "delete realm role buyer",
        "delete client scope team",
        "delete identity provider mapper partner/team",
        "delete identity provider partner",
        "delete component UserStorageProvider directory",
        "update ownership test",
    ]
    assert emptied.apply().done == ()
