"""Realm as code against a real Keycloak: made in one call, never written without need, changed in place.

Every realm here is the test's own. What was sent is read from Keycloak's own access log.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provisioning import engine
from provisioning.config import load
from provisioning.engine import ApplyError
from provisioning.gateway import Gateway
from provisioning.login import Login
from provisioning.nodes import Node
from provisioning.observed import observe
from provisioning.problems import Problems, ProvisioningError, Severity
from stack.keycloak import Keycloak
from tests.support.provisioned import SAMPLE, Provisioned, realm_of


@pytest.fixture
def realm(keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Provisioned]:
    """A realm of this test alone, not made yet; removed afterwards."""
    with realm_of(request.node.name, keycloak_server, tmp_path) as made:
        yield made


def test_a_new_realm_is_one_import_and_then_as_declared(realm: Provisioned) -> None:
    assert "does not exist yet" in realm.plan()
    realm.apply()
    # What the import must not name follows: required actions, for naming one there drops the built-in ones.
    assert realm.told == [
        f"create realm {realm.name}",
        "update required action TERMS_AND_CONDITIONS",
        "update required action UPDATE_PASSWORD",
    ]
    assert realm.plan() == f"Realm {realm.name} is as declared: nothing to do."


def test_a_second_apply_sends_no_writing_call_at_all(realm: Provisioned) -> None:
    realm.apply()
    before = realm.writes()
    realm.gateway.calls.clear()
    assert realm.apply().done == ()
    assert realm.writes() == before
    assert len(before) == 2  # so the log is read rightly: the two required actions
    # Whether it is a large realm (two), the export, and the one declared client secret.
    assert len(realm.gateway.calls) == 4


def test_a_realm_of_an_older_configuration_changes_only_where_it_differs(realm: Provisioned) -> None:
    new = {path: path.read_text(encoding="utf-8") for path in realm.folder.glob("*.yaml")}
    realm.edit("realm.yaml", "failureFactor: 8", "failureFactor: 30")
    realm.edit("realm.yaml", "actionTokenGeneratedByUserLifespan.verify-email: 86400", "old: gone")
    realm.edit("clients.yaml", "user.attribute: customerCode", "user.attribute: code")
    realm.edit("authentication.yaml", "always_set_password_on_register_form: true", "x: y")
    realm.edit("user-profile.yaml", "      required: {}\n", "")
    realm.edit(
        "clients.yaml", "clientRoles:\n      realm-management: [view-users, query-users]", "clientRoles: {}"
    )
    (realm.folder / "localization" / "en.yaml").unlink()
    realm.apply()
    executions = realm.executions()
    for path, text in new.items():
        path.write_text(text, encoding="utf-8")
    # Keycloak masks a setting that it does not know: that it goes has to be said.
    with pytest.raises(ProvisioningError, match=r"`x: !secret NAME`, or `x: null` to drop it"):
        realm.plan()
    known = "always_set_password_on_register_form: true"
    realm.edit("authentication.yaml", known, f"x: null\n      {known}")
    shutil.copy(SAMPLE / "localization" / "en.yaml", realm.folder / "localization")
    before = len(realm.writes())
    realm.apply()
    assert realm.told == [
        "update authentication flow sample registration",
        "update realm",
        "update user profile",
        "create localization en",
        "update client portal",
        "update service account validator",
    ]
    # One call each; `old` is not declared any more, so it is nobody's business.
    assert len(realm.writes()) - before == len(realm.told)
    assert realm.executions() == executions
    assert realm.gateway.get(f"/{realm.name}")["attributes"]["old"] == "gone"


def test_settings_kept_as_attributes_survive_a_change_of_attributes(
    realm: Provisioned,
) -> None:
    realm.apply()
    realm.edit("realm.yaml", "frontendUrl:", "other: 1\n  frontendUrl:")
    realm.edit("realm.yaml", "clientSessionIdleTimeout: 900\n", "")
    realm.apply()
    settings = realm.gateway.get(f"/{realm.name}")
    assert settings["clientSessionIdleTimeout"] == 900
    assert settings["attributes"]["other"] == "1"
    assert settings["bruteForceProtected"] is True


def test_a_field_and_its_attribute_change_together(realm: Provisioned) -> None:
    realm.apply()
    realm.edit("realm.yaml", "clientSessionIdleTimeout: 900", "clientSessionIdleTimeout: 1200")
    realm.edit("realm.yaml", "frontendUrl:", "other: 1\n  frontendUrl:")
    realm.apply()
    assert realm.told == ["update realm"]


@pytest.mark.parametrize(
    ("name", "where", "calls"),
    [
        ("SAMPLE_SMTP_PASSWORD", "realm", 1),  # the secret and its fingerprint in one call
        ("SAMPLE_CLIENT_SECRET", "client validator", 1),
        (
            "SAMPLE_RECAPTCHA_SECRET",
            "authentication flow sample registration",
            2,
        ),  # and the fingerprint after it
    ],
)
def test_a_changed_secret_is_written_once_and_never_shown(
    realm: Provisioned, name: str, where: str, calls: int
) -> None:
    shown = [realm.plan()]
    realm.apply()
    realm.environment[name] = "canary-changed"
    shown += [realm.plan(), *realm.told]
    assert [line for line in shown[1].splitlines() if line.startswith(("~", "+"))] == [f"~ {where}"]
    before = len(realm.writes())
    realm.apply()
    assert len(realm.writes()) - before == calls
    assert realm.apply().done == ()
    assert "canary" not in "".join(shown)


def test_a_changed_client_secret_is_the_one_that_counts(realm: Provisioned) -> None:
    realm.apply()
    realm.environment["SAMPLE_CLIENT_SECRET"] = "canary-changed"
    realm.apply()
    login = Login(realm.server.url, realm.name, client_id="validator", client_secret="canary-changed")
    assert Gateway(login).get(f"/{realm.name}/users?max=1") is not None


def test_a_change_by_hand_is_seen_and_put_back(realm: Provisioned) -> None:
    realm.apply()
    (client,) = realm.gateway.get(f"/{realm.name}/clients?clientId=portal")
    realm.gateway.put(f"/{realm.name}/clients/{client['id']}", {**client, "redirectUris": ["https://evil/*"]})
    assert "https://evil/*" in realm.plan()
    realm.apply()
    assert realm.told == ["update client portal"]


def test_a_failure_tells_what_was_done_and_carrying_on_finishes_it(realm: Provisioned) -> None:
    realm.apply()
    realm.edit("realm.yaml", "displayName: Sample", "displayName: Other")
    realm.edit("localization/it.yaml", "Credenziali", "Chiavi")
    realm.edit("clients.yaml", "optionalClientScopes: [phone]", "optionalClientScopes: [nonsense]")
    realm.edit("clients.yaml", "description: Helps", "description: Helps all")
    with pytest.raises(ApplyError) as caught:
        realm.apply()
    assert caught.value.done == ["update realm", "update localization it", "update realm role help desk"]
    assert caught.value.failed == "update client portal"
    assert "there is no client scope nonsense" in caught.value.reason
    realm.edit("clients.yaml", "nonsense", "email")
    realm.apply()
    assert realm.told == ["update client portal"]


def test_keycloaks_own_words_are_in_the_error(realm: Provisioned) -> None:
    realm.apply()
    realm.edit("realm.yaml", "from: sample@example.org", "from: nobody")
    with pytest.raises(ApplyError, match=r"PUT /admin/realms/.*: Keycloak answered 400: .*[Ii]nvalid"):
        realm.apply()


def test_an_import_that_keycloak_refuses_leaves_no_realm(realm: Provisioned) -> None:
    realm.edit("realm.yaml", "from: sample@example.org", "from: nobody")
    with pytest.raises(ApplyError) as caught:
        realm.apply()
    assert caught.value.done == []
    assert "does not exist yet" in realm.plan()


def test_a_built_in_flow_is_not_restructured(realm: Provisioned) -> None:
    realm.edit(
        "authentication.yaml",
        "authenticationFlows:\n",
        "authenticationFlows:\n  - alias: docker auth\n    authenticationExecutions:\n"
        "      - {authenticator: auth-cookie, requirement: REQUIRED}\n",
    )
    realm.edit("realm.yaml", "registrationFlow: sample registration\n", "")
    bare = realm.name
    realm.gateway.post("", {"realm": bare})
    realm.gateway.refresh()
    with pytest.raises(ProvisioningError, match="declare the flow under an alias of its own"):
        realm.plan()


def test_a_bare_realm_is_adopted(realm: Provisioned) -> None:
    realm.gateway.post("", {"realm": realm.name})
    realm.gateway.refresh()
    realm.apply()
    assert realm.told[0] == "create authentication flow sample registration"
    assert realm.apply().done == ()


def test_a_wrong_password_is_one_line_that_names_the_variables(keycloak_server: Keycloak) -> None:
    login = Login(keycloak_server.url, "master", username="admin", password="canary-wrong")
    with pytest.raises(ProvisioningError) as caught:
        Gateway(login).get("/master")
    assert str(caught.value).startswith(
        f"Keycloak at {keycloak_server.url} refused the login of user admin: "
    )
    assert "KEYCLOAK_USERNAME and KEYCLOAK_PASSWORD" in str(caught.value)


def test_every_field_that_keycloak_exports_is_known(realm: Provisioned) -> None:
    realm.apply()
    problems = Problems()
    config = load(realm.folder, environ=realm.environment)
    export = observe(realm.gateway, realm.name).export
    config.root.value = _nodes(export, config.root).value
    config.problems.found = problems.found
    engine.read(config)
    assert [str(p) for p in problems.of(Severity.UNKNOWN_FIELD)] == []


def _nodes(value: Any, place: Node) -> Node:
    if isinstance(value, dict):
        return Node({key: _nodes(child, place) for key, child in value.items()}, place.mark)
    if isinstance(value, list):
        return Node([_nodes(child, place) for child in value], place.mark)
    return Node(value, place.mark)
