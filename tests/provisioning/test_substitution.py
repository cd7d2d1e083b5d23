"""Files written for keycloak-config-cli: what `$(…)` in them stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioning import engine
from provisioning.config import load
from provisioning.problems import ConfigError
from tests.provisioning.test_config import folder


def test_variables_of_keycloak_config_cli_mean_what_they_mean_there(tmp_path: Path) -> None:
    text = """
realm: $(env:NAME)
displayName: The $(env:NAME) of $(env:OWNER:-nobody)
enabled: $(env:ENABLED)
accessTokenLifespan: "$(env:SECONDS:-60)"
loginTheme: ${not.ours}
"""
    path = folder(tmp_path, realm=text)
    declared, _ = engine.declare(load(path, environ={"NAME": "shop", "ENABLED": "false"}))
    assert declared == {
        "realm": "shop",
        "displayName": "The shop of nobody",
        "enabled": False,
        "accessTokenLifespan": 60,
        "loginTheme": "${not.ours}",
    }


def test_a_missing_variable_of_keycloak_config_cli_is_named(tmp_path: Path) -> None:
    path = folder(tmp_path, realm="realm: r\ndisplayName: $(env:NAME)\n")
    _, warnings = engine.declare(load(path, environ={}))
    assert [str(warning).removeprefix(f"{path}/") for warning in warnings] == [
        "realm.yaml:2: $(env:NAME): set the variable NAME, or give a default: $(env:NAME:-…)"
    ]


def test_other_lookups_of_keycloak_config_cli_are_made_too_one_within_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "name.txt").write_text("Società", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    text = """
realm: $(base64Decoder:c2hvcA==)
displayName: $(file:UTF-8:$(env:FOLDER:-.)/name.txt) $(urlEncoder:a b&c) $(urlDecoder:a+b)
displayNameHtml: $(base64Encoder:$(env:NAME)) and $(not:one) and $(none)
loginTheme: $(env:ITSELF)
"""
    path = folder(tmp_path, realm=text)
    declared, _ = engine.declare(load(path, environ={"NAME": "shop", "ITSELF": "$(env:ITSELF)"}))
    assert declared == {
        "realm": "shop",
        "loginTheme": "$(env:ITSELF)",
        "displayName": "Società a+b%26c a b",
        "displayNameHtml": "c2hvcA== and $(not:one) and $(none)",
    }


@pytest.mark.parametrize(
    ("lookup", "problem"),
    [
        ("$(sys:user.home)", "$(sys:…): is a lookup that Java makes and this tool does not"),
        ("$(script:javascript:3 * 4)", "is a lookup that Java makes and this tool does not"),
        ("'$${javascript: 1 + 1}'", "$${javascript:…}: is a script of keycloak-config-cli: write its"),
        ("$(file:UTF-8:none.txt)", "$(file:…): cannot be made: [Errno 2] No such file"),
        ("$(file:none.txt)", "$(file:…): cannot be made: give $(file:CHARSET:PATH)"),
        ("$(base64Decoder:?)", "$(base64Decoder:…): cannot be made: "),
    ],
)
def test_a_lookup_that_cannot_be_made_is_named_with_its_line(
    tmp_path: Path, lookup: str, problem: str
) -> None:
    path = folder(tmp_path, realm=f"realm: r\ndisplayName: {lookup}\n")
    with pytest.raises(ConfigError) as raised:
        engine.declare(load(path))
    assert "realm.yaml:2: " in str(raised.value)
    assert problem in str(raised.value)
