"""The account console's theme: both languages complete, the brand kept in one place."""

from __future__ import annotations

import json
import re

import pytest

from tests.themes.theme_files import LANGUAGES, LOGIN, THEME, bundle

ACCOUNT = THEME / "account"
EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


def test_both_languages_have_the_same_messages() -> None:
    assert set(bundle(ACCOUNT, "it")) == set(bundle(ACCOUNT, "en"))


@EACH_LANGUAGE
def test_every_label_of_the_menu_has_words(language: str) -> None:
    menu = json.loads((ACCOUNT / "resources" / "content.json").read_text(encoding="utf-8"))
    assert {item["label"] for item in menu} <= set(bundle(ACCOUNT, language))


@EACH_LANGUAGE
def test_every_text_of_the_page_has_words(language: str) -> None:
    page = (ACCOUNT / "index.ftl").read_text(encoding="utf-8")
    assert set(re.findall(r'msg\("(\w+)"\)', page)) - {"brandName"} <= set(bundle(ACCOUNT, language))


@EACH_LANGUAGE
def test_no_apostrophe_is_one_that_message_format_swallows(language: str) -> None:
    assert [key for key, text in bundle(ACCOUNT, language).items() if "'" in text] == []


def test_the_colours_are_those_of_the_login_pages_and_no_others() -> None:
    own = (ACCOUNT / "resources" / "css" / "account.css").read_text(encoding="utf-8")
    assert not re.search(r"#[0-9a-f]{3,8}\b|rgb\(|hsl\(", own)
    brand = (LOGIN / "resources" / "css" / "brand.css").read_text(encoding="utf-8")
    known = set(re.findall(r"^\s*(--[a-z-]+):", brand, re.MULTILINE))
    used = {name for name in re.findall(r"var\((--[a-z-]+)\)", own) if not name.startswith("--pf-")}
    assert used and used <= known


def test_the_page_loads_the_login_pages_colours_and_logo() -> None:
    properties = (ACCOUNT / "theme.properties").read_text(encoding="utf-8")
    for path in re.findall(r"\.\./\.\./login/enercasacoop/(\S+)", properties):
        assert (LOGIN / "resources" / path).is_file(), path
    assert "css/brand.css" in properties
