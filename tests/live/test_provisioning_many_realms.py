"""One run over many realms' folders, and one configuration for a realm of another name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from provisioning import cli
from provisioning.gateway import Gateway
from provisioning.login import Login
from provisioning.reader import NotFoundError
from stack.keycloak import Keycloak

REALMS = ("m-one", "m-two", "m-three")


@pytest.fixture
def gateway(keycloak_server: Keycloak, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    username, password = keycloak_server.admin_username, keycloak_server.admin_password
    monkeypatch.setenv("KEYCLOAK_URL", keycloak_server.url)
    monkeypatch.setenv("KEYCLOAK_USERNAME", username)
    monkeypatch.setenv("KEYCLOAK_PASSWORD", password)
    for name in ("CLIENT_ID", "CLIENT_SECRET", "LOGIN_REALM", "REALM"):
        monkeypatch.delenv(f"KEYCLOAK_{name}", raising=False)
    login = Login(keycloak_server.url, "master", username=username, password=password)
    yield Gateway(login)
    for realm in REALMS:
        with suppress(NotFoundError):
            Gateway(login).delete(f"/{realm}")


def folder(parent: Path, realm: str, content: str = "displayName: Many") -> str:
    made = parent / realm
    made.mkdir()
    (made / "realm.yaml").write_text(f"realm: {realm}\n{content}\n", encoding="utf-8")
    return str(made)


def table(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    """The rows of the table: the folder's name, and what came of it."""
    printed = capsys.readouterr().out.split("\n\n")[-1]
    rows = re.findall(r"^(\S+) +(.+?) +[\d.]+ s$", printed, re.MULTILINE)
    return [[Path(name).name, words] for name, words in rows]


def test_each_realm_is_applied_and_told_in_a_table_and_one_that_fails_stops_no_other(
    gateway: Gateway, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [
        folder(tmp_path, "m-one"),
        folder(tmp_path, "m-two", "nonsense: 1"),
        folder(tmp_path, "m-three"),
    ]
    assert cli.main(["each", "plan", *folders]) == 1
    assert table(capsys) == [["m-one", "changes"], ["m-two", "failed"], ["m-three", "changes"]]
    assert cli.main(["each", "apply", *folders, "--", "--allow", "all"]) == 1
    assert table(capsys) == [["m-one", "as declared"], ["m-two", "failed"], ["m-three", "as declared"]]
    assert gateway.get("/m-three")["displayName"] == "Many"
    assert cli.main(["each", "plan", folders[0], folders[2]]) == 0
    (tmp_path / "m-one" / "realm.yaml").write_text("realm: m-one\ndisplayName: Other\n", encoding="utf-8")
    assert cli.main(["each", "plan", folders[0], folders[2]]) == 2
    assert table(capsys)[-2:] == [["m-one", "changes"], ["m-three", "as declared"]]


def test_one_configuration_makes_a_realm_of_another_name(gateway: Gateway, tmp_path: Path) -> None:
    file = folder(tmp_path, "m-one")
    assert cli.main(["apply", "--config", file, "--realm", "m-two"]) == 0
    assert gateway.get("/m-two")["displayName"] == "Many"
    with pytest.raises(NotFoundError):
        gateway.get("/m-one")
