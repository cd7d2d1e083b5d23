"""References between objects, checked with file and line before any server is asked.

What is named must be declared or built into the newest known Keycloak. Another configuration may own it, or
nobody: so these are errors of `validate` alone, which sees no server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from provisioning import defaults
from provisioning.nodes import Node, json_list
from provisioning.observed import Observed, walk
from provisioning.problems import Mark, Problems, Severity
from provisioning.resources.authorization import ADMINISTRATORS, FIRST_PERMISSIONS
from provisioning.resources.realm import BINDINGS

_NOTHING = Node(None, Mark("", 0))
_SCOPES = ("defaultClientScopes", "optionalClientScopes")
_REALM_SCOPES = ("defaultDefaultClientScopes", "defaultOptionalClientScopes")
_OF_PERMISSIONS = (
    ("authorization resource", "resources", "resources"),
    ("authorization scope", "scopes", "scopes"),
    ("authorization policy", "policies", "applyPolicies"),
)
"""What a permission refers to, the field that names it, and the setting that does."""
_OF_POLICIES = [each for each in _OF_PERMISSIONS if each[1] == "policies"]
_SERVED_BY_KEYCLOAK = (ADMINISTRATORS, FIRST_PERMISSIONS)
"""Clients whose resources and scopes it makes itself."""
_FLOWS_OF_PROVIDERS = ("firstBrokerLoginFlowAlias", "postBrokerLoginFlowAlias")


@dataclass(frozen=True)
class Reference:
    """A place that names an object: what kind of object, its name, and where the name is written."""

    what: str
    name: str
    where: str
    mark: Mark


def check(root: Node, problems: Problems) -> None:
    """Complain about every name of nothing."""
    realm = root.mapping.get("realm")
    built_in = defaults.load(defaults.known_versions()[-1], realm.written if realm else "")
    known = {**_declared(root)}
    for what, names in _built_in(built_in.pristine):
        known[what] = known.get(what, set()) | names
    for each in _references(root):
        # A group's path may lack its first slash (shapes.Paths).
        name = f"/{each.name.lstrip('/')}" if each.what == "group" else each.name
        if name not in known[each.what]:
            words = f"names no {each.what} that is declared or built in: declare {each.name}, or correct it"
            problems.add(each.mark, each.where, words, Severity.UNRESOLVED)


def _declared(root: Node) -> dict[str, set[str]]:
    roles = _child(root, "roles")
    profile = _child(root, "userProfile")
    profiles = _child(_child(root, "clientProfiles"), "profiles")
    return {
        "authentication flow": set(_names(_child(root, "authenticationFlows"), "alias")),
        "client": set(_names(_child(root, "clients"), "clientId")),
        "client scope": set(_names(_child(root, "clientScopes"), "name")),
        "realm role": set(_names(_child(roles, "realm"), "name")),
        "client role": {
            f"{client}/{name}"
            for client, own in _child(roles, "client").mapping.items()
            for name in _names(own, "name")
        }
        | {f"{client}/uma_protection" for client in _authorizing(root)},
        "group": set(_paths(_child(root, "groups"), "")),
        "identity provider": set(_names(_child(root, "identityProviders"), "alias")),
        "group of the user profile": {
            *_names(_child(profile, "groups"), "name"),
            *(() if "groups" in profile.mapping else ("user-metadata",)),
        },
        "client profile": set(_names(profiles, "name")),
        **{what: set(_settings_of_clients(root, field)) for what, field, _ in _OF_PERMISSIONS},
    }


def _settings_of_clients(root: Node, field: str) -> Iterator[str]:
    for client in _child(root, "clients").items:
        for name in _names(_child(_child(client, "authorizationSettings"), field), "name"):
            yield f"{_text(client, 'clientId')}/{name}"


def _authorizing(root: Node) -> Iterator[str]:
    """Clients that get a role of Keycloak's own (AuthorizationService.enable)."""
    for client in _child(root, "clients").items:
        if _child(client, "authorizationServicesEnabled").value not in (None, False):
            yield _text(client, "clientId")


def _built_in(pristine: Observed) -> Iterator[tuple[str, set[str]]]:
    roles = pristine.export.get("roles") or {}
    profiles = (pristine.export.get("clientProfiles") or {}).get("globalProfiles") or []
    yield "authentication flow", {flow["alias"] for flow in pristine.list_of("authenticationFlows")}
    yield "client", {client["clientId"] for client in pristine.list_of("clients")}
    yield "client scope", {scope["name"] for scope in pristine.list_of("clientScopes")}
    yield "realm role", {role["name"] for role in roles.get("realm") or []}
    yield (
        "client role",
        {f"{client}/{role['name']}" for client, own in (roles.get("client") or {}).items() for role in own},
    )
    yield "group", {path for path, _ in walk(pristine.list_of("groups"))}
    yield "client profile", {profile["name"] for profile in profiles}


def _references(root: Node) -> Iterator[Reference]:
    for binding in BINDINGS.split():
        yield from _one("authentication flow", _child(root, binding), binding)
    for name in _REALM_SCOPES:
        yield from _many("client scope", _child(root, name), name)
    yield from _many("group", _child(root, "defaultGroups"), "defaultGroups")
    yield from _many("realm role", _child(root, "defaultRoles"), "defaultRoles")
    flows = {_text(flow, "id"): _text(flow, "alias") for flow in _child(root, "authenticationFlows").items}
    for client in _child(root, "clients").items:
        yield from _of_client(client, f"clients[{_text(client, 'clientId')}]", flows)
    for provider in _child(root, "identityProviders").items:
        where = f"identityProviders[{_text(provider, 'alias')}]"
        for name in _FLOWS_OF_PROVIDERS:
            yield from _one("authentication flow", _child(provider, name), f"{where}.{name}")
    for mapper in _child(root, "identityProviderMappers").items:
        alias = _child(mapper, "identityProviderAlias")
        yield from _one("identity provider", alias, f"identityProviderMappers[{_text(mapper, 'name')}]")
    yield from _of_roles(_child(root, "roles"))
    yield from _of_groups(_child(root, "groups"), "")
    for user in _child(root, "users").items:
        where = f"users[{_text(user, 'username') or _text(user, 'serviceAccountClientId')}]"
        yield from _mappings(user, "realmRoles", "clientRoles", where)
        yield from _many("group", _child(user, "groups"), f"{where}.groups")
    yield from _of_scopes(root)
    yield from _of_profile_and_policies(root)


def _of_client(client: Node, where: str, flows: Mapping[str, str]) -> Iterator[Reference]:
    """`flows` are aliases by id: an export names the flows of its clients by their ids."""
    for name in _SCOPES:
        yield from _many("client scope", _child(client, name), f"{where}.{name}")
    yield from _of_authorization(_child(client, "authorizationSettings"), _text(client, "clientId"), where)
    overrides = _child(client, "authenticationFlowBindingOverrides")
    for name, flow in overrides.mapping.items():
        for each in _one("authentication flow", flow, f"{where}.authenticationFlowBindingOverrides.{name}"):
            yield replace(each, name=flows.get(each.name, each.name))


def _of_authorization(settings: Node, client: str, where: str) -> Iterator[Reference]:
    """What policies and permissions name: in lists, or in settings that are lists as JSON text."""
    for policy in _child(settings, "policies").items:
        place = f"{where}.authorizationSettings.policies[{_text(policy, 'name')}]"
        config = _child(policy, "config")
        for role in _written(_child(config, "roles"), "id"):
            yield replace(role, what="client role" if "/" in role.name else "realm role", where=place)
        for group in _written(_child(config, "groups"), "path"):
            yield replace(group, what="group", where=place)
        for named in _written(_child(config, "clients"), ""):
            yield replace(named, what="client", where=place)
        for what, beside, key in _OF_POLICIES if client in _SERVED_BY_KEYCLOAK else _OF_PERMISSIONS:
            for each in [*_many("", _child(policy, beside), ""), *_written(_child(config, key), "")]:
                yield replace(each, what=what, name=f"{client}/{each.name}", where=place)


def _written(node: Node, key: str) -> Iterator[Reference]:
    """Names in a list that is written as JSON text; of objects what is under `key`."""
    if not isinstance(node.value, str) or node.tagged:
        return
    for item in json_list(node.value) or ():
        name = item.get(key) if isinstance(item, dict) else item
        if isinstance(name, str):
            yield Reference("", name, "", node.mark)


def _of_roles(roles: Node) -> Iterator[Reference]:
    lists = [("roles.realm", _child(roles, "realm"))]
    for client, own in _child(roles, "client").mapping.items():
        lists.append((f"roles.client.{client}", own))
        yield Reference("client", client, f"roles.client.{client}", _child(roles, "client").mark_of(client))
    for place, listed in lists:
        for role in listed.items:
            where = f"{place}[{_text(role, 'name')}].composites"
            yield from _mappings(_child(role, "composites"), "realm", "client", where)


def _of_groups(groups: Node, above: str) -> Iterator[Reference]:
    for group in groups.items:
        path = f"{above}/{_text(group, 'name')}"
        yield from _mappings(group, "realmRoles", "clientRoles", f"groups[{path}]")
        yield from _of_groups(_child(group, "subGroups"), path)


def _of_scopes(root: Node) -> Iterator[Reference]:
    lists = [("scopeMappings", "", _child(root, "scopeMappings"))]
    for client, own in _child(root, "clientScopeMappings").mapping.items():
        lists.append((f"clientScopeMappings.{client}", client, own))
    for where, client, listed in lists:
        for mapping in listed.items:
            yield from _one("client", _child(mapping, "client"), where)
            yield from _one("client scope", _child(mapping, "clientScope"), where)
            yield from _roles(_child(mapping, "roles"), client, where)


def _of_profile_and_policies(root: Node) -> Iterator[Reference]:
    for attribute in _child(_child(root, "userProfile"), "attributes").items:
        where = f"userProfile.attributes[{_text(attribute, 'name')}].group"
        yield from _one("group of the user profile", _child(attribute, "group"), where)
    for policy in _child(_child(root, "clientPolicies"), "policies").items:
        where = f"clientPolicies.policies[{_text(policy, 'name')}].profiles"
        yield from _many("client profile", _child(policy, "profiles"), where)
    for organization in _child(root, "organizations").items:
        where = f"organizations[{_text(organization, 'name')}].identityProviders"
        for provider in _child(organization, "identityProviders").items:
            yield from _one("identity provider", _child(provider, "alias"), where)


def _mappings(node: Node, realm: str, client: str, where: str) -> Iterator[Reference]:
    """Roles of the realm and of clients, in the two fields of these names."""
    yield from _roles(_child(node, realm), "", f"{where}.{realm}")
    for name, own in _child(node, client).mapping.items():
        yield Reference("client", name, f"{where}.{client}", _child(node, client).mark_of(name))
        yield from _roles(own, name, f"{where}.{client}.{name}")


def _roles(names: Node, client: str, where: str) -> Iterator[Reference]:
    for node in names.items:
        name = f"{client}/{node.value}" if client else str(node.value)
        yield Reference("client role" if client else "realm role", name, where, node.mark)


def _one(what: str, node: Node, where: str) -> Iterator[Reference]:
    if isinstance(node.value, str) and node.value and not node.tagged:
        yield Reference(what, node.value, where, node.mark)


def _many(what: str, names: Node, where: str) -> Iterator[Reference]:
    for node in names.items:
        yield from _one(what, node, where)


def _paths(groups: Node, above: str) -> Iterator[str]:
    for group in groups.items:
        path = f"{above}/{_text(group, 'name')}"
        yield path
        yield from _paths(_child(group, "subGroups"), path)


def _names(items: Node, key: str) -> Iterable[str]:
    return (_text(item, key) for item in items.items)


def _child(node: Node, name: str) -> Node:
    return node.mapping.get(name, _NOTHING)


def _text(node: Node, name: str) -> str:
    value = _child(node, name).value
    return value if isinstance(value, str) else ""
