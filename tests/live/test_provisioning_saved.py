"""A saved plan on a real Keycloak: what its file lists is what Keycloak's access log shows, or nothing is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning import cli
from provisioning.calls import Call
from stack.keycloak import Keycloak
from tests.support.provisioned import Provisioned, assert_sent, realm_of


@pytest.fixture
def realm(
    keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Provisioned]:
    monkeypatch.chdir(tmp_path)
    with realm_of(request.node.name, keycloak_server, tmp_path) as made:
        settings = {
            "KEYCLOAK_URL": keycloak_server.url,
            "KEYCLOAK_REALM": made.name,
            "KEYCLOAK_USERNAME": keycloak_server.admin_username,
            "KEYCLOAK_PASSWORD": keycloak_server.admin_password,
            **made.environment,
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("PUBLIC_URL", raising=False)
        made.apply()
        made.edit("realm.yaml", "failureFactor: 8", "failureFactor: 9")
        made.edit("localization/it.yaml", "Credenziali", "Chiavi")
        made.edit("clients.yaml", "name: Portal", "name: The portal")
        yield made


def save() -> list[Call]:
    assert cli.main(["plan", "--config", "realm-config", "--out", "realm.plan"]) == 2
    return [Call(*call.split(" ")) for call in json.loads(Path("realm.plan").read_text())["calls"]]


@pytest.fixture
def absent(realm: Provisioned) -> Provisioned:
    """The same configuration, its realm not made yet."""
    realm.gateway.delete(f"/{realm.name}")
    return realm


def test_what_the_file_lists_of_a_new_realm_is_sent_and_nothing_else(absent: Provisioned) -> None:
    before = len(absent.writes(creations=True))
    listed = save()
    assert [str(call) for call in listed] == [
        "POST /admin/realms",
        f"PUT /admin/realms/{absent.name}/authentication/required-actions/TERMS_AND_CONDITIONS",
        f"PUT /admin/realms/{absent.name}/authentication/required-actions/UPDATE_PASSWORD",
    ]
    assert cli.main(["apply", "realm.plan"]) == 0
    assert_sent(absent.writes(creations=True)[before:], listed)
    assert cli.main(["plan", "--config", "realm-config"]) == 0


def test_a_new_realm_too_large_for_one_call_lists_its_chunks_and_sends_them(absent: Provisioned) -> None:
    groups = "".join(f"  - {{name: many-{number}}}\n" for number in range(1100))
    (Path("realm-config") / "many.yaml").write_text(f"groups:\n{groups}", encoding="utf-8")
    before = len(absent.writes(creations=True))
    listed = save()
    imports = [call for call in listed if call.path.endswith("/partialImport")]
    assert len(imports) == 5
    assert cli.main(["apply", "realm.plan"]) == 0
    assert_sent(absent.writes(creations=True)[before:], listed)
    assert cli.main(["plan", "--config", "realm-config"]) == 0


def test_what_the_file_lists_is_sent_and_nothing_else(realm: Provisioned) -> None:
    listed, before = save(), len(realm.writes())
    assert cli.main(["apply", "realm.plan"]) == 0
    assert len(listed) == 3
    assert_sent(realm.writes()[before:], listed)
    assert cli.main(["plan", "--config", "realm-config"]) == 0


def test_a_realm_that_moved_is_told_and_left_alone(
    realm: Provisioned, capsys: pytest.CaptureFixture[str]
) -> None:
    save()
    (client,) = realm.gateway.get(f"/{realm.name}/clients?clientId=portal")
    realm.gateway.put(f"/{realm.name}/clients/{client['id']}", {**client, "description": "By hand"})
    before = realm.writes()
    assert cli.main(["apply", "realm.plan"]) == 1
    assert "the realm has moved: client portal\n" in capsys.readouterr().err
    assert realm.writes() == before


def test_a_configuration_that_moved_is_told_and_left_alone(
    realm: Provisioned, capsys: pytest.CaptureFixture[str]
) -> None:
    save()
    realm.edit("clients.yaml", "description: Helps", "description: Helps all")
    before = realm.writes()
    assert cli.main(["apply", "realm.plan"]) == 1
    assert "the configuration has moved: realm role help desk\n" in capsys.readouterr().err
    assert realm.writes() == before


def test_a_plan_is_applied_once(realm: Provisioned, capsys: pytest.CaptureFixture[str]) -> None:
    save()
    assert cli.main(["apply", "realm.plan"]) == 0
    before = realm.writes()
    assert cli.main(["apply", "realm.plan"]) == 1
    assert "the realm has moved" in capsys.readouterr().err
    assert realm.writes() == before


def test_a_setting_that_keycloak_masks_unasked_is_known_before_and_written_once(realm: Provisioned) -> None:
    """No provider describes it: once it is there, Keycloak shows a mask, as of a secret."""
    cookie = "{authenticator: auth-cookie, requirement: ALTERNATIVE, authenticatorConfig: new}"
    text = f"authenticationFlows: [{{alias: new flow, authenticationExecutions: [{cookie}]}}]\n"
    settings = "authenticatorConfig: [{alias: new, config: {default.reference.value: canary}}]\n"
    (Path("realm-config") / "new.yaml").write_text(text + settings, encoding="utf-8")
    listed, before = save(), len(realm.writes())
    assert cli.main(["apply", "realm.plan"]) == 0
    assert_sent(realm.writes()[before:], listed)
    assert cli.main(["plan", "--config", "realm-config"]) == 0
