"""Changes of every sort in a realm that exists: what was planned is sent, sticks, and is not made twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from provisioning.gateway import Gateway
from provisioning.login import Login
from provisioning.reader import NotFoundError
from stack.keycloak import Keycloak
from tests.support.provisioned import Provisioned, assert_sent, realm_of


@pytest.fixture
def realm(keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Provisioned]:
    """A realm of this test alone, not made yet; removed afterwards."""
    with realm_of(request.node.name, keycloak_server, tmp_path) as made:
        yield made


Edits = Callable[[Provisioned], None]


def _lines(*pairs: tuple[str, str, str]) -> Edits:
    def edit(realm: Provisioned) -> None:
        for pair in pairs:
            realm.edit(*pair)

    return edit


_FORM = "      - authenticator: registration-user-creation\n"
_TERMS = "      - {authenticator: registration-terms-and-conditions, requirement: REQUIRED, priority: 25}\n"
_RECAPTCHA = (
    "      - authenticator: registration-recaptcha-action\n"
    "        authenticatorConfig: sample recaptcha\n        requirement: DISABLED\n        priority: 30\n"
)
_SUBFLOW = """  - alias: sample gate
    topLevel: false
    authenticationExecutions:
      - {authenticator: auth-cookie, requirement: ALTERNATIVE, priority: 10, authenticatorConfig: sample gate}
authenticatorConfig:
  - {alias: sample gate, config: {default.reference.value: abc}}
"""
CHANGES: dict[str, Edits] = {
    "an execution in between": _lines(("authentication.yaml", _FORM, _TERMS + _FORM)),
    "an execution less": _lines(("authentication.yaml", _RECAPTCHA, "")),
    "an execution in front, another less": _lines(
        ("authentication.yaml", _FORM, _TERMS.replace("25", "5") + _FORM),
        ("authentication.yaml", _RECAPTCHA, ""),
    ),
    "another order": _lines(
        ("authentication.yaml", "priority: 20", "priority: 31"),
        ("authentication.yaml", "requirement: DISABLED", "requirement: REQUIRED"),
    ),
    "no settings any more": _lines(
        ("authentication.yaml", "        authenticatorConfig: sample recaptcha\n", "")
    ),
    "settings of another name": _lines(("authentication.yaml", "sample password on", "sample secret on")),
    "another description": _lines(
        ("authentication.yaml", "with a password on the form", "with all on one page")
    ),
    "a subflow in front": _lines(
        ("authentication.yaml", "authenticatorConfig:\n  -", f"{_SUBFLOW}  -"),
        (
            "authentication.yaml",
            "      - flowAlias: sample registration form\n",
            "      - {flowAlias: sample gate, requirement: ALTERNATIVE, priority: 5}\n"
            "      - flowAlias: sample registration form\n",
        ),
    ),
    "an attribute less": _lines(
        (
            "user-profile.yaml",
            "      group: person\n    - name: customerCode\n"
            "      permissions: {view: [admin, user], edit: []}\n"
            "      annotations: {inputType: text}\n",
            "",
        )
    ),
    "profile groups emptied": _lines(
        (
            "user-profile.yaml",
            "  groups:\n    - name: person\n      displayHeader: ${group.person}\n",
            "  groups: []\n",
        ),
        ("user-profile.yaml", "      group: person\n", ""),
    ),
    "scopes moved": _lines(
        (
            "clients.yaml",
            "optionalClientScopes: [phone]",
            "optionalClientScopes: [email]\n    defaultClientScopes: [phone, basic]",
        ),
    ),
    "mappers and URIs emptied": _lines(
        (
            "clients.yaml",
            "redirectUris: [https://portal.example.org/*, https://portal.example.org/b]",
            "redirectUris: []",
        ),
        ("clients.yaml", "protocolMappers:\n", "protocolMappers: []\n    x:\n"),
        (
            "clients.yaml",
            "    x:\n      - name: customer code\n        protocol: openid-connect\n"
            "        protocolMapper: oidc-usermodel-attribute-mapper\n        config:\n"
            "          user.attribute: customerCode\n          claim.name: customer_code\n"
            "          access.token.claim: true\n",
            "",
        ),
    ),
    "a client attribute removed": _lines(("clients.yaml", "method: S256", "method: null")),
    "another flow for one client": _lines(
        (
            "clients.yaml",
            "    publicClient: true\n",
            "    publicClient: true\n    authenticationFlowBindingOverrides: {browser: docker auth}\n",
        ),
    ),
    "roles": _lines(
        ("clients.yaml", "description: Helps", "description: Helps all\n      attributes: {a: [b]}"),
        ("clients.yaml", "        realm: [reader]\n", "        realm: []\n"),
        ("clients.yaml", "[view-users]", "[query-users]"),
        ("clients.yaml", "kind: [paper, web]", "kind: [web]"),
        (
            "clients.yaml",
            "    - name: reader",
            "    - {name: new/one, composites: {client: {portal: [see/bills]}}}\n    - name: reader",
        ),
    ),
    "a role less for the service account": _lines(
        ("clients.yaml", "[view-users, query-users]", "[query-users]"),
        ("clients.yaml", "realmRoles: [reader]", "realmRoles: []"),
    ),
    "a client more": _lines(
        (
            "clients.yaml",
            "users:",
            "  - {clientId: more, serviceAccountsEnabled: true, secret: canary-more}\n"
            "users:\n  - {serviceAccountClientId: more, realmRoles: [reader]}",
        ),
    ),
    "mail settings emptied": _lines(
        (
            "realm.yaml",
            "smtpServer:\n  host: localhost\n  port: 1025\n  from: sample@example.org\n  auth: true\n"
            "  user: mailer\n  password: !secret SAMPLE_SMTP_PASSWORD\n",
            "smtpServer: {}\n",
        ),
    ),
    "realm fields emptied": _lines(
        ("realm.yaml", "loginTheme: keycloak.v2", "loginTheme: null"),
        ("realm.yaml", "passwordPolicy: length(8) and digits(1) and notUsername", "passwordPolicy: null"),
        ("realm.yaml", "[REGISTER, LOGIN]", "[]"),
        ("realm.yaml", "displayName: Sample", "displayName: null"),
        ("realm.yaml", "eventsListeners: [jboss-logging]", "eventsListeners: []"),
        ("realm.yaml", "frontendUrl: !env [PUBLIC_URL, http://localhost:18080]", "frontendUrl: null"),
    ),
    "a text less": _lines(("localization/it.yaml", '"no": No', '"no": null')),
    "a required action's settings": _lines(("authentication.yaml", "max_auth_age: 120", "max_auth_age: 60")),
    "built-in binding": _lines(
        ("realm.yaml", "registrationFlow: sample registration", "registrationFlow: registration")
    ),
}


@pytest.fixture(scope="module")
def lasting(keycloak_server: Keycloak) -> Iterator[str]:
    """The name of a realm for many tests, each of which begins by applying the sample to it."""
    name = "p-lasting"
    yield name
    login = Login(keycloak_server.url, "master", username="admin", password=keycloak_server.admin_password)
    with suppress(NotFoundError):
        Gateway(login).delete(f"/{name}")


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_sends_what_was_planned_sticks_there_and_back_and_is_not_made_twice(
    keycloak_server: Keycloak, lasting: str, tmp_path: Path, name: str
) -> None:
    sample = Provisioned(keycloak_server, lasting, tmp_path / "sample")
    changed = Provisioned(keycloak_server, lasting, tmp_path / "changed")
    CHANGES[name](changed)
    sample.apply()
    planned, before = changed.planned_calls(), len(changed.writes())
    assert changed.apply().done
    assert_sent(changed.writes()[before:], planned)
    assert changed.apply().done == ()
    sample.apply()
    assert sample.apply().done == ()


def test_a_flow_in_use_keeps_its_id_and_its_untouched_executions(realm: Provisioned) -> None:
    realm.apply()
    executions = realm.executions()
    CHANGES["an execution in between"](realm)
    CHANGES["a subflow in front"](realm)
    realm.apply()
    after = realm.executions()
    assert {name: after[name] for name in executions} == executions
    assert set(after) - set(executions) == {"registration-terms-and-conditions", "sample gate", "auth-cookie"}
