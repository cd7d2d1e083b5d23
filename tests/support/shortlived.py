"""A login whose tokens do not live long."""

from __future__ import annotations

from provisioning.gateway import Gateway
from provisioning.login import Login


def short_lived(gateway: Gateway, realm: str, seconds: int) -> Login:
    """A login of the realm itself whose access tokens live so long."""
    client = {
        "clientId": "short-lived",
        "secret": "canary-short",
        "serviceAccountsEnabled": True,
        "publicClient": False,
        "attributes": {"access.token.lifespan": str(seconds)},
    }
    uuid = gateway.post(f"/{realm}/clients", client)
    user = gateway.get(f"/{realm}/clients/{uuid}/service-account-user")["id"]
    (management,) = gateway.get(f"/{realm}/clients?clientId=realm-management")
    role = gateway.get(f"/{realm}/clients/{management['id']}/roles/realm-admin")
    gateway.post(f"/{realm}/users/{user}/role-mappings/clients/{management['id']}", [role])
    return Login(gateway.login.url, realm, client_id="short-lived", client_secret="canary-short")
