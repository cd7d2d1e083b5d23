"""Recording the defaults of a server: a realm is made, read, given one object of each kind, read again and
removed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from provisioning import engine
from provisioning.defaults import FOLDER, REALM
from provisioning.gateway import Gateway
from provisioning.nodes import Json
from provisioning.resources.base import SAMPLE

SAMPLES: dict[str, Any] = {
    "clients": [{"clientId": SAMPLE}],
    "clientScopes": [{"name": SAMPLE, "protocol": "openid-connect"}],
    "roles": {"realm": [{"name": SAMPLE}], "client": {SAMPLE: [{"name": SAMPLE}]}},
    "groups": [{"name": SAMPLE}],
    "authenticationFlows": [{"alias": SAMPLE}],
    "identityProviders": [{"alias": SAMPLE, "providerId": "google"}],
}
"""An object of each kind with no more than its name, and what Keycloak will not do without."""

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_RECORDED = ("export", "user_profile", "organizations", "workflows", "users")
"""What of a reading is the realm's own."""
_VOLATILE = ("client.secret.creation.time", "createdTimestamp")
_SORTED_BY = ("clientId", "alias", "name")


def record(gateway: Gateway, folder: Path = FOLDER) -> Path:
    """Write the file of this server's version; anything of that realm's name is in the way and refused."""
    gateway.post("", {"realm": REALM, "enabled": True})
    gateway.refresh()
    try:
        pristine = _recorded(gateway)
        engine.apply(SAMPLES, gateway, REALM)
        samples = _recorded(gateway)
    finally:
        gateway.delete(f"/{REALM}")
    version = str(pristine["export"].pop("keycloakVersion"))
    content = {"version": version, "pristine": pristine, "samples": samples}
    path = folder / f"{'.'.join(version.split('.')[:2])}.json"
    path.write_text(
        _steady(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)) + "\n", "utf-8"
    )
    return path


def _recorded(gateway: Gateway) -> dict[str, Any]:
    """Everything that is observed, but secrets and what is another at each recording."""
    found = engine.look({}, gateway, REALM, everything=True)
    kept = {name: getattr(found, name) for name in _RECORDED}
    kept["export"] = _in_order(kept["export"])
    result: dict[str, Any] = _without_volatile(kept)
    return result


def _in_order(value: Json) -> Json:
    """Lists of names and of named objects sorted, all the way down: the server's order is by chance.

    Not so the WebAuthn lists, which are preferences.
    """
    if isinstance(value, dict):
        return {
            name: child if name.startswith("webAuthn") else _in_order(child) for name, child in value.items()
        }
    if isinstance(value, list):
        return sorted((_in_order(child) for child in value), key=_sort_key)
    return value


def _sort_key(item: Json) -> str:
    """Its name; nothing for what has none, which stays where it is (executions, by their priority)."""
    if isinstance(item, dict):
        name = next((str(item[key]) for key in _SORTED_BY if key in item), "")
        return f"{name} {item.get('subType', '')}" if name else ""
    return str(item)


def _without_volatile(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _without_volatile(child) for name, child in value.items() if name not in _VOLATILE}
    if isinstance(value, list):
        return [_without_volatile(child) for child in value]
    return value


def _steady(text: str) -> str:
    """Server ids are random: numbered instead, so that equal servers give equal files."""
    numbers: dict[str, str] = {}
    return _ID.sub(lambda match: numbers.setdefault(match[0], f"id-{len(numbers) + 1}"), text)
