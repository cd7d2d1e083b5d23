"""Another server's export of the master realm: refused by name, and the administrator stays one.

The server that is put at risk is this test's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from provisioning import cli
from provisioning.gateway import Gateway
from provisioning.login import Login
from provisioning.reader import RefusedError
from stack.keycloak import Keycloak
from tests.support.bare import bare_keycloak


@contextmanager
def with_realm(gateway: Gateway, name: str) -> Iterator[None]:
    gateway.post("", {"realm": name, "enabled": True})
    gateway.refresh()
    yield
    gateway.delete(f"/{name}")


def administrator(server: Keycloak) -> Gateway:
    login = Login(server.url, "master", username=server.admin_username, password=server.admin_password)
    return Gateway(login)


@pytest.fixture
def foreign(keycloak_server: Keycloak, tmp_path: Path) -> Path:
    """The master realm of a server that has a realm `abroad`, as its console exports it."""
    gateway, file = administrator(keycloak_server), tmp_path / "master.json"
    with with_realm(gateway, "abroad"):
        file.write_text(json.dumps(gateway.export("master")), encoding="utf-8")
    return file


@pytest.fixture
def own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keycloak]:
    with bare_keycloak(tmp_path / "own") as server:
        monkeypatch.setenv("KEYCLOAK_URL", server.url)
        monkeypatch.setenv("KEYCLOAK_USERNAME", server.admin_username)
        monkeypatch.setenv("KEYCLOAK_PASSWORD", server.admin_password)
        monkeypatch.delenv("KEYCLOAK_REALM", raising=False)
        yield server


def test_a_foreign_export_of_the_master_realm_is_refused_and_the_administrator_can_still_make_a_realm(
    foreign: Path, own_server: Keycloak, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway = administrator(own_server)
    with with_realm(gateway, "home"):
        before = gateway.export("master")
        assert cli.main(["plan", "--config", str(foreign)]) == 2
        planned = capsys.readouterr().out
        assert cli.main(["apply", "--config", str(foreign)]) == 1
        refused = capsys.readouterr().err
        for told in (planned, refused):
            assert "lock-out: make client abroad-realm of a realm abroad that is not here" in told
        assert "nothing was written" in refused
        assert "--allow lock-out" in refused
        assert gateway.export("master") == before
    with with_realm(administrator(own_server), "another"):
        pass
    # The file is what it is said to be: Keycloak's own import of it leaves nobody who may make a realm.
    gateway.post("/master/clients", {"clientId": "abroad-realm"})
    content = json.loads(foreign.read_text(encoding="utf-8"))
    gateway.post("/master/partialImport", {**content, "ifResourceExists": "OVERWRITE"})
    with pytest.raises(RefusedError, match="403"), with_realm(administrator(own_server), "third"):
        pass
