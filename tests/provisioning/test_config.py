"""Reading configuration: files of a folder, overlays, tags, and errors that name file and line."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from provisioning import engine, plan
from provisioning.config import load
from provisioning.nodes import Secret
from provisioning.observed import Observed
from provisioning.problems import ConfigError


def folder(root: Path, **files: str) -> Path:
    """A configuration folder; `__` in a name stands for a slash."""
    for name, text in files.items():
        path = root / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def declared(path: Path, environment: str | None = None, **environ: str) -> Any:
    return engine.declare(load(path, environment, environ))[0]


def complaints(path: Path, environment: str | None = None, **environ: str) -> list[str]:
    """What is wrong, with the folder's path cut off."""
    with pytest.raises(ConfigError) as caught:
        declared(path, environment, **environ)
    return [str(problem).removeprefix(f"{path}/") for problem in caught.value.problems]


def test_the_files_of_a_folder_make_one_realm(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        realm="realm: r\nattributes: {a: 1}\n",
        more="attributes: {b: 2}\nclients: [{clientId: x}]\n",
        others="clients: [{clientId: y}]\n",
        privacy__text="anything: goes\n",
    )
    assert declared(path) == {
        "realm": "r",
        "attributes": {"a": "1", "b": "2"},
        "clients": [{"clientId": "x"}, {"clientId": "y"}],
    }


def test_an_environment_overrides_field_by_field_and_object_by_object(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        realm="displayName: A\nsmtpServer: {host: a, port: 25}\nsupportedLocales: [it, en]\n"
        "clients: [{clientId: x, name: X, baseUrl: u}, {clientId: y}]\n",
        environments__test="smtpServer: {host: b}\nsupportedLocales: [it]\n"
        "clients: [{clientId: x, baseUrl: v}, {clientId: z}]\n",
    )
    assert declared(path, "test") == {
        "displayName": "A",
        "smtpServer": {"host": "b", "port": "25"},
        "supportedLocales": ["it"],
        "clients": [{"clientId": "x", "name": "X", "baseUrl": "v"}, {"clientId": "y"}, {"clientId": "z"}],
    }


def test_an_unknown_environment_lists_those_there_are(tmp_path: Path) -> None:
    path = folder(tmp_path, realm="realm: r\n", environments__local="{}", environments__prod="{}")
    assert complaints(path, "prd") == [
        "environments:1: prd: is no environment of this configuration (there are: local, prod)"
    ]


def test_localization_files_are_texts_by_locale_exactly_as_written(tmp_path: Path) -> None:
    path = folder(tmp_path, realm="realm: r\n", localization__it="yes: Sì\nno: No\ncode: 0755\n")
    assert declared(path)["localizationTexts"] == {"it": {"yes": "Sì", "no": "No", "code": "0755"}}


def test_a_json_file_as_keycloak_exports_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "realm.json"
    file.write_text('{\n  "realm" : "r",\n  "enabled" : true,\n  "keycloakVersion" : "26.7.4"\n}\n')
    assert declared(file) == {"realm": "r", "enabled": True}


def test_tags_bring_variables_files_and_digests(tmp_path: Path) -> None:
    (tmp_path / "notice.md").write_bytes("però\n".encode())
    path = folder(
        tmp_path,
        realm="displayName: !env NAME\nloginTheme: !env [THEME, base]\nfailureFactor: !env FACTOR\n"
        "verifyEmail: !env VERIFY\nattributes: {text: !file notice.md, hash: !sha256 notice.md}\n",
    )
    assert declared(path, NAME="n", FACTOR="7", VERIFY="true") == {
        "displayName": "n",
        "loginTheme": "base",
        "failureFactor": 7,
        "verifyEmail": True,
        "attributes": {"text": "però\n", "hash": hashlib.sha256("però\n".encode()).hexdigest()},
    }


def test_a_secret_comes_from_a_variable_or_a_file_and_never_shows_itself(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("canary-file\n")
    path = folder(tmp_path, realm="smtpServer: {password: !secret ONE, authTokenClientSecret: !secret TWO}\n")
    mail = declared(path, ONE="canary-variable", TWO_FILE=str(tmp_path / "password"))["smtpServer"]
    assert [value.reveal() for value in mail.values()] == ["canary-variable", "canary-file"]
    assert "canary" not in f"{mail} {mail!r} {mail['password']}"


def test_a_reference_to_keycloaks_vault_is_shown_from_a_variable_too(tmp_path: Path) -> None:
    path = folder(tmp_path, realm="smtpServer: {password: !secret ONE, host: '${vault.host}'}\n")
    assert declared(path, ONE="${vault.mail}")["smtpServer"] == {
        "password": "${vault.mail}",
        "host": "${vault.host}",
    }


def test_a_secret_written_in_the_file_is_hidden_too(tmp_path: Path) -> None:
    path = folder(
        tmp_path, realm="smtpServer: {password: canary}\nclients: [{clientId: c, secret: canary}]\n"
    )
    value = declared(path)
    assert isinstance(value["clients"][0]["secret"], Secret)
    assert "canary" not in str(value)


def test_what_an_export_holds_and_nobody_manages_is_a_warning(tmp_path: Path) -> None:
    text = """realm: r
codeSecret: x
clients:
  - clientId: realm-management
    bearerOnly: true
    authorizationSettings: {policies: []}
"""
    path = folder(tmp_path, realm=text)
    _, warnings = engine.declare(load(path, environ={}))
    assert [str(warning).removeprefix(f"{path}/") for warning in warnings] == [
        "realm.yaml:2: codeSecret: is not managed by this version of provisioning:"
        " whatever it says, it stays as it is",
        "realm.yaml:6: clients[realm-management].authorizationSettings: are administrators' permissions of"
        " the first version, which is deprecated: whatever they say, they stay as they are; those of the"
        " second are declared in client admin-permissions",
    ]


def test_what_keycloak_reads_out_of_quotes_or_out_of_its_list_is_read_so_too(tmp_path: Path) -> None:
    text = """
verifyEmail: 'true'
failureFactor: '5'
clients:
  - clientId: shop
    authorizationSettings: {resources: [{name: orders, attributes: {kind: paper}}]}
"""
    found = declared(folder(tmp_path, realm=text))
    assert (found["verifyEmail"], found["failureFactor"]) == (True, 5)
    (resource,) = found["clients"][0]["authorizationSettings"]["resources"]
    assert resource["attributes"] == {"kind": ["paper"]}


def test_an_organization_is_named_by_its_alias_alone_too(tmp_path: Path) -> None:
    path = folder(tmp_path, realm="organizations: [{alias: acme}, {name: Other}]\n")
    made = plan.make(declared(path), Observed("r", exists=True))
    assert [change.title for change in made.changes] == ["organization acme", "organization Other"]


def test_two_files_may_say_the_same(tmp_path: Path) -> None:
    declared, _ = engine.declare(load(folder(tmp_path, one="realm: r\nenabled: true\n", two="realm: r\n")))
    assert declared == {"realm": "r", "enabled": True}


def test_a_missing_variable_is_a_warning_to_validate(tmp_path: Path) -> None:
    path = folder(tmp_path, realm="realm: r\ndisplayName: !env NAME\nsmtpServer:\n  password: !secret WORD\n")
    _, warnings = engine.declare(load(path, environ={}))
    assert [str(warning).removeprefix(f"{path}/") for warning in warnings] == [
        "realm.yaml:2: !env: set the variable NAME, or give a default: !env [NAME, …]",
        "realm.yaml:4: !secret: set the secret in the variable WORD, or its file's path in WORD_FILE",
    ]


ERRORS = {
    "unknown field": (
        "realm: r\nverifyEmial: true\n",
        "2: verifyEmial: is no field that Keycloak 26.7 knows here: did you mean verifyEmail?",
    ),
    "unknown field inside": (
        "clients:\n  - clientId: c\n    redirectUri: []\n",
        "3: clients[c].redirectUri: is no field that Keycloak 26.7 knows here: did you mean redirectUris?",
    ),
    "unknown field of a profile": (
        "userProfile:\n  attributes:\n    - name: a\n      requird: {}\n",
        "4: userProfile.attributes[a].requird: is no field that Keycloak 26.7 knows here: did you"
        " mean required?",
    ),
    "not a number": (
        "failureFactor: many\n",
        "1: failureFactor: must be a whole number, not 'many'",
    ),
    "not a flag": (
        "\nverifyEmail: 'yes'\n",
        "2: verifyEmail: must be true or false, not 'yes'",
    ),
    "authorization settings of a public client": (
        "clients:\n  - clientId: shop\n    publicClient: true\n"
        "    authorizationSettings: {scopes: [{name: a}]}\n",
        "4: clients[shop].authorizationSettings: need authorizationServicesEnabled: true and a confidential"
        " client: correct publicClient",
    ),
    "an organization without a name": (
        "organizations:\n  - enabled: true\n",
        "2: organizations[0]: lacks its alias or its name",
    ),
    "not a list": (
        "supportedLocales: it\n",
        "1: supportedLocales: must be a list of texts",
    ),
    "not a text": (
        "displayName: [a]\n",
        "1: displayName: must be a text",
    ),
    "key twice": (
        "realm: r\nenabled: true\nenabled: false\n",
        "3: enabled: is given twice (first in line 2): keep one of them",
    ),
    "no such tag": (
        "realm: !vault x\n",
        "1: !vault: is not a tag of this tool: use one of !env, !secret, !file, !sha256, !initial",
    ),
    "left to administrators where nobody can": (
        "displayName: !initial x\n",
        "1: displayName: takes no !initial, only localization texts do: give the text alone",
    ),
    "not YAML": (
        "realm: [\n",
        "2: is not valid YAML: did not find expected node content",
    ),
    "longer than there is room for": (
        f"clients:\n  - clientId: c\n    description: {'x' * 256}\n",
        "3: clients[c].description: has 256 characters: Keycloak keeps 255 at most",
    ),
    "two realms in a file": (
        "realm: a\n---\nrealm: b\n",
        "2: begins a second document: give each realm a file of its own (`provisioning each` applies many)",
    ),
    "unnamed": (
        "clients:\n  - name: x\n",
        "2: clients[0]: lacks its clientId",
    ),
    "subflow nowhere": (
        "authenticationFlows:\n"
        "  - alias: a\n"
        "    authenticationExecutions:\n"
        "      - flowAlias: b\n"
        "        requirement: REQUIRED\n",
        "4: authenticationFlows[a].authenticationExecutions[0].flowAlias: names no declared flow:"
        " declare b with topLevel: false",
    ),
    "settings nowhere": (
        "authenticationFlows:\n"
        "  - alias: a\n"
        "    authenticationExecutions:\n"
        "      - authenticator: b\n"
        "        requirement: REQUIRED\n"
        "        authenticatorConfig: c\n",
        "4: authenticationFlows[a].authenticationExecutions[0].authenticatorConfig: names no "
        "settings: declare c",
    ),
    "requirement": (
        "authenticationFlows:\n"
        "  - alias: a\n"
        "    authenticationExecutions:\n"
        "      - authenticator: b\n"
        "        requirement: MUST\n",
        "4: authenticationFlows[a].authenticationExecutions[0].requirement: is MUST: must be one "
        "of REQUIRED, ALTERNATIVE, CONDITIONAL, DISABLED",
    ),
    "a scope in both lists": (
        "clients:\n  - clientId: c\n    defaultClientScopes: [acr, email]\n"
        "    optionalClientScopes: [email]\n",
        "2: optionalClientScopes: has email, a default scope too: keep one",
    ),
    "service account of nobody": (
        "users:\n  - serviceAccountClientId: x\n",
        "2: users[x]: belongs to no declared client: declare it in clients",
    ),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.values(), ids=ERRORS.keys())
def test_an_error_names_file_line_field_and_what_to_do(tmp_path: Path, text: str, expected: str) -> None:
    assert complaints(folder(tmp_path, realm=text)) == [f"realm.yaml:{expected}"]


def test_one_object_twice_in_a_list_is_an_error(tmp_path: Path) -> None:
    path = folder(tmp_path, realm="clients:\n  - clientId: c\n  - clientId: c\n")
    assert complaints(path) == [
        f"realm.yaml:3: clients[c]: is there twice (first in {path}/realm.yaml:2): keep one of them"
    ]


def test_one_field_in_two_files_is_an_error(tmp_path: Path) -> None:
    path = folder(tmp_path, a="displayName: A\n", b="# b\ndisplayName: B\n")
    assert complaints(path) == [
        f"b.yaml:2: displayName: is given here and in {path}/a.yaml:1: keep one of them"
    ]


def test_every_error_is_reported_at_once(tmp_path: Path) -> None:
    path = folder(tmp_path, a="verifyEmail: 1\nfoo: 1\n", b="displayName: !file nothing.txt\n")
    assert [line.split(" ")[0] for line in complaints(path)] == ["a.yaml:1:", "a.yaml:2:", "b.yaml:1:"]


def test_a_configuration_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist: give the configuration folder with --config"):
        declared(tmp_path / "nowhere")
