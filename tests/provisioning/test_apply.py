"""What an apply sends, seen by a gateway that only remembers, and what it says when Keycloak refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioning import engine, fingerprint
from provisioning.connection import Answer
from provisioning.gateway import Gateway
from provisioning.login import Login
from provisioning.nodes import MASK, Json, Secret
from provisioning.observed import Observed
from provisioning.plan import creation, make
from provisioning.problems import ProvisioningError
from provisioning.reader import NotFoundError, RefusedError
from provisioning.resources import KINDS
from provisioning.resources.authorization import Authorization
from provisioning.resources.client_scopes import BUILT_IN
from provisioning.resources.clients import Clients
from provisioning.resources.groups import Groups
from provisioning.resources.realm import RealmSettings
from provisioning.resources.record import OwnershipRecord
from provisioning.resources.roles import RealmRoles
from provisioning.resources.workflows import Workflows
from provisioning.target import Target
from tests.provisioning.fakes import FakeGateway, Scripted


def sent(
    kind: type, declared: dict[str, Any], export: dict[str, Any], **more: Any
) -> list[tuple[str, str, Any]]:
    """The writing calls of this kind for this declaration."""
    observed = Observed("r", exists=True, export=export, **more)
    gateway = FakeGateway()
    target = Target(gateway, observed)
    for each in KINDS:
        if isinstance(each, kind):
            for change in each.changes(declared, observed):
                each.apply(change, target)
    return gateway.written


def test_only_the_realm_fields_that_differ_are_sent() -> None:
    declared = {"displayName": "new", "verifyEmail": True, "loginTheme": None}
    export = {"displayName": "old", "verifyEmail": True, "loginTheme": "x", "attributes": {"a": "b"}}
    assert sent(RealmSettings, declared, export) == [("PUT", "/r", {"displayName": "new", "loginTheme": ""})]


def test_all_attributes_go_with_a_changed_one_since_keycloak_drops_the_others() -> None:
    declared = {"attributes": {"mine": "1", "gone": None}, "clientSessionIdleTimeout": 9}
    export = {
        "attributes": {"mine": "0", "gone": "x", "theirs": "y", "clientSessionIdleTimeout": "5"},
        "clientSessionIdleTimeout": 5,
    }
    assert sent(RealmSettings, declared, export) == [
        (
            "PUT",
            "/r",
            {
                "clientSessionIdleTimeout": 9,
                "attributes": {"mine": "1", "theirs": "y", "clientSessionIdleTimeout": "9"},
            },
        )
    ]


def test_mail_settings_go_as_a_whole_with_the_secret_and_its_fingerprint() -> None:
    declared = {"smtpServer": {"host": "new", "password": Secret("word")}}
    export = {"smtpServer": {"host": "old", "from": "a@b", "password": MASK}, "attributes": {"x": "y"}}
    ((_, _, body),) = sent(RealmSettings, declared, export)
    assert body["smtpServer"] == {"host": "new", "from": "a@b", "password": "word"}
    kept = body["attributes"].pop("provisioning.secret.realm.smtpServer.password")
    assert body["attributes"] == {"x": "y"}
    assert fingerprint.matches("realm.smtpServer.password", Secret("word"), kept)


def test_a_secret_that_the_realm_already_has_is_not_written_again() -> None:
    place = "realm.smtpServer.password"
    kept = {fingerprint.attribute(place): fingerprint.make(place, Secret("word"))}
    export = {"smtpServer": {"password": MASK}, "attributes": kept}
    assert sent(RealmSettings, {"smtpServer": {"password": Secret("word")}}, export) == []
    assert len(sent(RealmSettings, {"smtpServer": {"password": Secret("other")}}, export)) == 1


def test_a_mask_is_never_sent_back_even_if_that_means_refusing() -> None:
    export = {"smtpServer": {"host": "old", "password": MASK}}
    with pytest.raises(ProvisioningError, match="declare it as `password: !secret NAME`"):
        sent(RealmSettings, {"smtpServer": {"host": "new"}}, export)


def test_a_changed_client_keeps_what_is_not_declared_and_sends_no_mask() -> None:
    before = {
        "clientId": "c",
        "id": "1",
        "secret": MASK,
        "authorizationServicesEnabled": True,
        "attributes": {"theirs": "x"},
        "defaultClientScopes": ["email"],
    }
    declared = {"clients": [{"clientId": "c", "name": "New", "attributes": {"mine": "y"}}]}
    assert sent(Clients, declared, {"clients": [before]}) == [
        (
            "PUT",
            "/r/clients/1",
            {
                "clientId": "c",
                "id": "1",
                "name": "New",
                "authorizationServicesEnabled": True,
                "attributes": {"theirs": "x", "mine": "y"},
            },
        )
    ]


def test_a_scope_that_changes_lists_leaves_one_before_it_joins_the_other() -> None:
    before = {"clientId": "c", "id": "1", "defaultClientScopes": ["email"], "optionalClientScopes": ["phone"]}
    wanted = {"clientId": "c", "defaultClientScopes": ["phone"], "optionalClientScopes": ["email"]}
    scopes = [{"name": "email", "id": "E"}, {"name": "phone", "id": "P"}]
    calls = sent(Clients, {"clients": [wanted]}, {"clients": [before], "clientScopes": scopes})
    assert [(method, path) for method, path, _ in calls] == [
        ("DELETE", "/r/clients/1/default-client-scopes/E"),
        ("DELETE", "/r/clients/1/optional-client-scopes/P"),
        ("PUT", "/r/clients/1/default-client-scopes/P"),
        ("PUT", "/r/clients/1/optional-client-scopes/E"),
    ]


def test_a_new_realm_is_one_import_without_required_actions() -> None:
    declared = {
        "displayName": "R",
        "requiredActions": [{"alias": "a"}],
        "clients": [{"clientId": "c", "secret": Secret("s")}],
        "users": [{"serviceAccountClientId": "c", "clientRoles": {"realm-management": ["view-users"]}}],
        "smtpServer": {"password": Secret("word")},
    }
    body = creation(declared, make(declared, Observed("r")))
    assert set(body) == {"realm", "enabled", "displayName", "clients", "users", "smtpServer", "attributes"}
    assert list(body["attributes"]) == ["provisioning.secret.realm.smtpServer.password"]


def test_a_new_realm_is_imported_without_naming_client_scopes_that_are_yet_to_be_made() -> None:
    """Keycloak leaves those out, and warns of each in its log."""
    client = {"clientId": "c", "defaultClientScopes": ["email", "mine"], "optionalClientScopes": ["mine"]}
    scopes = [{"name": "mine"}]
    declared = {"clientScopes": scopes, "clients": [client]}
    [made] = creation(declared, make(declared, Observed("r")))["clients"]
    assert made == {"clientId": "c", "defaultClientScopes": ["email"], "optionalClientScopes": []}
    scopes += [{"name": name} for name in BUILT_IN]
    [whole] = creation(declared, make(declared, Observed("r")))["clients"]
    assert whole == client


def test_an_apply_stops_at_the_first_failure_and_tells_what_was_and_was_not_done() -> None:
    declared = {"displayName": "new", "clients": [{"clientId": "c"}], "roles": {"realm": [{"name": "z"}]}}
    gateway = FakeGateway({"displayName": "old"}, refuse="/roles")
    told: list[str] = []
    with pytest.raises(engine.ApplyError) as caught:
        engine.apply(declared, gateway, "r", told.append)
    assert told == ["update realm"]
    assert str(caught.value).splitlines() == [
        "stopped at: create realm role z",
        "  POST /admin/realms/r/roles: Keycloak answered 400: Keycloak's own words",
        "done before it:",
        "  update realm",
        "not attempted:",
        "  create client c",
    ]


def test_what_keycloak_does_not_keep_is_an_error_that_names_it() -> None:
    with pytest.raises(ProvisioningError) as caught:
        engine.apply({"displayName": "new"}, FakeGateway({"displayName": "old"}), "r")
    assert str(caught.value).splitlines() == ["applied, but Keycloak did not keep:", "  realm: displayName"]


def test_an_attribute_that_the_user_profile_lacks_is_told_as_the_reason() -> None:
    class WithAnna(FakeGateway):
        def get(self, path: str) -> Json:
            return [{"id": "u", "username": "anna"}] if "/users?" in path else super().get(path)

    with pytest.raises(ProvisioningError) as caught:
        engine.apply({"users": [{"username": "anna", "attributes": {"team": ["a"]}}]}, WithAnna({}), "r")
    assert str(caught.value).splitlines() == [
        "applied, but Keycloak did not keep:",
        "  user anna: attributes.team",
        "it drops a user's attributes that the user profile lacks: declare them in userProfile, or set its"
        " unmanagedAttributePolicy",
    ]


def test_a_secret_that_keycloak_repeats_is_taken_out_of_its_words() -> None:
    connection = Scripted(Answer(400, "", '{"errorMessage": "bad password canary-word"}'))
    gateway = Gateway(Login("http://fake", "master"), connection=connection)
    with pytest.raises(RefusedError) as caught:
        gateway.put("/r", {"smtpServer": {"password": Secret("canary-word")}})
    assert str(caught.value) == "PUT /admin/realms/r: Keycloak answered 400: bad password (secret)"


def test_nothing_is_written_where_nothing_differs() -> None:
    gateway = FakeGateway({"displayName": "same"})
    assert engine.apply({"displayName": "same"}, gateway, "r").done == ()
    assert gateway.written == []


def test_the_fields_of_one_policy_go_together_since_keycloak_resets_those_left_out() -> None:
    export = {"otpPolicyType": "totp", "otpPolicyDigits": 6, "otpPolicyPeriod": 30, "webAuthnPolicyRpId": "x"}
    assert sent(RealmSettings, {"otpPolicyDigits": 8}, export) == [
        ("PUT", "/r", {"otpPolicyType": "totp", "otpPolicyDigits": 8, "otpPolicyPeriod": 30})
    ]


def test_attributes_just_written_survive_the_fingerprint_of_a_later_secret() -> None:
    secret = Secret("word")
    declared = {
        "attributes": {"mine": "1"},
        "identityProviders": [{"alias": "partner", "providerId": "oidc", "config": {"clientSecret": secret}}],
    }
    observed = Observed("r", exists=True, export={"attributes": {"theirs": "x"}})
    gateway = FakeGateway()
    target = Target(gateway, observed)
    for change in make(declared, observed).changes:
        next(kind for kind in KINDS if kind.name == change.kind).carry_out(change, target)
    last = [body["attributes"] for method, path, body in gateway.written if (method, path) == ("PUT", "/r")][
        -1
    ]
    assert {"mine": "1", "theirs": "x"}.items() <= last.items()
    assert fingerprint.matches(PARTNER_SECRET, secret, last[fingerprint.attribute(PARTNER_SECRET)])


PARTNER_SECRET = "identity-provider.partner.config.clientSecret"


def test_attributes_of_a_role_that_are_not_declared_stay() -> None:
    declared = {"roles": {"realm": [{"name": "a", "attributes": {"mine": ["1"]}}]}}
    export = {"roles": {"realm": [{"name": "a", "id": "1", "attributes": {"theirs": ["x"]}}]}}
    ((_, _, body),) = sent(RealmRoles, declared, export)
    assert body["attributes"] == {"mine": ["1"], "theirs": ["x"]}


def test_a_resource_whose_scopes_change_is_written_once_more_for_the_servers_cache() -> None:
    before = {"resources": [{"name": "orders", "scopes": [{"name": "a"}]}], "scopes": [{"name": "a"}]}
    wanted = {"resources": [{"name": "orders", "scopes": []}], "scopes": []}
    calls = sent(
        Authorization,
        {"clients": [{"clientId": "c", "authorizationSettings": wanted}]},
        {"clients": [{"clientId": "c", "id": "1", "authorizationSettings": before}]},
    )
    server = "/r/clients/1/authz/resource-server/"
    assert [(method, path.removeprefix(server).split("/")[0]) for method, path, _ in calls] == [
        ("POST", "import"),
        ("PUT", "resource"),
        ("DELETE", "scope"),
    ]


class Without(FakeGateway):
    """Knows nothing that it is asked for."""

    def get(self, path: str) -> Any:
        raise NotFoundError("GET", path, 404, "no such thing")


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ({"realmRoles": ["x"]}, "there is no role x in the realm: declare it, or correct the name"),
        ({"clientRoles": {"c": ["x"]}}, "there is no role c/x in the realm: declare it, or correct the name"),
    ],
)
def test_a_reference_to_nothing_says_what_there_is_none_of(group: dict[str, Any], said: str) -> None:
    export = {"groups": [{"name": "g", "id": "1"}], "clients": [{"clientId": "c", "id": "2"}]}
    observed = Observed("r", exists=True, export=export)
    (change,) = make({"groups": [{"name": "g", **group}]}, observed).changes
    with pytest.raises(ProvisioningError) as caught:
        Groups().carry_out(change, Target(Without(), observed))
    assert str(caught.value) == said


@pytest.mark.parametrize("exists", [True, False])
def test_settings_of_a_client_without_authorization_services_are_refused_before_it_is_made(
    exists: bool,
) -> None:
    client = {"clientId": "c", "authorizationSettings": {"policyEnforcementMode": "PERMISSIVE"}}
    observed = Observed("r", exists=exists)
    with pytest.raises(ProvisioningError, match=r"clients\[c\].*declare authorizationServicesEnabled: true"):
        make({"clients": [client]}, observed)
    assert make({"clients": [{**client, "authorizationServicesEnabled": True}]}, observed).changes


def test_a_server_without_workflows_is_told() -> None:
    with pytest.raises(ProvisioningError, match="start it with --features=workflows"):
        Workflows().complete({"workflows": []}, Observed("r", exists=True), Without())


def test_a_record_is_written_with_the_lists_that_are_not_declared() -> None:
    declared = {"provisioning": {"owner": "portal"}, "roles": {"realm": [{"name": "a"}]}}
    export = {
        "attributes": {"provisioning.owner.portal": '{"clients": ["c"], "roles.client": ["c/x"]}'},
        "roles": {"realm": [{"name": "a", "id": "1"}]},
    }
    ((_, path, body),) = sent(OwnershipRecord, declared, export)
    assert path == "/r"
    assert json.loads(body["attributes"]["provisioning.owner.portal"]) == {
        "clients": ["c"],
        "roles.client": ["c/x"],
        "roles.realm": ["a"],
    }
