"""What the fast tests take for Keycloak answers as Keycloak does: the same demands on both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.gateway import Gateway
from provisioning.reader import NotFoundError, RefusedError
from stack.keycloak import Keycloak
from tests.provisioning.fakes import FakeGateway
from tests.support.provisioned import realm_of

REALM = "p-contract"
LOCK = {"name": "provisioning-lock", "attributes": {"applier": ["somebody"]}}


@pytest.fixture(params=["fake", "keycloak"])
def gateway(request: pytest.FixtureRequest, keycloak_server: Keycloak, tmp_path: Path) -> Iterator[Gateway]:
    """Of a realm that has nothing of its own; the fake one refuses what Keycloak does in these tests."""
    if request.param == "fake":
        yield FakeGateway({"realm": REALM, "enabled": True}, refuse="/roles")
        return
    with realm_of("test_contract", keycloak_server, tmp_path) as made:
        made.gateway.post("", {"realm": REALM, "enabled": True})
        made.gateway.refresh()
        yield made.gateway


@pytest.fixture(params=["fake", "keycloak"])
def nothing(request: pytest.FixtureRequest, keycloak_server: Keycloak, tmp_path: Path) -> Iterator[Gateway]:
    """Where the realm is not there."""
    with realm_of("test_contract", keycloak_server, tmp_path) as made:
        yield FakeGateway(None) if request.param == "fake" else made.gateway


def test_an_export_is_the_realms_representation(gateway: Gateway) -> None:
    exported = gateway.export(REALM)
    assert (exported["realm"], exported["enabled"]) == (REALM, True)
    assert gateway.twin().export(REALM)["realm"] == REALM


def test_a_realm_that_is_not_there_is_not_found_and_its_call_is_told(nothing: Gateway) -> None:
    with pytest.raises(NotFoundError, match=f"^POST /admin/realms/{REALM}/partial-export.*answered 404: ."):
        nothing.export(REALM)


def test_the_version_is_three_numbers(gateway: Gateway) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", gateway.server_version())


def test_a_small_realm_has_no_client_after_the_500th(gateway: Gateway) -> None:
    assert gateway.get(f"/{REALM}/clients?first=500&max=1") == []


def test_what_was_made_has_an_id_by_which_it_is_changed_and_removed(gateway: Gateway) -> None:
    made = gateway.post(f"/{REALM}/groups", {"name": "team"})
    assert isinstance(made, str) and made
    gateway.put(f"/{REALM}/groups/{made}", {"name": "other"})
    assert gateway.get(f"/{REALM}/groups/{made}")["id"]
    gateway.delete(f"/{REALM}/groups/{made}")


def test_a_refusal_names_the_call_and_has_keycloaks_own_words(gateway: Gateway) -> None:
    with pytest.raises(
        RefusedError, match=f"^POST /admin/realms/{REALM}/roles: Keycloak answered 400: ."
    ) as it:
        gateway.post(f"/{REALM}/roles", {})
    assert it.value.status == 400


def test_the_lock_is_a_role_that_is_read_as_it_was_written(gateway: Gateway) -> None:
    beside = gateway.aside()
    beside.post(f"/{REALM}/roles", LOCK)
    found = beside.get(f"/{REALM}/roles/provisioning-lock")
    assert {name: found[name] for name in LOCK} == LOCK
    assert found["id"]
