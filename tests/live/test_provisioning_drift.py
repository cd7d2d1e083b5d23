"""Drift on a real Keycloak: silent where nobody touched anything, and never a writing call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning import cli, paging
from stack.keycloak import Keycloak
from tests.support.provisioned import SAMPLE, Provisioned, realm_of

EVERY_KIND = SAMPLE.parent / "every-kind"


@pytest.fixture
def realm(
    keycloak_server: Keycloak, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Provisioned]:
    source = getattr(request, "param", SAMPLE)
    with realm_of(request.node.name, keycloak_server, tmp_path, source) as made:
        texts = "".join(path.read_text(encoding="utf-8") for path in source.glob("*.yaml"))
        made.environment = {name: f"canary-{name}" for name in re.findall(r"!secret (\w+)", texts)}
        settings = {
            "KEYCLOAK_URL": keycloak_server.url,
            "KEYCLOAK_REALM": made.name,
            "KEYCLOAK_USERNAME": keycloak_server.admin_username,
            "KEYCLOAK_PASSWORD": keycloak_server.admin_password,
            **made.environment,
        }
        monkeypatch.delenv("PUBLIC_URL", raising=False)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        yield made


def drift(realm: Provisioned, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    capsys.readouterr()
    status = cli.main(["drift", "--config", str(realm.folder)])
    printed = capsys.readouterr()
    assert "canary" not in printed.out + printed.err
    return status, printed.out.splitlines()


@pytest.mark.parametrize("realm", [SAMPLE, EVERY_KIND], ids=["sample", "every-kind"], indirect=True)
def test_a_realm_that_was_just_made_has_not_drifted(
    realm: Provisioned, capsys: pytest.CaptureFixture[str]
) -> None:
    # A client policy of every-kind sets it on whatever is written, so it is neither declared nor a default.
    by_policy = "client *: attributes.pkce.code.challenge.method"
    (realm.folder / "ignored.yaml").write_text(f'provisioning: {{ignore: ["{by_policy}"]}}')
    realm.apply()
    before = realm.writes()
    assert drift(realm, capsys) == (0, [f"Realm {realm.name} has not drifted."])
    assert realm.writes() == before


def test_a_bare_realm_brought_to_the_configuration_has_not_drifted(
    realm: Provisioned, capsys: pytest.CaptureFixture[str]
) -> None:
    realm.gateway.post("", {"realm": realm.name, "enabled": True})
    realm.gateway.refresh()
    realm.apply()
    assert drift(realm, capsys) == (0, [f"Realm {realm.name} has not drifted."])


def test_a_realm_that_is_read_in_pages_is_judged_whole(
    realm: Provisioned, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    realm.apply()
    monkeypatch.setattr(paging, "LARGE", 3)
    assert drift(realm, capsys) == (0, [f"Realm {realm.name} has not drifted."])
    (client,) = realm.gateway.get(f"/{realm.name}/clients?clientId=account")
    (role,) = realm.gateway.get(f"/{realm.name}/clients/{client['id']}/roles?search=view-profile")
    realm.gateway.put(f"/{realm.name}/roles-by-id/{role['id']}", {**role, "description": "Mine"})
    assert drift(realm, capsys)[1][0] == "~ client role account/view-profile"


def test_what_an_attacker_does_by_hand_is_seen_declared_or_not(
    realm: Provisioned, capsys: pytest.CaptureFixture[str]
) -> None:
    realm.apply()
    (client,) = realm.gateway.get(f"/{realm.name}/clients?clientId=portal")
    tampered = {**client, "redirectUris": ["https://evil/*"], "directAccessGrantsEnabled": True}
    realm.gateway.put(f"/{realm.name}/clients/{client['id']}", tampered)
    realm.gateway.post(f"/{realm.name}/clients", {"clientId": "backdoor"})
    (found,) = realm.gateway.get(f"/{realm.name}/clients?clientId=account")
    realm.gateway.put(f"/{realm.name}/clients/{found['id']}", {**found, "fullScopeAllowed": True})
    status, lines = drift(realm, capsys)
    assert status == 2
    assert [line.split("  (")[0] for line in lines] == [
        "~ client portal",
        '    ~ redirectUris: ["https://portal.example.org/*", "https://portal.example.org/b"]'
        ' → ["https://evil/*"]',
        "    ~ directAccessGrantsEnabled: false → true (default)",
        "~ client account",
        "    ~ fullScopeAllowed: false → true (default)",
        "+ client backdoor: exists, declared nowhere",
        "",
        f"Realm {realm.name}: 2 changed, 1 undeclared.",
    ]
