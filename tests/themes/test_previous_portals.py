"""The previous portals: shown while they last, safe links only, an administrator's slip breaks nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.themes.freemarker import render
from tests.themes.theme_files import EMAIL, LANGUAGES, LOGIN, realm_texts, templates

TODAY = 20261123
#: What an administrator typed → (label, address) shown, or None.
CASES: list[tuple[str, tuple[str, str] | None]] = [
    ("Portale luce | https://luce.example", ("Portale luce", "https://luce.example")),
    (
        "Portale luce | https://luce.example/a?b=c | 2026-12-31",
        ("Portale luce", "https://luce.example/a?b=c"),
    ),
    ("Ultimo giorno | https://luce.example | 2026-11-23", ("Ultimo giorno", "https://luce.example")),
    ("Ieri | https://luce.example | 2026-11-22", None),
    ("Senza data | https://luce.example | ", ("Senza data", "https://luce.example")),
    ("Locale | http://localhost:9000/vecchio", ("Locale", "http://localhost:9000/vecchio")),
    ("L’energia d'un tempo {0} | https://luce.example", ("L’energia d'un tempo {0}", "https://luce.example")),
    ("In chiaro | http://luce.example", None),
    ("Finto locale | http://localhost.example", None),
    ("Script | javascript:alert(1)", None),
    ("Dati | data:text/html,ciao", None),
    ("Maiuscole | JAVASCRIPT:alert(1)", None),
    ("Niente host | https://", None),
    ("Spazio | https://luce.example/a b", None),
    ("Relativo | //luce.example", None),
    ("Data sbagliata | https://luce.example | 31/12/2027", None),
    ("Mese sbagliato | https://luce.example | 2027-13-01", None),
    ("Giorno sbagliato | https://luce.example | 2027-12-32", None),
    ("Troppo | https://luce.example | 2027-12-31 | altro", None),
    ("Solo etichetta", None),
    (" | https://luce.example", None),
    ("", None),
    ("previousPortal.1", None),
]
DRIVER = (
    '<#import "previous-portals.ftl" as portals><#list lines as line>'
    f"<#assign p = portals.portal(line, {TODAY})>"
    "<#if p?has_content>${p.label}\t${p.address}<#else>-</#if>\n</#list>"
)


def test_a_portal_is_shown_as_its_line_says_or_not_at_all() -> None:
    shown = render(LOGIN, DRIVER, [line for line, _ in CASES])
    expected = [("\t".join(portal) if portal else "-") for _, portal in CASES]
    assert [unescaped(line) for line in shown] == expected


def test_a_label_brings_no_markup() -> None:
    (line,) = render(LOGIN, DRIVER, ['<b>Luce</b> | https://luce.example/?a=1&b="2'])
    assert "<" not in line and '"' not in line


@pytest.mark.parametrize("address", ["http://luce.example", "javascript:x", "ftp://x", " https://x y"])
def test_the_rule_of_addresses_refuses(address: str) -> None:
    assert not re.fullmatch(rule("addressRule"), address)


@pytest.mark.parametrize("address", ["https://luce.example", "http://localhost:9000/", "http://localhost"])
def test_the_rule_of_addresses_accepts(address: str) -> None:
    assert re.fullmatch(rule("addressRule"), address)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_realms_own_portals_read_as_they_should(language: str) -> None:
    texts = realm_texts(language)
    portals = [text for key, text in texts.items() if key.startswith("previousPortal.")]
    assert len(portals) == 2
    for portal in portals:
        _, address, last = (part.strip() for part in portal.split("|"))
        assert re.fullmatch(rule("addressRule"), address)
        assert re.fullmatch(rule("dateRule"), last)


@pytest.mark.parametrize("kind", [LOGIN, EMAIL], ids=["login", "email"])
def test_every_template_is_well_formed(kind: Path) -> None:
    names = [str(path.relative_to(kind)) for path in templates(kind)]
    driver = "<#list lines as l>${.get_optional_template('/' + l).exists?c}\n</#list>"
    assert render(kind, driver, names) == ["true"] * len(names)


def rule(name: str) -> str:
    """A regular expression of previous-portals.ftl, as Python writes it."""
    text = (LOGIN / "previous-portals.ftl").read_text(encoding="utf-8")
    found = re.search(rf'<#assign {name} = r"([^"]+)">', text)
    assert found
    return found[1]


def unescaped(line: str) -> str:
    """Undo the escaping of html in what a template printed."""
    return line.replace("&#39;", "'").replace("&amp;", "&")
