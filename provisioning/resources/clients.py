"""Clients (ClientRepresentation) with their protocol mappers and scopes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from provisioning.change import Action, Change
from provisioning.nodes import MASK, Json, Node
from provisioning.observed import Observed, read_client_secrets
from provisioning.problems import Problems, ProvisioningError
from provisioning.reader import Reader
from provisioning.resources import clientdefaults
from provisioning.resources.authorization import ADMINISTRATORS, SETTINGS
from provisioning.resources.base import Declared, Kind, merged_map, overlaid, with_scopes_that_leave
from provisioning.resources.client_scopes import of_the_creation
from provisioning.resources.mappers import MAPPERS
from provisioning.shapes import SECRET, Record, Records, Shape, fields
from provisioning.target import Target

FIELDS: dict[str, Shape] = {
    **fields(
        short="clientId name description rootUrl adminUrl baseUrl",
        text="type clientAuthenticatorType protocol",
        number="notBefore nodeReRegistrationTimeout",
        flag="""surrogateAuthRequired enabled alwaysDisplayInConsole bearerOnly consentRequired
        standardFlowEnabled implicitFlowEnabled directAccessGrantsEnabled serviceAccountsEnabled
        authorizationServicesEnabled publicClient frontchannelLogout fullScopeAllowed""",
        set="redirectUris webOrigins defaultClientScopes optionalClientScopes",
        map="attributes authenticationFlowBindingOverrides",
        read_only="id access origin registeredNodes registrationAccessToken",
        unmanaged="""defaultRoles directGrantsOnly clientTemplate useTemplateConfig useTemplateScope
        useTemplateMappers""",
    ),
    "secret": SECRET,
    "protocolMappers": MAPPERS,
}
_AUTHORIZATION = "authorizationSettings"  # a kind of its own
_SCOPES = {"defaultClientScopes": "default-client-scopes", "optionalClientScopes": "optional-client-scopes"}
_NOT_SENT = ("access", "origin", _AUTHORIZATION, *_SCOPES)


_OF_EACH_REALM = frozenset(
    {
        "account",
        "account-console",
        "admin-cli",
        "broker",
        "realm-management",
        "security-admin-console",
    }
)
_BUILT_IN = _OF_EACH_REALM | {"admin-permissions"}


def built_in_client(name: str, realm: str) -> bool:
    """Whether Keycloak makes this client itself. Each realm has its NAME-realm among the master's clients."""
    return name in _BUILT_IN or (realm == "master" and name.endswith("-realm"))


class Clients(Kind):
    """A declared client; its attributes are managed key by key, its mappers and scopes as whole lists."""

    name = "client"
    fields: ClassVar[Mapping[str, Shape]] = {
        "clients": Records(Record({**FIELDS, _AUTHORIZATION: SETTINGS}), key="clientId")
    }
    shape = Record(FIELDS)
    prunable = "clients"

    def check(self, root: Node, problems: Problems) -> None:
        for client in root.mapping["clients"].items if "clients" in root.mapping else []:
            lists = [{item.value for item in client.mapping[s].items} for s in _SCOPES if s in client.mapping]
            for scope in sorted(set.intersection(*lists)) if len(lists) == 2 else []:
                problems.add(
                    client.mark, "optionalClientScopes", f"has {scope}, a default scope too: keep one"
                )

    def elsewhere(self, declared: Declared, observed: Observed) -> Collection[str]:
        """The client that Keycloak makes with adminPermissionsEnabled (AdminPermissionsSchema)."""
        enabled = observed.export.get("adminPermissionsEnabled")
        return (ADMINISTRATORS,) if enabled else ()

    def complete(self, declared: Declared, observed: Observed, reader: Reader) -> None:
        with_secret = [
            name for name, each in self.desired(declared).items() if each.get("secret") is not None
        ]
        read_client_secrets(reader, observed, with_secret)

    def desired(self, declared: Declared) -> dict[str, Json]:
        aliases = _aliases(declared.get("authenticationFlows") or [])
        return {
            client["clientId"]: _without_marks(_by_alias(client, aliases))
            for client in declared.get("clients") or []
            if "clientId" in client
        }

    def existing(self, observed: Observed) -> dict[str, Json]:
        aliases = _aliases(observed.list_of("authenticationFlows"))
        secrets = {name: {"secret": secret} for name, secret in observed.client_secrets.items()}
        # Where there is no authorization server, ModelToRepresentation says nothing rather than false.
        unsaid = {"authorizationServicesEnabled": False}
        return {
            client["clientId"]: {
                **unsaid,
                **_by_alias(client, aliases),
                **secrets.get(client["clientId"], {}),
            }
            for client in observed.list_of("clients")
        }

    def built_in(self, name: str, existing: Json, observed: Observed) -> bool:
        return built_in_client(name, observed.realm)

    def remove(self, change: Change, target: Target) -> None:
        target.delete("clients", change.observed["id"])

    def change(self, name: str, wanted: Json, existing: Json, observed: Observed) -> Change | None:
        if existing is None and name == ADMINISTRATORS:
            return None  # comes with the setting adminPermissionsEnabled, and cannot be made otherwise
        wanted = _by_alias(wanted, _aliases(observed.list_of("authenticationFlows")))
        wanted = with_scopes_that_leave(wanted, existing or {}, *_SCOPES)
        return super().change(name, wanted, existing, observed)

    def expected(self, default: Json, declared: Json, found: Json) -> Json:
        return clientdefaults.expected(super().expected(default, declared, found), declared or {}, found)

    def creation(self, declared: Declared) -> dict[str, Json]:
        # Keycloak makes none of its own clients that an import brings (RealmManager#importRealm): all of them
        # come with it, as an export has them, or none, and what is declared of some follows afterwards.
        wanted = self.desired(declared)
        left = frozenset() if wanted.keys() >= _OF_EACH_REALM else _BUILT_IN
        scopes = of_the_creation(declared)
        clients = [
            {
                key: [one for one in value if one in scopes] if key in _SCOPES else value
                for key, value in client.items()
                if value is not None and key != OVERRIDES
            }
            for name, client in wanted.items()
            if name not in left
        ]
        return {"clients": clients} if clients else {}

    def imported(self, change: Change) -> dict[str, Json]:
        # ClientsPartialImport makes no service account's user, and takes flows by id only.
        alone = change.desired.get("serviceAccountsEnabled") or change.desired.get(OVERRIDES)
        wanted = {key: value for key, value in change.desired.items() if value is not None}
        return {} if alone else {"clients": [wanted]}

    def apply(self, change: Change, target: Target) -> None:
        wanted = dict(change.desired)
        if OVERRIDES in wanted:
            wanted[OVERRIDES] = _flow_ids(wanted[OVERRIDES], target)
        if change.action is Action.CREATE:
            uuid = target.post(
                "clients", body={key: value for key, value in wanted.items() if value is not None}
            )
            _drop_unasked_scope(wanted, uuid, target)
            return
        if any(field.path not in _SCOPES for field in change.fields):
            uuid = target.client(change.name)
            target.put("clients", uuid, body=_body(change.observed, wanted))
            enabled = change.observed.get("serviceAccountsEnabled")
            _drop_unasked_scope({"serviceAccountsEnabled": enabled, **wanted}, uuid, target)
        _apply_scopes(change, target)


OVERRIDES = "authenticationFlowBindingOverrides"


def _aliases(flows: list[dict[str, Any]]) -> dict[str, str]:
    return {str(flow["id"]): flow["alias"] for flow in flows if flow.get("id") and flow.get("alias")}


def _without_marks(client: dict[str, Any]) -> dict[str, Any]:
    """Without what Keycloak alone writes on the clients that it makes, and takes from nobody."""
    if "attributes" not in client:
        return client
    attributes = client["attributes"]
    return {**client, "attributes": {key: attributes[key] for key in attributes if key != "realm_client"}}


def _by_alias(client: dict[str, Any], aliases: dict[str, str]) -> dict[str, Any]:
    """The client alone, its own flows by alias: exports name them by id."""
    kept = {key: value for key, value in client.items() if key != _AUTHORIZATION}
    if client.get(OVERRIDES):
        kept[OVERRIDES] = {key: aliases.get(flow, flow) for key, flow in client[OVERRIDES].items()}
    return kept


def _body(before: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The whole client goes back: Keycloak takes a missing authorizationServicesEnabled for an order to
    switch it off (ClientResource.updateAuthorizationSettings). Scopes are no part of this call, the mask
    never is."""
    body = overlaid(before, wanted)
    body["attributes"] = merged_map(before.get("attributes"), wanted.get("attributes") or {}, removed="")
    if OVERRIDES not in wanted:
        body.pop(OVERRIDES, None)
    if "secret" not in wanted:
        body.pop("secret", None)
    if body.get("attributes", {}).get("client.secret.rotated") == MASK:
        del body["attributes"]["client.secret.rotated"]
    for key, value in wanted.items():
        if value is None:
            body[key] = ""
    return {key: value for key, value in body.items() if key not in _NOT_SENT}


def _flow_ids(overrides: dict[str, Any], target: Target) -> dict[str, Any]:
    for name, flow in overrides.items():
        if flow and flow not in target.flows:
            raise ProvisioningError(f"{OVERRIDES}.{name}: there is no authentication flow {flow}")
    return {name: target.flows[flow] if flow else "" for name, flow in overrides.items()}


def _drop_unasked_scope(wanted: dict[str, Any], uuid: str, target: Target) -> None:
    """ClientManager.enableServiceAccount, called at every PUT too, adds a scope of its own to the list."""
    declared = wanted.get("defaultClientScopes")
    if wanted.get("serviceAccountsEnabled") and declared is not None and _SERVICE_ACCOUNT not in declared:
        target.delete("clients", uuid, "default-client-scopes", target.client_scope(_SERVICE_ACCOUNT))


_SERVICE_ACCOUNT = "service_account"


def _apply_scopes(change: Change, target: Target) -> None:
    """Scopes are attached one by one; what leaves goes first, since a scope may move from one list to the
    other."""
    changed = [name for name in _SCOPES if any(field.path == name for field in change.fields)]
    steps: list[tuple[str, str, str]] = []
    for name in changed:
        before, after = set(change.observed.get(name) or []), set(change.desired.get(name) or [])
        steps += [("remove", name, scope) for scope in sorted(before - after)]
        steps += [("set", name, scope) for scope in sorted(after - before)]
    for verb, name, scope in sorted(steps, key=lambda step: step[0]):
        path = ["clients", target.client(change.name), _SCOPES[name], target.client_scope(scope)]
        if verb == "set":
            target.put(*path, body={})
        else:
            target.delete(*path)
