"""A saved plan is applied exactly, or refused with the name of what moved; no secret is in its file."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from provisioning import calls, cli, engine, saved
from provisioning.calls import Bound, Call, UnplannedError
from provisioning.login import Login
from provisioning.nodes import Secret
from provisioning.saved import MovedError, SavedPlan, Source
from tests.provisioning.fakes import FakeGateway

DECLARED: dict[str, Any] = {
    "failureFactor": 5,
    "smtpServer": {"host": "mail", "password": Secret("canary-mail", "MAIL_PASSWORD")},
    "clients": [{"clientId": "portal", "name": "Portal", "secret": Secret("canary-client", "CLIENT_SECRET")}],
    "roles": {"realm": [{"name": "reader", "description": "Reads"}]},
}
EXPORT: dict[str, Any] = {
    "failureFactor": 30,
    "eventsEnabled": False,
    "clients": [{"clientId": "portal", "id": "1", "name": "Old", "baseUrl": "http://a"}],
    "roles": {"realm": [{"name": "reader", "id": "r", "description": "Reads"}]},
}
SOURCE = Source("http://fake", "realm-config", None)


class Server(FakeGateway):
    """Gives the client's secret in the clear, as Keycloak's client-secret does."""

    def get(self, path: str) -> Any:
        return {"value": "canary-server"} if path.endswith("client-secret") else super().get(path)


def save(path: Path, declared: dict[str, Any] = DECLARED) -> SavedPlan:
    gateway = Server(EXPORT)
    plan = engine.make_plan(declared, gateway, "shop")
    listed = [call for _, own in calls.listed(plan, gateway, declared) for call in own]
    saved.write(path, plan, declared, SOURCE, listed)
    return saved.read(path)


def require(
    plan: SavedPlan, declared: dict[str, Any], export: dict[str, Any], source: Source = SOURCE
) -> None:
    plan.require_same(declared, engine.make_plan(declared, Server(export), "shop"), source)


@pytest.fixture
def plan(tmp_path: Path) -> SavedPlan:
    return save(tmp_path / "shop.plan")


def test_the_same_realm_and_configuration_may_be_applied(plan: SavedPlan) -> None:
    require(plan, copy.deepcopy(DECLARED), copy.deepcopy(EXPORT))


def test_the_file_holds_no_secret_and_is_its_owners_alone(tmp_path: Path) -> None:
    save(tmp_path / "shop.plan")
    text = (tmp_path / "shop.plan").read_text()
    assert "canary" not in text
    assert json.loads(text)["plan"]["changes"]
    assert (tmp_path / "shop.plan").stat().st_mode & 0o077 == 0


def test_a_planned_field_changed_in_the_realm_is_told(plan: SavedPlan) -> None:
    with pytest.raises(MovedError, match="the realm has moved: realm\n"):
        require(plan, DECLARED, {**EXPORT, "failureFactor": 20})


def test_an_undeclared_field_of_a_declared_object_counts_too(plan: SavedPlan) -> None:
    export = copy.deepcopy(EXPORT)
    export["clients"][0]["baseUrl"] = "http://evil"
    with pytest.raises(MovedError, match="the realm has moved: client portal\n"):
        require(plan, DECLARED, export)


def test_an_object_that_the_configuration_does_not_touch_may_change(plan: SavedPlan) -> None:
    require(plan, DECLARED, {**EXPORT, "clients": [*EXPORT["clients"], {"clientId": "other", "id": "2"}]})


def test_a_changed_configuration_is_told(plan: SavedPlan) -> None:
    declared = {**DECLARED, "roles": {"realm": [{"name": "reader", "description": "Reads all"}]}}
    with pytest.raises(MovedError, match="the configuration has moved: realm role reader\n"):
        require(plan, declared, EXPORT)


def test_another_secret_than_the_planned_one_is_told_by_name(plan: SavedPlan) -> None:
    declared = {**DECLARED, "smtpServer": {"host": "mail", "password": Secret("canary-new", "MAIL_PASSWORD")}}
    with pytest.raises(
        MovedError, match="a secret is not the planned one: CLIENT_SECRET or MAIL_PASSWORD"
    ) as e:
        require(plan, declared, EXPORT)
    assert "canary" not in str(e.value)


def test_another_server_is_refused(plan: SavedPlan) -> None:
    with pytest.raises(MovedError, match="planned for http://fake, this is http://other"):
        require(plan, DECLARED, EXPORT, Source("http://other", "realm-config", None))


def test_a_refused_plan_writes_nothing(plan: SavedPlan) -> None:
    gateway = Server({**EXPORT, "failureFactor": 20})
    with pytest.raises(MovedError):
        engine.apply(
            DECLARED, gateway, "shop", approve=lambda made: plan.require_same(DECLARED, made, SOURCE)
        )
    assert gateway.written == []


def test_each_change_tells_its_calls_and_reads_no_more_than_it_must() -> None:
    gateway = Server(EXPORT)
    made = engine.make_plan(DECLARED, gateway, "shop")
    assert {str(change): [str(c) for c in own] for change, own in calls.listed(made, gateway, DECLARED)} == {
        "update realm": ["PUT /admin/realms/shop"],
        "update client portal": ["PUT /admin/realms/shop/clients/1"],
    }
    assert gateway.written == []


def test_the_id_of_what_is_yet_to_be_made_stands_for_any() -> None:
    call = Call("PUT", "/admin/realms/r/users/~new~/role-mappings/realm")
    assert call.covers("PUT", "/admin/realms/r/users/1b2c/role-mappings/realm")
    assert not call.covers("PUT", "/admin/realms/r/users/1/2/role-mappings/realm")
    assert not call.covers("POST", "/admin/realms/r/users/1/role-mappings/realm")


def test_a_bound_gateway_sends_nothing_that_is_not_listed_next() -> None:
    gateway = Bound(Login("http://localhost:1", "master", username="u", password="p"))
    gateway.bind([Call("PUT", "/admin/realms/r")])
    with pytest.raises(UnplannedError, match=r"DELETE /admin/realms/r is not what the saved plan lists next"):
        gateway.delete("/r")
    assert gateway.calls == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "provisioning plan, version 1"}', "no json"])
def test_what_is_no_plan_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "x.plan").write_text(text)
    assert cli.main(["apply", str(tmp_path / "x.plan")]) == 1
    assert "is no saved plan: make one with `plan --out" in capsys.readouterr().err


def test_a_realm_that_is_yet_to_be_made_lists_what_no_import_brings() -> None:
    declared = {
        **DECLARED,
        "requiredActions": [{"alias": "TERMS_AND_CONDITIONS", "enabled": True}],
        "defaultRoles": ["reader"],
    }
    gateway = FakeGateway(None)
    listed = calls.listed(engine.make_plan(declared, gateway, "shop"), gateway, declared)
    assert [(step, [str(call) for call in own]) for step, own in listed] == [
        ("create realm shop", ["POST /admin/realms"]),
        (
            "update required action TERMS_AND_CONDITIONS",
            ["PUT /admin/realms/shop/authentication/required-actions/TERMS_AND_CONDITIONS"],
        ),
        ("update default roles", ["POST /admin/realms/shop/roles-by-id/~new~/composites"]),
    ]


def test_a_realm_too_large_for_one_import_lists_its_chunks() -> None:
    declared = {"groups": [{"name": f"group {number}"} for number in range(1001)]}
    gateway = FakeGateway(None)
    listed = calls.listed(engine.make_plan(declared, gateway, "shop"), gateway, declared)
    assert [str(call) for _, own in listed for call in own] == [
        "POST /admin/realms",
        *["POST /admin/realms/shop/partialImport"] * 5,
    ]
