"""A login with few rights: a client of the realm itself, as a pipeline uses one."""

from __future__ import annotations

from provisioning.gateway import Gateway
from provisioning.login import Login
from tests.support.provisioned import Provisioned


class Pipeline:
    """The realm's own client, with these roles of realm-management at a time."""

    def __init__(self, realm: Provisioned) -> None:
        self._admin, self._realm = realm.gateway, realm.name
        client = {"clientId": "pipeline", "secret": "canary-pipeline", "serviceAccountsEnabled": True}
        uuid = self._admin.post(f"/{realm.name}/clients", client)
        user = self._admin.get(f"/{realm.name}/clients/{uuid}/service-account-user")["id"]
        (management,) = self._admin.get(f"/{realm.name}/clients?clientId=realm-management")
        self._roles = f"/{realm.name}/clients/{management['id']}/roles"
        self._mappings = f"/{realm.name}/users/{user}/role-mappings/clients/{management['id']}"
        self._login = Login(
            realm.server.url, realm.name, client_id="pipeline", client_secret="canary-pipeline"
        )

    def with_roles(self, *names: str) -> Gateway:
        """A new login that has just these."""
        self._admin.delete(self._mappings, self._admin.get(self._mappings))
        granted = [role for role in self._admin.get(self._roles) if role["name"] in names]
        assert len(granted) == len(names)
        self._admin.post(self._mappings, granted)
        return Gateway(self._login)
