"""The recorded defaults are those of the Keycloak that is pinned, and recording leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioning import cli
from provisioning.defaults import FOLDER, REALM
from stack.administrator import Administrator
from stack.keycloak import Keycloak


def test_recording_again_gives_the_very_file(
    keycloak_server: Keycloak, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYCLOAK_URL", keycloak_server.url)
    monkeypatch.setenv("KEYCLOAK_USERNAME", keycloak_server.admin_username)
    monkeypatch.setenv("KEYCLOAK_PASSWORD", keycloak_server.admin_password)
    assert cli.main(["defaults", "--folder", str(tmp_path)]) == 0
    (recorded,) = tmp_path.iterdir()
    assert recorded.read_text() == (FOLDER / recorded.name).read_text()
    assert Administrator(keycloak_server).request("GET", f"/{REALM}").status_code == 404
