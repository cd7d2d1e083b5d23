"""Reads the theme's files for the tests: message bundles, templates, CSS variables, realm texts."""

from __future__ import annotations

import re
from pathlib import Path

from provisioning.nodes import plain
from provisioning.problems import Problems
from provisioning.yamlfile import read_nodes

ROOT = Path(__file__).parents[2]
THEME = ROOT / "themes" / "enercasacoop"
LOGIN = THEME / "login"
EMAIL = THEME / "email"
REALM = ROOT / "realm-config"
NOTICES = REALM / "privacy" / "2026-11"
LANGUAGES = ("it", "en")
PURPOSES = ("processing", "marketing", "thirdParties", "profiling")


def bundle(kind: Path, language: str) -> dict[str, str]:
    """The messages of a theme type (LOGIN or EMAIL) in one language. Raises ValueError on any other line."""
    messages: dict[str, str] = {}
    path = kind / "messages" / f"messages_{language}.properties"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        key, separator, value = line.partition("=")
        if not separator or not key or key in messages or not value.strip():
            raise ValueError(f"{path.name}:{number}: not a message of its own: {line}")
        messages[key] = value
    return messages


def templates(*kinds: Path) -> list[Path]:
    """All FreeMarker templates of the theme types given."""
    return sorted(path for kind in kinds for path in kind.rglob("*.ftl"))


def without_comments(template: str) -> str:
    """A template's text without its FreeMarker comments."""
    return re.sub(r"<#--.*?-->", "", template, flags=re.DOTALL)


def realm_texts(language: str) -> dict[str, str]:
    """The texts that administrators edit, as provisioning would send them."""
    node = read_nodes(REALM / "localization" / f"{language}.yaml", Problems())
    assert node is not None
    return {key: str(value) for key, value in plain(node).items()}


def colours() -> dict[str, dict[str, str]]:
    """{"light": {variable: #rrggbb}, "dark": {…}} of brand.css; dark inherits what it does not set."""
    css = (LOGIN / "resources" / "css" / "brand.css").read_text(encoding="utf-8")
    light_part, dark_part = css.split("@media (prefers-color-scheme: dark)")
    pattern = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6})\b")
    light = dict(pattern.findall(light_part))
    return {"light": light, "dark": light | dict(pattern.findall(dark_part))}
