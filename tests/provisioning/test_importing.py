"""Taking a realm over: what is left out, how secrets are written, how files are laid out."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from provisioning import defaults, importing
from provisioning.nodes import MASK
from provisioning.observed import Observed
from provisioning.writing import Files

KNOWN = defaults.load("26.7", "shop")


def taken(export: dict[str, Any], **more: Any) -> dict[str, Any]:
    fresh = copy.deepcopy(KNOWN.pristine.export)
    for name, value in export.items():
        fresh[name] = [*fresh[name], *value] if isinstance(value, list) else value
    seen = {"user_profile": KNOWN.pristine.user_profile, **more}
    return importing.configuration(Observed("shop", exists=True, export=fresh, **seen), KNOWN)


def client(**chosen: Any) -> dict[str, Any]:
    made = next(c for c in KNOWN.samples.list_of("clients") if c["clientId"] == "sample")
    return {**copy.deepcopy(made), "id": "x", "clientId": "portal", **chosen}


def test_of_a_fresh_realm_nothing_is_written_but_its_name() -> None:
    assert taken({}) == {"realm": "shop"}


def test_of_a_client_only_what_was_chosen_is_written() -> None:
    chosen = client(publicClient=True, redirectUris=["https://a/*"], webOrigins=["https://a"])
    assert taken({"clients": [chosen]})["clients"] == [
        {"clientId": "portal", "publicClient": True, "redirectUris": ["https://a/*"]}
    ]


def test_a_built_in_object_is_written_with_what_was_changed_alone() -> None:
    export = copy.deepcopy(KNOWN.pristine.export)
    account = next(c for c in export["clients"] if c["clientId"] == "account")
    account["fullScopeAllowed"] = True
    observed = Observed("shop", exists=True, export=export, user_profile=KNOWN.pristine.user_profile)
    assert importing.configuration(observed, KNOWN) == {
        "realm": "shop",
        "clients": [{"clientId": "account", "fullScopeAllowed": True}],
    }


def test_a_flow_is_written_with_all_that_is_below_it_and_bindings_by_alias() -> None:
    flows: list[dict[str, Any]] = [
        {
            "id": "1",
            "alias": "own",
            "providerId": "basic-flow",
            "topLevel": True,
            "builtIn": False,
            "authenticationExecutions": [{"flowAlias": "below", "requirement": "REQUIRED", "priority": 5}],
        },
        {
            "id": "2",
            "alias": "below",
            "providerId": "basic-flow",
            "topLevel": False,
            "authenticationExecutions": [
                {"authenticator": "a", "authenticatorConfig": "set", "requirement": "REQUIRED", "priority": 5}
            ],
        },
    ]
    found = taken(
        {
            "authenticationFlows": flows,
            "authenticatorConfig": [{"id": "3", "alias": "set", "config": {"b": "1", "a": MASK}}],
            "clients": [client(authenticationFlowBindingOverrides={"browser": "1"})],
        }
    )
    assert [flow["alias"] for flow in found["authenticationFlows"]] == ["own", "below"]
    assert found["clients"][0]["authenticationFlowBindingOverrides"] == {"browser": "own"}
    text = Files(found, known=[], title="").texts["authentication.yaml"]
    assert "# a: !secret SET_A\n" in text


def test_secrets_that_were_read_are_references_and_others_stay_commented_out() -> None:
    found = taken({"clients": [client()], "smtpServer": {"host": "mail", "password": MASK}})
    files = Files(found, known=[("clients", "portal", "secret")], title="Taken.")
    assert (
        files.texts["clients.yaml"] == "clients:\n  - clientId: portal\n    secret: !secret PORTAL_SECRET\n"
    )
    assert files.texts["realm.yaml"].splitlines() == [
        "# Taken.",
        "realm: shop",
        "smtpServer:",
        "  host: mail",
        "  # password: !secret SMTP_SERVER_PASSWORD",
    ]
    assert list(files.secrets.values()) == ["PORTAL_SECRET"]
    assert list(files.later.values()) == ["SMTP_SERVER_PASSWORD"]


def test_references_to_the_vault_are_written_as_they_stand() -> None:
    smtp = {"host": "mail", "password": "${vault.mail}"}
    found = taken({"clients": [client(secret="${vault.portal}")], "smtpServer": smtp})
    assert found["smtpServer"] == smtp
    assert found["clients"] == [{"clientId": "portal", "secret": "${vault.portal}"}]


def test_a_mapping_of_hidden_values_alone_is_left_out_for_empty_would_clear_it() -> None:
    files = Files(taken({"smtpServer": {"password": MASK}}), known=[], title="Taken.")
    assert files.texts["realm.yaml"] == "# Taken.\nrealm: shop\n"
    assert list(files.later.values()) == ["SMTP_SERVER_PASSWORD"]


@pytest.mark.parametrize("twice", [["a b", "a-b"], ["x", "x "]])
def test_two_secrets_never_share_a_name(twice: list[str]) -> None:
    clients = [client(clientId=name) for name in twice]
    known = [("clients", name, "secret") for name in twice]
    assert len({*Files(taken({"clients": clients}), known=known, title="").secrets.values()}) == 2


def test_texts_are_a_file_a_language() -> None:
    found = taken({"localizationTexts": {"it": {"hello": "Ciao"}}})
    assert Files(found, known=[], title="").texts["localization/it.yaml"] == "hello: Ciao\n"
