"""A realm as one import will have made it, known before it is sent: what a new realm holds by default, with
what the import brings laid over it. The plan of that realm is what calls of its own must bring afterwards.

It holds secrets in the clear: it is for comparing, never for printing or keeping.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from provisioning import defaults
from provisioning.nodes import Json, revealed
from provisioning.observed import PROFILE_COMPONENT, Observed

UNKNOWN = "~new~"
"""What stands for an id that the server has yet to give."""

_NAMES = ("clientId", "alias", "serviceAccountClientId", "name")
_BESIDE = ("clients", "authenticationFlows", "authenticatorConfig", "realm")
"""Lists whose objects an import adds to those that Keycloak makes itself; any other list is as imported."""


def after_import(body: Mapping[str, Json], realm: str, version: str) -> Observed:
    """The realm that this import makes on a server of this version, or of the newest known where empty."""
    known = defaults.load(version or defaults.known_versions()[-1], realm).pristine
    imported: dict[str, Any] = revealed(dict(body))
    secrets = {each["clientId"]: each.get("secret") for each in imported.get("clients") or []}
    export = _laid(_nameless(known.export), _nameless(imported))
    return Observed(
        realm,
        exists=True,
        export={**export, "clients": _with_known_scopes(export)},
        user_profile=_profile(imported) or known.user_profile,
        client_secrets={client: secret for client, secret in secrets.items() if secret},
    )


def _laid(known: Mapping[str, Any], imported: Mapping[str, Any]) -> dict[str, Any]:
    """Settings field by field, objects by their names."""
    result = dict(known)
    for name, value in imported.items():
        if isinstance(value, dict) and isinstance(known.get(name), dict):
            result[name] = _laid(known[name], value)
        elif name in _BESIDE and isinstance(value, list):
            result[name] = _beside(known.get(name) or [], value)
        else:
            result[name] = value
    return result


def _beside(known: list[dict[str, Any]], imported: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = {_name(item): item for item in known}
    found.update({_name(item): {**found.get(_name(item), {}), **item} for item in imported})
    return list(found.values())


def _with_known_scopes(export: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The clients: an import passes over scopes that the realm has not got (RepresentationToModel)."""
    known = {scope["name"] for scope in export["clientScopes"]}
    lists = ("defaultClientScopes", "optionalClientScopes")
    return [
        {
            **client,
            **{name: [each for each in client[name] if each in known] for name in lists if client.get(name)},
        }
        for client in export["clients"]
    ]


def _name(item: Mapping[str, Any]) -> str:
    return next((str(item[key]) for key in _NAMES if key in item), "")


def _nameless(value: Json) -> Json:
    """The same with every id unknown, also where none is written yet."""
    if isinstance(value, list):
        return [_nameless(child) for child in value]
    if not isinstance(value, dict):
        return value
    known = {"id": UNKNOWN} if "id" in value or any(key in value for key in _NAMES) else {}
    return {**{name: _nameless(child) for name, child in value.items()}, **known}


def _profile(imported: Mapping[str, Any]) -> Json:
    for component in (imported.get("components") or {}).get(PROFILE_COMPONENT) or []:
        return json.loads(component["config"]["kc.user.profile.config"][0])
    return None
