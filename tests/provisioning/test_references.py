"""`validate` finds every name of nothing, with file and line; a plan, which asks the server, does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioning import engine
from provisioning.config import load
from provisioning.problems import ConfigError
from tests.provisioning.fakes import FakeGateway

NAMES = {
    "binding": ("browserFlow: x\n", "1: browserFlow: names no authentication flow"),
    "override": (
        "clients:\n  - clientId: c\n    authenticationFlowBindingOverrides:\n      browser: x\n",
        "4: clients[c].authenticationFlowBindingOverrides.browser: names no authentication flow",
    ),
    "scope of a client": (
        "clients:\n  - clientId: c\n    defaultClientScopes:\n      - email\n      - x\n",
        "5: clients[c].defaultClientScopes: names no client scope",
    ),
    "scope of the realm": (
        "defaultDefaultClientScopes: [x]\n",
        "1: defaultDefaultClientScopes: names no client scope",
    ),
    "composite": (
        "roles:\n  realm:\n    - name: r\n      composites:\n        realm: [x]\n",
        "5: roles.realm[r].composites.realm: names no realm role",
    ),
    "composite of a client": (
        "roles:\n  realm:\n    - name: r\n      composites:\n        client:\n          account: [x]\n",
        "6: roles.realm[r].composites.client.account: names no client role",
    ),
    "roles of no client": (
        "roles:\n  client:\n    x:\n      - name: r\n",
        "3: roles.client.x: names no client that",
    ),
    "role of a group below another": (
        "groups:\n  - name: a\n    subGroups:\n      - name: b\n        realmRoles: [x]\n",
        "5: groups[/a/b].realmRoles: names no realm role",
    ),
    "default group": ("defaultGroups: [/x]\n", "1: defaultGroups: names no group that"),
    "default role": ("defaultRoles: [x]\n", "1: defaultRoles: names no realm role"),
    "flow of an identity provider": (
        "identityProviders:\n  - alias: p\n    providerId: oidc\n    firstBrokerLoginFlowAlias: x\n",
        "4: identityProviders[p].firstBrokerLoginFlowAlias: names no authentication flow",
    ),
    "mapper of no identity provider": (
        "identityProviderMappers:\n  - name: m\n    identityProviderAlias: x\n",
        "3: identityProviderMappers[m]: names no identity provider",
    ),
    "role of a service account": (
        "clients:\n  - clientId: c\nusers:\n  - serviceAccountClientId: c\n    clientRoles:\n"
        "      realm-management: [view-users, x]\n",
        "6: users[c].clientRoles.realm-management: names no client role",
    ),
    "group of an attribute": (
        "userProfile:\n  attributes:\n    - name: a\n      group: x\n",
        "4: userProfile.attributes[a].group: names no group of the user profile",
    ),
    "role of a policy": (
        "clients:\n  - clientId: c\n    authorizationSettings:\n      policies:\n"
        '        - name: p\n          type: role\n          config: {roles: \'[{"id": "x"}]\'}\n',
        "7: clients[c].authorizationSettings.policies[p]: names no realm role",
    ),
    "client of a policy": (
        "clients:\n  - clientId: c\n    authorizationSettings:\n      policies:\n"
        '        - name: p\n          type: client\n          config: {clients: \'["c", "x"]\'}\n',
        "7: clients[c].authorizationSettings.policies[p]: names no client that",
    ),
    "policy of a permission": (
        "clients:\n  - clientId: c\n    authorizationSettings:\n      resources: [{name: r}]\n"
        "      policies:\n"
        "        - {name: p, type: resource, resources: [r], config: {applyPolicies: '[\"x\"]'}}\n",
        "6: clients[c].authorizationSettings.policies[p]: names no authorization policy that",
    ),
    "scope mapping": (
        "scopeMappings:\n  - clientScope: email\n    roles: [x]\n",
        "3: scopeMappings: names no realm role",
    ),
    "profile of a policy": (
        "clientPolicies:\n  policies:\n    - name: p\n      profiles: [x]\n",
        "4: clientPolicies.policies[p].profiles: names no client profile",
    ),
}


def complaints(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "realm.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        engine.declare(load(tmp_path))
    return [str(problem).rpartition("/realm.yaml:")[2] for problem in caught.value.problems]


@pytest.mark.parametrize(("text", "expected"), NAMES.values(), ids=NAMES.keys())
def test_a_name_of_nothing_is_told_with_its_line(tmp_path: Path, text: str, expected: str) -> None:
    (found,) = complaints(tmp_path, text)
    assert found.startswith(expected)
    assert found.endswith(" or correct it")


def test_all_of_them_are_told_at_once(tmp_path: Path) -> None:
    assert len(complaints(tmp_path, "browserFlow: x\ndirectGrantFlow: y\ndefaultGroups: [/z]\n")) == 3


def test_what_is_declared_or_built_in_is_found(tmp_path: Path) -> None:
    (tmp_path / "realm.yaml").write_text(
        "realm: r\nbrowserFlow: mine\nregistrationFlow: registration\ndefaultRoles: [offline_access]\n"
        "defaultGroups: [/a/b, a]\n"
        "groups: [{name: a, subGroups: [{name: b, clientRoles: {account: [view-profile]}}]}]\n"
        "authenticationFlows: [{alias: mine, authenticationExecutions: []}]\n"
        "roles: {realm: [{name: default-roles-r, composites: {realm: [offline_access]}}]}\n"
        "clients: [{clientId: c, serviceAccountsEnabled: true, authorizationServicesEnabled: true}]\n"
        "users: [{serviceAccountClientId: c, clientRoles: {c: [uma_protection]}}]\n"
    )
    engine.declare(load(tmp_path))


def test_an_export_names_the_flow_of_a_client_by_its_id(tmp_path: Path) -> None:
    (tmp_path / "realm.yaml").write_text(
        "authenticationFlows: [{id: 4e6b9d3f, alias: mine, authenticationExecutions: []}]\n"
        "clients: [{clientId: c, authenticationFlowBindingOverrides: {browser: 4e6b9d3f}}]\n"
    )
    engine.declare(load(tmp_path))


def test_a_name_from_the_environment_is_not_judged(tmp_path: Path) -> None:
    (tmp_path / "realm.yaml").write_text("browserFlow: !env [FLOW, whatever]\n")
    engine.declare(load(tmp_path, environ={}))


def test_a_server_may_know_what_the_files_do_not(tmp_path: Path) -> None:
    (tmp_path / "realm.yaml").write_text("browserFlow: x\n")
    engine.declare(load(tmp_path), FakeGateway())
