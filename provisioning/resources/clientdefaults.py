"""What Keycloak makes of a client's undeclared fields, where that hangs on the declared ones. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

SCOPES = ("defaultClientScopes", "optionalClientScopes")
_SERVICE = "service_account"
_AFTER_LOGOUT = "post.logout.redirect.uris"


Client = Mapping[str, Any]


def expected(over_defaults: Client, own: Client, found: Client) -> dict[str, Any]:
    """What drift compares with: the declared (`own`) over the defaults, without what is Keycloak's doing."""
    result = {**over_defaults, **_scopes(over_defaults, own, found)}
    result["attributes"] = _attributes(over_defaults, found)
    left = _lists_left_alone(own)
    origins = _origins(result.get("redirectUris") or [])
    if "webOrigins" not in own and set(found.get("webOrigins") or []) <= origins:
        left.add("webOrigins")  # RepresentationToModel.defaultWebOrigins
    return {name: value for name, value in result.items() if name not in left}


def _attributes(over_defaults: Client, found: Client) -> dict[str, Any]:
    """A client that came with a realm's import, which runs old migrations on it, has `+` (the redirect URIs)
    to return to after logout; one made later has not."""
    attributes = {**(over_defaults.get("attributes") or {})}
    imported = (found.get("attributes") or {}).get(_AFTER_LOGOUT) == "+"
    if imported and not attributes.get(_AFTER_LOGOUT):
        attributes.pop(_AFTER_LOGOUT, None)
    return attributes


def _lists_left_alone(own: Client) -> set[str]:
    """A new client of which one list of scopes is given has none in the other
    (RepresentationToModel.updateClientScopes)."""
    return {name for name in SCOPES if name not in own and any(other in own for other in SCOPES)}


def _scopes(over_defaults: Client, own: Client, found: Client) -> dict[str, Any]:
    """With a service account a client is given that one's scope (ClientManager.enableServiceAccount), unless
    it came with a realm's import."""
    default = SCOPES[0]
    given = over_defaults.get("serviceAccountsEnabled") and _SERVICE in (found.get(default) or [])
    if default in own or not given:
        return {}
    return {default: [*{*(over_defaults.get(default) or []), _SERVICE}]}


def _origins(uris: list[str]) -> set[str]:
    split = [urlsplit(uri) for uri in uris if uri.startswith("http")]
    return {f"{each.scheme}://{each.netloc}" for each in split}
