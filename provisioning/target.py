"""The realm being written to: paths, and the server's ids behind the names that configuration uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioning.gateway import Gateway, GatewayError, segment
from provisioning.nodes import Json
from provisioning.observed import Observed


class Target:
    """One realm on one server during one apply. Objects made on the way are looked up when first needed."""

    def __init__(self, gateway: Gateway, observed: Observed) -> None:
        self.gateway = gateway
        self.observed = observed
        self.attributes = observed.attributes
        self._clients: dict[str, str] = {}

    def path(self, *names: str) -> str:
        """The path of something in this realm, each name escaped."""
        return "/".join(["", segment(self.observed.realm), *(segment(name) for name in names)])

    def get(self, *names: str) -> Json:
        """Read below the realm."""
        return self.gateway.get(self.path(*names))

    def post(self, *names: str, body: Json) -> str:
        """Create below the realm; the new id."""
        return self.gateway.post(self.path(*names), body)

    def put(self, *names: str, body: Json = None) -> None:
        """Change below the realm."""
        self.gateway.put(self.path(*names), body)

    def delete(self, *names: str, body: Json = None) -> None:
        """Remove below the realm."""
        self.gateway.delete(self.path(*names), body)

    def client(self, name: str) -> str:
        """The id of a client, also of one created a moment ago."""
        uuid = self.observed.client_id(name) or self._clients.get(name)
        if uuid is None:
            found = self.gateway.get(f"{self.path('clients')}?clientId={segment(name)}")
            if not found:
                raise GatewayError(f"there is no client {name} in the realm: declare it, or correct the name")
            uuid = str(found[0]["id"])
        self._clients[name] = uuid
        return uuid

    def role(self, client: str | None, name: str) -> dict[str, Any]:
        """Id and name of a role of a client, or of the realm where None."""
        for role in self.observed.roles(client):
            if role["name"] == name:
                return {"id": role["id"], "name": name}
        found = self.get("clients", self.client(client), "roles", name) if client else self.get("roles", name)
        return {"id": found["id"], "name": name}

    def keep(self, fingerprints: Mapping[str, str]) -> None:
        """Write the fingerprints of secrets just written; after them, so that an interrupted apply writes
        again."""
        if not fingerprints:
            return
        self.attributes = {**self.attributes, **fingerprints}
        # Keycloak drops the attributes that a PUT does not name: all are sent.
        self.gateway.put(self.path(), {"attributes": self.attributes})
