"""Clients (ClientRepresentation) with their protocol mappers and scopes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from provisioning.change import Action, Change
from provisioning.nodes import MASK, Json, Node
from provisioning.observed import Observed
from provisioning.problems import Problems, ProvisioningError
from provisioning.resources.base import Declared, Kind, merged_map, overlaid
from provisioning.shapes import MAP, SECRET, Record, Records, Shape, fields
from provisioning.target import Target

_MAPPER = Record(
    {**fields(text="name protocol protocolMapper", read_only="id consentRequired consentText"), "config": MAP}
)
FIELDS: dict[str, Shape] = {
    **fields(
        text="clientId name description type rootUrl adminUrl baseUrl clientAuthenticatorType protocol",
        number="notBefore nodeReRegistrationTimeout",
        flag="""surrogateAuthRequired enabled alwaysDisplayInConsole bearerOnly consentRequired
        standardFlowEnabled implicitFlowEnabled directAccessGrantsEnabled serviceAccountsEnabled
        authorizationServicesEnabled publicClient frontchannelLogout fullScopeAllowed""",
        set="redirectUris webOrigins defaultClientScopes optionalClientScopes",
        map="attributes authenticationFlowBindingOverrides",
        read_only="id access origin registeredNodes registrationAccessToken",
        unmanaged="""defaultRoles directGrantsOnly clientTemplate useTemplateConfig useTemplateScope
        useTemplateMappers authorizationSettings""",
    ),
    "secret": SECRET,
    "protocolMappers": Records(_MAPPER),
}
_SCOPES = {"defaultClientScopes": "default-client-scopes", "optionalClientScopes": "optional-client-scopes"}
_NOT_SENT = ("access", "origin", *_SCOPES)


_BUILT_IN = frozenset(
    {
        "account",
        "account-console",
        "admin-cli",
        "admin-permissions",
        "broker",
        "realm-management",
        "security-admin-console",
    }
)


def built_in_client(name: str, realm: str) -> bool:
    """Whether Keycloak makes this client itself. Each realm has its NAME-realm among the master's clients."""
    return name in _BUILT_IN or (realm == "master" and name.endswith("-realm"))


class Clients(Kind):
    """A declared client; its attributes are managed key by key, its mappers and scopes as whole lists."""

    name = "client"
    fields: ClassVar[Mapping[str, Shape]] = {"clients": Records(Record(FIELDS), key="clientId")}
    shape = Record(FIELDS)
    prunable = "clients"

    def check(self, root: Node, problems: Problems) -> None:
        for client in root.mapping["clients"].items if "clients" in root.mapping else []:
            lists = [{item.value for item in client.mapping[s].items} for s in _SCOPES if s in client.mapping]
            for scope in sorted(set.intersection(*lists)) if len(lists) == 2 else []:
                problems.add(
                    client.mark, "optionalClientScopes", f"has {scope}, a default scope too: keep one"
                )

    def desired(self, declared: Declared) -> dict[str, Json]:
        return {
            client["clientId"]: client for client in declared.get("clients") or [] if "clientId" in client
        }

    def existing(self, observed: Observed) -> dict[str, Json]:
        aliases = {str(flow["id"]): flow["alias"] for flow in observed.list_of("authenticationFlows")}
        return {
            client["clientId"]: _existing(client, observed.client_secrets, aliases)
            for client in observed.list_of("clients")
        }

    def built_in(self, name: str, existing: Json, observed: Observed) -> bool:
        return built_in_client(name, observed.realm)

    def remove(self, change: Change, target: Target) -> None:
        target.delete("clients", change.observed["id"])

    def change(self, name: str, wanted: Json, existing: Json, observed: Observed) -> Change | None:
        return super().change(name, _with_scopes_that_leave(wanted, existing or {}), existing, observed)

    def creation(self, declared: Declared) -> dict[str, Json]:
        clients = [
            {key: value for key, value in client.items() if value is not None and key != _OVERRIDES}
            for client in self.desired(declared).values()
        ]
        return {"clients": clients} if clients else {}

    def imported(self, change: Change) -> dict[str, Json]:
        # ClientsPartialImport makes no service account's user, and takes flows by id only.
        alone = change.desired.get("serviceAccountsEnabled") or change.desired.get(_OVERRIDES)
        wanted = {key: value for key, value in change.desired.items() if value is not None}
        return {} if alone else {"clients": [wanted]}

    def apply(self, change: Change, target: Target) -> None:
        wanted = dict(change.desired)
        if _OVERRIDES in wanted:
            wanted[_OVERRIDES] = _flow_ids(wanted[_OVERRIDES], target)
        if change.action is Action.CREATE:
            target.post("clients", body={key: value for key, value in wanted.items() if value is not None})
            return
        if any(field.path not in _SCOPES for field in change.fields):
            target.put("clients", target.client(change.name), body=_body(change.observed, wanted))
        _apply_scopes(change, target)


_OVERRIDES = "authenticationFlowBindingOverrides"


def _with_scopes_that_leave(wanted: dict[str, Any], existing: dict[str, Any]) -> dict[str, Any]:
    """A scope is in one of the two lists only: declared in one, it leaves the other, declared or not."""
    default, optional = _SCOPES
    for here, there in ((default, optional), (optional, default)):
        moved = set(wanted.get(here) or []) & set(existing.get(there) or [])
        if moved and there not in wanted:
            wanted = {**wanted, there: [scope for scope in existing[there] if scope not in moved]}
    return wanted


def _existing(client: dict[str, Any], secrets: dict[str, str], aliases: dict[str, str]) -> dict[str, Any]:
    """The export's client with its secret, where it was read, and with flows by alias instead of by id."""
    overrides = {key: aliases.get(flow, flow) for key, flow in (client.get(_OVERRIDES) or {}).items()}
    known = {"secret": secrets[client["clientId"]]} if client["clientId"] in secrets else {}
    return {**client, _OVERRIDES: overrides, **known}


def _body(before: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The whole client goes back: Keycloak takes a missing authorizationServicesEnabled for an order to
    switch it off (ClientResource.updateAuthorizationSettings). Scopes are no part of this call, the mask
    never is."""
    body = overlaid(before, wanted)
    body["attributes"] = merged_map(before.get("attributes"), wanted.get("attributes") or {}, removed="")
    if _OVERRIDES not in wanted:
        body.pop(_OVERRIDES, None)
    if "secret" not in wanted:
        body.pop("secret", None)
    if body.get("attributes", {}).get("client.secret.rotated") == MASK:
        del body["attributes"]["client.secret.rotated"]
    for key, value in wanted.items():
        if value is None:
            body[key] = ""
    return {key: value for key, value in body.items() if key not in _NOT_SENT}


def _flow_ids(overrides: dict[str, Any], target: Target) -> dict[str, Any]:
    flows = {flow["alias"]: flow["id"] for flow in target.get("authentication", "flows")}
    known = set(flows.values())
    for name, flow in overrides.items():
        if flow and flow not in flows and flow not in known:
            raise ProvisioningError(f"{_OVERRIDES}.{name}: there is no authentication flow {flow}")
    return {name: flows.get(flow, flow) if flow else "" for name, flow in overrides.items()}


def _apply_scopes(change: Change, target: Target) -> None:
    """Scopes are attached one by one; what leaves goes first, since a scope may move from one list to the
    other."""
    ids = {scope["name"]: scope["id"] for scope in target.observed.list_of("clientScopes")}
    changed = [name for name in _SCOPES if any(field.path == name for field in change.fields)]
    steps: list[tuple[str, str, str]] = []
    for name in changed:
        before, after = set(change.observed.get(name) or []), set(change.desired.get(name) or [])
        steps += [("remove", name, scope) for scope in sorted(before - after)]
        steps += [("set", name, scope) for scope in sorted(after - before)]
    for verb, name, scope in sorted(steps, key=lambda step: step[0]):
        if scope not in ids:
            raise ProvisioningError(
                f"client {change.name}: {name}: there is no client scope {scope} in the realm"
            )
        path = ["clients", target.client(change.name), _SCOPES[name], ids[scope]]
        if verb == "set":
            target.put(*path, body={})
        else:
            target.delete(*path)
