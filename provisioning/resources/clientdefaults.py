"""What Keycloak makes of a client's undeclared fields, where that hangs on the declared ones. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

SCOPES = ("defaultClientScopes", "optionalClientScopes")
_SERVICE = "service_account"
_MADE_AT = "client.secret.creation.time"
_AFTER_LOGOUT = "post.logout.redirect.uris"

Client = Mapping[str, Any]


def expected(over_defaults: Client, own: Client, found: Client) -> dict[str, Any]:
    """What drift compares with: the declared (`own`) over the defaults, what is Keycloak's doing as found."""
    result = {**over_defaults, **_scopes(over_defaults, own, found)}
    result["attributes"] = _attributes(over_defaults, found)
    result.update({name: found.get(name) for name in _lists_left_alone(own)})
    if "webOrigins" not in own and set(found.get("webOrigins") or []) <= _origins(result):
        result["webOrigins"] = found.get("webOrigins")  # RepresentationToModel.defaultWebOrigins
    return result


def made(default: Client, found: Client) -> dict[str, Any]:
    """A client like `found` as Keycloak would have made it, were only what differs declared."""
    chosen = ("serviceAccountsEnabled", "redirectUris")
    result = expected({**default, **{name: found.get(name) for name in chosen}}, {}, found)
    return {**result, **{name: default.get(name) for name in chosen}}


def _attributes(over_defaults: Client, found: Client) -> dict[str, Any]:
    """A client that came with a realm's import, which runs old migrations on it, has `+` (the redirect URIs)
    to return to after logout; one made later has not. When a secret was made is nobody's choice."""
    attributes, theirs = {**(over_defaults.get("attributes") or {})}, found.get("attributes") or {}
    if theirs.get(_AFTER_LOGOUT) == "+":
        attributes[_AFTER_LOGOUT] = attributes.get(_AFTER_LOGOUT) or "+"
    if _MADE_AT in theirs:
        attributes[_MADE_AT] = theirs[_MADE_AT]
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


def _origins(client: Client) -> set[str]:
    split = [urlsplit(uri) for uri in client.get("redirectUris") or [] if uri.startswith("http")]
    return {f"{each.scheme}://{each.netloc}" for each in split}
