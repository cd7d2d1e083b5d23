"""What a Keycloak upgrade changes in a realm, from two versions' recorded defaults."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path

import pytest

from provisioning import cli, defaults, upgrade
from provisioning.change import Action
from provisioning.defaults import Defaults

OLD = defaults.load("26.7", "shop")


def newer() -> Defaults:
    """A version that fills in other things."""
    made = copy.deepcopy(OLD)
    made.pristine.export["accessTokenLifespan"] = 60
    made.pristine.export["failureFactor"] = 5
    made.pristine.export["clients"] = [
        client for client in made.pristine.export["clients"] if client["clientId"] != "broker"
    ]
    made.pristine.export["roles"]["realm"].append({"name": "brand-new"})
    sample = next(c for c in made.samples.export["clients"] if c["clientId"] == "sample")
    sample["fullScopeAllowed"] = False
    return replace(made, version="27.0")


def test_only_what_the_configuration_leaves_open_changes() -> None:
    declared = {
        "failureFactor": 7,
        "clients": [{"clientId": "portal"}, {"clientId": "other", "fullScopeAllowed": True}],
    }
    found = upgrade.preview(declared, OLD, newer())
    assert {(change.title, change.action): [f.path for f in change.fields] for change in found.changes} == {
        ("realm", Action.UPDATE): ["accessTokenLifespan"],
        ("realm role brand-new", Action.CREATE): [],
        ("client broker", Action.DELETE): [],
        ("client portal", Action.UPDATE): ["fullScopeAllowed"],
    }


def test_the_same_version_changes_nothing() -> None:
    assert upgrade.preview({"clients": [{"clientId": "portal"}]}, OLD, OLD).changes == ()


def test_26_7_brings_roles_for_organizations(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "realm.yaml").write_text("realm: shop\n")
    arguments = ["plan", "--config", str(tmp_path), "--against-defaults", "26.6", "26.7", "--format", "json"]
    assert cli.main(arguments) == 2
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert "realm-management/view-organizations" in {change["name"] for change in changes}


def test_a_version_that_nobody_recorded_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "realm.yaml").write_text("realm: shop\n")
    assert cli.main(["plan", "--config", str(tmp_path), "--against-defaults", "1.0", "26.7"]) == 1
    assert "no defaults of Keycloak 1.0 are recorded, only of 26.6, 26.7" in capsys.readouterr().err
