"""The realm being written to: paths, and the server's ids behind the names that configuration uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioning.gateway import Gateway
from provisioning.login import GatewayError
from provisioning.nodes import Json
from provisioning.observed import Observed, pages
from provisioning.reader import NotFoundError, segment


class Target:
    """One realm on one server during one apply. Objects made on the way are remembered or looked up.

    `flows` and `components` are ids by alias and by place.
    """

    def __init__(self, gateway: Gateway, observed: Observed) -> None:
        self.gateway = gateway
        self.observed = observed
        self.attributes = observed.attributes
        self.flows = {each["alias"]: str(each.get("id")) for each in observed.list_of("authenticationFlows")}
        self._clients: dict[str, str] = {}
        self._groups: dict[str, str] = {}
        self._scopes = {each["name"]: str(each.get("id")) for each in observed.list_of("clientScopes")}
        self._users = {user["username"]: str(user["id"]) for user in observed.users}
        self._organizations = {each["alias"]: str(each["id"]) for each in observed.organizations}
        self.components: dict[str, str] = {}

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
                raise _absent("client", name)
            uuid = str(found[0]["id"])
        self._clients[name] = uuid
        return uuid

    def role(self, client: str | None, name: str) -> dict[str, Any]:
        """Id and name of a role of a client, or of the realm where None."""
        if uuid := self.observed.role_id(client, name):
            return {"id": uuid, "name": name}
        container = ["clients", self.client(client)] if client else []
        shown = f"{client}/{name}" if client else name
        return {"id": self._known("role", shown, *container, "roles", name)["id"], "name": name}

    def _known(self, what: str, shown: str, *names: str) -> Json:
        try:
            return self.get(*names)
        except NotFoundError as error:
            raise _absent(what, shown) from error

    def group(self, path: str) -> str:
        """The id of a group by its path, also of one created a moment ago."""
        known = self._groups.get(path) or self.observed.group_ids.get(path)
        return known or str(self._known("group", path, "group-by-path", *path.strip("/").split("/"))["id"])

    def made_group(self, path: str, uuid: str) -> None:
        """Remember a group just created."""
        self._groups[path] = uuid

    def client_scope(self, name: str) -> str:
        """The id of a client scope, also of one created a moment ago."""
        if name not in self._scopes:
            raise _absent("client scope", name)
        return self._scopes[name]

    def made_client_scope(self, name: str, uuid: str) -> None:
        """Remember a client scope just created."""
        self._scopes[name] = uuid

    def organization(self, alias: str) -> str:
        """The id of an organization, also of one created a moment ago."""
        if alias not in self._organizations:
            found = pages(self.gateway, f"{self.path('organizations')}?")
            self._organizations.update({each["alias"]: str(each["id"]) for each in found})
        if alias not in self._organizations:
            raise _absent("organization", alias)
        return self._organizations[alias]

    def made_organization(self, alias: str, uuid: str) -> None:
        """Remember an organization just created."""
        self._organizations[alias] = uuid

    def user(self, name: str) -> str:
        """The id of a declared user, also of one created a moment ago."""
        return self._users[name]

    def made_user(self, name: str, uuid: str) -> None:
        """Remember a user just created."""
        self._users[name] = uuid

    def made_component(self, place: str, uuid: str) -> None:
        """Remember a component just created."""
        self.components[place] = uuid

    def keep(self, fingerprints: Mapping[str, str]) -> None:
        """Write the fingerprints of secrets just written; after them, so that an interrupted apply writes
        again. An attribute that gets an empty text goes."""
        kept = {**self.attributes, **fingerprints}
        kept = {name: value for name, value in kept.items() if value or name not in fingerprints}
        if kept == self.attributes:
            return
        self.attributes = kept
        # Keycloak drops the attributes that a PUT does not name: all are sent.
        self.gateway.put(self.path(), {"attributes": self.attributes})


def _absent(what: str, name: str) -> GatewayError:
    return GatewayError(f"there is no {what} {name} in the realm: declare it, or correct the name")
