"""What is read of a realm: the export, and beyond it only what the configuration declares."""

from __future__ import annotations

from typing import Any

import pytest

from provisioning import engine
from provisioning.nodes import Json
from tests.provisioning.fakes import FakeGateway

_EXPORT = {"organizationsEnabled": True, "clients": [{"clientId": "shop", "id": "1"}]}


class Reader(FakeGateway):
    """Answers every reading with nothing but what its kind of answer must have, and remembers the paths."""

    def get(self, path: str) -> Json:
        self.calls.append(("GET", path))
        if path.endswith("/groups/count"):
            return {"count": 1}
        if path.endswith(("/client-secret", "/profile", "/role-mappings")):
            return {}
        if "/users?" in path:
            return [{"id": "u", "username": "anna"}]
        return [{"id": "o", "name": "one"}] if "/organizations?" in path else []


DECLARED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "what the export has": (
        {"displayName": "x", "groups": [], "components": {}, "clients": [{"clientId": "c"}]},
        [],
    ),
    "a secret": ({"clients": [{"clientId": "shop", "secret": "x"}]}, ["/r/clients/1/client-secret"]),
    "a user profile": ({"userProfile": {"attributes": []}}, ["/r/users/profile"]),
    "workflows": ({"workflows": []}, ["/r/workflows"]),
    "organizations": (
        {"organizations": []},
        [
            "/r/organizations?briefRepresentation=false&first=0&max=250",
            "/r/identity-provider/instances",
        ],
    ),
    "a user alone": ({"users": [{"username": "Anna"}]}, ["/r/users?exact=true&username=anna"]),
    "a user with groups and roles": (
        {"users": [{"username": "anna", "groups": [], "realmRoles": []}]},
        ["/r/users?exact=true&username=anna", "/r/users/u/groups?max=-1", "/r/users/u/role-mappings"],
    ),
}


@pytest.mark.parametrize(("declared", "paths"), DECLARED.values(), ids=DECLARED.keys())
def test_beyond_the_export_only_what_is_declared_is_read(declared: dict[str, Any], paths: list[str]) -> None:
    reader = Reader(_EXPORT)
    engine.look(declared, reader, "r")
    size = ["/r/clients?first=500&max=1", "/r/groups/count"]
    assert [path for _, path in reader.calls] == [*size, *paths]
