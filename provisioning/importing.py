"""A live realm as configuration: only what differs from the defaults of its Keycloak version.

Built-in objects appear where they were changed, other objects with what was chosen for them. Secrets are
references; those that Keycloak never shows stay as they are until somebody declares them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioning.defaults import Defaults
from provisioning.engine import ROOT
from provisioning.nodes import as_shown, refers_to_vault
from provisioning.observed import PROFILE_COMPONENT, Observed
from provisioning.ownership import OWN
from provisioning.reduced import Masked, Reduction, is_masked, stripped
from provisioning.resources import clientdefaults
from provisioning.resources.admin_permissions import AdminPermissions
from provisioning.resources.authorization import ADMINISTRATORS, SETTINGS
from provisioning.resources.flows import Flows
from provisioning.resources.realm import FIELDS
from provisioning.resources.user_profile import SHAPE, normalised
from provisioning.resources.workflows import Workflows

_WORKFLOWS = "org.keycloak.models.workflow.WorkflowProvider"
_OVERRIDES = "authenticationFlowBindingOverrides"


def configuration(observed: Observed, defaults: Defaults) -> dict[str, Any]:
    """The realm's representation, reduced; Masked where a secret stands."""
    reduction = Reduction(
        representation(defaults.pristine), representation(defaults.samples), adjust=_adjusted
    )
    reduced = reduction.of(ROOT, representation(observed))
    if permissions := list(AdminPermissions().existing(observed).values()):
        settings = stripped(SETTINGS, {"policies": permissions}, ("clients", ADMINISTRATORS))
        client = {"clientId": ADMINISTRATORS, "authorizationSettings": settings}
        reduced = {**reduced, "clients": [*reduced.get("clients", ()), client]}
    return {
        "realm": observed.realm,
        **reduced,
        **_flows(observed, defaults.pristine),
        **_profile(observed, defaults.pristine),
    }


def confidential(observed: Observed) -> list[str]:
    """Clients whose secret is a choice of the realm's owner, and not in a vault."""
    chosen = (client for client in _chosen(observed) if _has_secret(client))
    return [client["clientId"] for client in chosen if not refers_to_vault(client.get("secret"))]


def _chosen(observed: Observed) -> list[dict[str, Any]]:
    """All clients but the one that Keycloak makes with adminPermissionsEnabled."""
    return [client for client in observed.list_of("clients") if client["clientId"] != ADMINISTRATORS]


def representation(observed: Observed) -> dict[str, Any]:
    """What was read, in the form in which it is declared. Flows apart: they are owned as whole trees."""
    export = dict(observed.export)
    for name in ("realm", "authenticationFlows", "authenticatorConfig", "defaultRoles", "keycloakVersion"):
        export.pop(name, None)
    aliases = {flow["id"]: flow["alias"] for flow in observed.list_of("authenticationFlows")}
    attributes = observed.attributes
    return {
        **export,
        "attributes": {k: v for k, v in attributes.items() if k not in FIELDS and not k.startswith(OWN)},
        "clients": [_client(client, aliases) for client in _chosen(observed)],
        "components": _components(export.get("components") or {}),
        "users": list(_service_accounts(observed)),
        "organizations": observed.organizations,
        "workflows": [{"name": name, **each} for name, each in Workflows().existing(observed).items()],
    }


def _client(client: Mapping[str, Any], aliases: Mapping[str, str]) -> dict[str, Any]:
    overrides = {name: aliases.get(flow, flow) for name, flow in (client.get(_OVERRIDES) or {}).items()}
    kept = {name: value for name, value in client.items() if name != "secret"}
    secret = {"secret": as_shown(client.get("secret") or "")} if _has_secret(client) else {}
    attributes = {
        name: value
        for name, value in (client.get("attributes") or {}).items()
        if name not in ("client.secret.creation.time", "realm_client")
    }
    return {**kept, _OVERRIDES: overrides, "attributes": attributes, **secret}


def _has_secret(client: Mapping[str, Any]) -> bool:
    public = client.get("publicClient") or client.get("bearerOnly")
    return not public and client.get("clientAuthenticatorType") in ("client-secret", "client-secret-jwt")


def _components(components: Mapping[str, Any]) -> dict[str, Any]:
    others = (PROFILE_COMPONENT, _WORKFLOWS)
    return {kind: listed for kind, listed in components.items() if kind not in others}


def _service_accounts(observed: Observed) -> Iterator[dict[str, Any]]:
    """Those that have more than Keycloak gives them."""
    for user in observed.list_of("users"):
        client = user.get("serviceAccountClientId")
        roles = {name: user[name] for name in ("realmRoles", "clientRoles") if user.get(name)}
        if client and (roles.get("clientRoles") or roles.get("realmRoles", [])[1:]):
            yield {"serviceAccountClientId": client, **roles}


def _adjusted(
    path: tuple[str, ...], item: Mapping[str, Any], default: Mapping[str, Any]
) -> Mapping[str, Any]:
    """A client's default, with what Keycloak derives from its other fields."""
    return clientdefaults.made(default, item) if path == ("clients",) else default


def _profile(observed: Observed, pristine: Observed) -> dict[str, Any]:
    """The user profile's lists that differ, each whole."""
    mine, base = (normalised(each.user_profile or {}) for each in (observed, pristine))
    changed = {
        name: stripped(SHAPE.fields[name], mine.get(name), ("userProfile", name))
        for name in {**mine, **base}
        if mine.get(name) != base.get(name)
    }
    return {"userProfile": changed} if changed else {}


def _flows(observed: Observed, pristine: Observed) -> dict[str, Any]:
    """Flows that are new or were changed, each with all that is below it."""
    kind = Flows()
    found, known = kind.existing(observed), kind.existing(pristine)
    leaving = kind.elsewhere({}, observed)
    changed = [
        alias
        for alias, tree in found.items()
        if alias not in leaving
        and (alias not in known or kind.deviations(alias, known[alias], tree, observed))
    ]
    flows = {flow["alias"]: flow for flow in observed.list_of("authenticationFlows")}
    used = list(dict.fromkeys(alias for top in changed for alias in _below(top, flows)))
    executions = [each for alias in used for each in flows[alias].get("authenticationExecutions") or []]
    configs = {each.get("authenticatorConfig") for each in executions}
    settings = [each for each in observed.list_of("authenticatorConfig") if each["alias"] in configs]
    written = {
        "authenticationFlows": [_flow(flows[alias]) for alias in used],
        "authenticatorConfig": [_settings(each) for each in settings],
    }
    return {name: value for name, value in written.items() if value}


def _below(alias: str, flows: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield alias
    for execution in flows[alias].get("authenticationExecutions") or []:
        if execution.get("flowAlias") in flows:
            yield from _below(execution["flowAlias"], flows)


def _flow(flow: Mapping[str, Any]) -> dict[str, Any]:
    """A flow without what is understood: a basic flow, at the top, not built in."""
    executions = [_execution(each) for each in flow.get("authenticationExecutions") or []]
    said = {
        "alias": flow["alias"],
        "description": flow.get("description"),
        "providerId": None if flow.get("providerId") == "basic-flow" else flow.get("providerId"),
        "topLevel": None if flow.get("topLevel") else False,
        "builtIn": flow.get("builtIn") or None,
    }
    kept = {name: value for name, value in said.items() if value not in (None, "")}
    return {**kept, "authenticationExecutions": executions}


def _execution(execution: Mapping[str, Any]) -> dict[str, Any]:
    names = ("authenticator", "flowAlias", "authenticatorConfig", "requirement", "priority")
    return {name: execution[name] for name in names if execution.get(name) is not None}


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    path = ("authenticatorConfig", config["alias"])
    values = {
        key: Masked((*path, key)) if is_masked(value) else value
        for key, value in sorted((config.get("config") or {}).items())
    }
    return {"alias": config["alias"], "config": values}
