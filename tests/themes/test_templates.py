"""The templates: they say what they follow, ask for words that exist, and keep to a strict content policy."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import pytest

from stack.settings import KEYCLOAK
from tests.themes import upstream
from tests.themes.theme_files import EMAIL, LOGIN, bundle, templates, without_comments

ALL = templates(LOGIN, EMAIL)
EACH = pytest.mark.parametrize("template", ALL, ids=[f"{path.parent.name}/{path.name}" for path in ALL])

#: Keys of the base theme (Keycloak 26.7.4, both languages looked up) that our templates use as they are.
BASE_KEYS = {
    "doYes",
    "doNo",
    "doCancel",
    "doTryAnotherWay",
    "rememberMe",
    "usernameOrEmail",
    "traceIdSupportMessage",
}
#: Variables that hold a key, in place of a key: what they can hold is upstream's.
VARIABLES = {"messageHeader", "key"}


@EACH
def test_a_template_names_the_upstream_it_follows_or_that_there_is_none(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    head = text[: text.index("-->")]
    follows = re.search(r"theme/\S+\.ftl", head) and f"Keycloak {KEYCLOAK.version}" in re.sub(
        r"\s+", " ", head
    )
    assert follows or "No upstream counterpart" in head or "no upstream counterpart" in head


@EACH
def test_every_message_that_a_template_asks_for_exists(template: Path) -> None:
    text = without_comments(template.read_text(encoding="utf-8"))
    ours = bundle(EMAIL if EMAIL in template.parents else LOGIN, "it")
    for key in re.findall(r'\bmsg\("([^"{]+)"\s*[,)]', text):
        assert key in ours or key in BASE_KEYS, key
    for prefix in re.findall(r'\bmsg\("([^"]+)"\s*\+', text):
        assert any(key.startswith(prefix) for key in ours), prefix
    for variable in re.findall(r"\bmsg\(([a-z]\w*)\)", text):
        assert variable in VARIABLES, variable


def test_no_base_key_is_listed_that_no_template_uses() -> None:
    used = "".join(path.read_text(encoding="utf-8") for path in ALL)
    assert {key for key in BASE_KEYS if f'msg("{key}"' in used} == BASE_KEYS


@EACH
def test_no_script_is_inline(template: Path) -> None:
    text = without_comments(template.read_text(encoding="utf-8"))
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert "javascript:" not in text
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or 'type="importmap"' in tag


def test_the_policy_spares_only_the_parents_pages_that_run_inline_scripts() -> None:
    """Ours obey the strict policy of template.ftl; these pages would lose what they do."""
    frame = (LOGIN / "template.ftl").read_text(encoding="utf-8")
    spared = set(re.findall(r'"([\w-]+)": true', frame[: frame.index("<#macro")]))
    own = {path.name for path in LOGIN.glob("*.ftl")}
    inline = {
        name.removesuffix(".ftl")
        for name, text in upstream.pages("login").items()
        if name not in own and "registrationLayout" in text and upstream.runs_inline(text)
    }
    assert spared == inline


@EACH
def test_a_template_is_no_copy_of_the_one_that_keycloak_would_serve(template: Path) -> None:
    kind = LOGIN if LOGIN in template.parents else EMAIL
    inherited = upstream.inherited(kind.name, str(template.relative_to(kind)))
    if inherited is None:
        return
    own = upstream.substance(template.read_text(encoding="utf-8"))
    alike = difflib.SequenceMatcher(None, own, upstream.substance(inherited), autojunk=False).ratio()
    assert alike < 0.9, f"{template.name} is that of Keycloak {KEYCLOAK.version}, {alike:.0%}"


@EACH
def test_the_upstream_that_a_template_names_is_there(template: Path) -> None:
    head = template.read_text(encoding="utf-8").partition("-->")[0]
    for name in re.findall(r"theme/\S+\.ftl", head):
        assert name in upstream.templates(), f"{name} is not in Keycloak {KEYCLOAK.version}"


@EACH
def test_nothing_a_customer_typed_is_printed_unescaped(template: Path) -> None:
    text = without_comments(template.read_text(encoding="utf-8"))
    # The page title: its text comes from an escaped heading, without its tags.
    allowed = 1 if template == LOGIN / "template.ftl" else 0
    assert text.count("?no_esc") == allowed
    assert "<#noautoesc" not in text


@EACH
def test_a_link_to_a_new_tab_gives_it_no_hold_on_ours(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    for tag in re.findall(r"<a\b[^\n]*_blank[^\n]*", text):
        assert 'rel="noopener"' in tag


@EACH
def test_nothing_hinders_pasting_or_password_managers(template: Path) -> None:
    text = without_comments(template.read_text(encoding="utf-8"))
    assert "onpaste" not in text and "maxlength" not in text
    for field in re.findall(
        r'<@field\.password name="([^"]+)"(?![^\n]*autocomplete="(?:new|current)-password")', text
    ):
        pytest.fail(f"{field}: autocomplete does not tell a new password from the current one")


def test_no_page_names_the_company() -> None:
    """Another utility changes brand.css, the logo and its realm’s texts, no template."""
    for path in ALL:
        assert "EnerCasa" not in path.read_text(encoding="utf-8"), path.name


def test_every_stylesheet_of_the_theme_is_there() -> None:
    declared = re.search(
        r"^styles=(.+)$", (LOGIN / "theme.properties").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert declared
    for style in declared[1].split():
        assert (LOGIN / "resources" / style).is_file()
    css = (LOGIN / "resources" / "css" / "brand.css").read_text(encoding="utf-8")
    for font in re.findall(r'url\("\.\./([^"]+)"\)', css):
        assert (LOGIN / "resources" / font).is_file()
    assert (LOGIN / "resources" / "fonts" / "OFL.txt").is_file()
