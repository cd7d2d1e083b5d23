"""A configuration with many kinds of changes, the applies that tests disturb, and how realms compare."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from provisioning import engine
from provisioning.applier import Applier
from provisioning.dangers import ALL
from provisioning.gateway import Gateway
from provisioning.lock import Patience
from stack.keycloak import Keycloak
from tests.support.provisioned import Provisioned

LONG = int(os.environ.get("FAULT_ROUNDS", "1")) > 1
"""Whether this is `make faults`."""
_HERE = Applier.here()
SOON = Patience(wait=60.0, poll=0.05)

_GATE = """  - alias: sample gate
    topLevel: false
    authenticationExecutions:
      - {authenticator: auth-cookie, requirement: ALTERNATIVE, priority: 10, authenticatorConfig: sample gate}
authenticatorConfig:
  - {alias: sample gate, config: {default.reference.value: abc}}
"""
EDITS = (
    ("realm.yaml", "displayName: Sample", "displayName: Other"),
    ("authentication.yaml", "authenticatorConfig:\n  -", f"{_GATE}  -"),
    (
        "authentication.yaml",
        "      - flowAlias: sample registration form\n",
        "      - {flowAlias: sample gate, requirement: ALTERNATIVE, priority: 5}\n"
        "      - flowAlias: sample registration form\n",
    ),
    ("localization/it.yaml", "Credenziali", "Chiavi"),
    (
        "clients.yaml",
        "optionalClientScopes: [phone]",
        "optionalClientScopes: [email]\n    defaultClientScopes: [phone, basic]",
    ),
    ("clients.yaml", "        realm: [reader]\n", "        realm: []\n"),
    (
        "clients.yaml",
        "    - name: reader",
        "    - {name: new/one, composites: {client: {portal: [see/bills]}}}\n    - name: reader",
    ),
    (
        "clients.yaml",
        "users:",
        "  - {clientId: more, serviceAccountsEnabled: true, secret: canary-more}\n"
        "users:\n  - {serviceAccountClientId: more, realmRoles: [reader]}",
    ),
    (
        "clients.yaml",
        "clients:\n",
        "clients:\n"
        + "".join(f"  - {{clientId: many-{number}, publicClient: true}}\n" for number in range(5)),
    ),
)


def changed(server: Keycloak, name: str, folder: Path) -> Provisioned:
    """The sample after every one of the edits."""
    made = Provisioned(server, name, folder)
    for edit in EDITS:
        made.edit(*edit)
    return made


def comparable(gateway: Gateway, realm: str) -> Any:
    """The whole realm without what is another in every realm: server ids, salts of fingerprints, secrets."""
    export = gateway.export(realm)
    names = [name for name in export["attributes"] if name.startswith("provisioning.secret.")]
    export["attributes"].update(dict.fromkeys(names))
    return _without_ids(export)


def _without_ids(value: Any) -> Any:
    ids = {"id", "containerId", "defaultRole", "createdTimestamp", "secret", "kc.user.profile.config"}
    if isinstance(value, dict):
        return {
            name: _without_ids(child)
            for name, child in value.items()
            if name not in ids and not name.startswith("client.secret.creation")
        }
    if isinstance(value, list):
        return sorted(
            (_without_ids(child) for child in value), key=lambda child: json.dumps(child, sort_keys=True)
        )
    return value


def apply_with(gateway: Gateway, realm: Provisioned, told: list[str] | None = None) -> engine.Outcome:
    tell = (told if told is not None else []).append
    return engine.apply(realm.declared(), gateway, realm.name, tell, allow=[ALL], patience=SOON)


def somebody_gone() -> Applier:
    """A process of this machine that has ended."""
    return replace(_HERE, process=f"{_HERE.process.split()[0]} {2**22 + 1} 1")
