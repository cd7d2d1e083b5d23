"""What an export names after its own realm, or by its own ids, is told by the names that hold anywhere."""

from __future__ import annotations

from pathlib import Path

from provisioning import engine
from provisioning.config import load
from provisioning.renaming import for_realm
from tests.provisioning.test_config import declared, folder


def test_an_export_taken_for_another_realm_means_that_realms_default_role(tmp_path: Path) -> None:
    text = """
realm: one
defaultRole: {name: default-roles-one}
roles: {realm: [{name: default-roles-one, composites: {realm: [x]}}, {name: x}]}
users: [{username: u, realmRoles: [x, default-roles-one]}]
"""
    for realm, role in (("one", "default-roles-one"), ("Two", "default-roles-two")):
        config = load(folder(tmp_path, realm=text))
        for_realm(config.root, realm)
        declared = engine.read(config)
        assert [each["name"] for each in declared["roles"]["realm"]] == [role, "x"]
        assert declared["users"][0]["realmRoles"] == ["x", role]


def test_what_a_permission_of_administrators_is_about_is_called_by_its_name_in_the_same_file(
    tmp_path: Path,
) -> None:
    exported = """
groups: [{name: a, subGroups: [{name: b, id: g-1}]}]
roles: {client: {shop: [{name: seller, id: r-1}]}}
clients:
  - {clientId: shop, id: c-1}
  - clientId: admin-permissions
    authorizationSettings:
      policies:
        - {name: one, type: scope, config: {resources: '["c-1", "Clients", "gone"]'}}
        - {name: two, type: scope, resources: [g-1, r-1, $shop]}
  - clientId: other
    authorizationSettings: {resources: [{name: c-1}], policies: [{name: p, type: scope, resources: [c-1]}]}
"""
    own, other = declared(folder(tmp_path, realm=exported))["clients"][1:]
    one, two = own["authorizationSettings"]["policies"]
    assert one["config"]["resources"] == '["shop", "Clients", "gone"]'
    assert two["resources"] == ["/a/b", "shop/seller", "shop"]
    assert other["authorizationSettings"]["policies"][0]["resources"] == ["c-1"]
