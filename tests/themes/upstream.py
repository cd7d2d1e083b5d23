"""The theme templates of the Keycloak distribution that this theme builds on: what ours are compared with."""

from __future__ import annotations

import re
import zipfile
from functools import cache

from stack import distribution
from stack.progress import Printer
from stack.settings import KEYCLOAK
from tests.themes.theme_files import without_comments

#: The parents of our theme types, nearest first (theme.properties).
PARENTS = {"login": ("keycloak.v2/login", "base/login"), "email": ("base/email",)}


@cache
def templates() -> dict[str, str]:
    """Every template of the distribution: its path from theme/ on → its text. Raises StackError."""
    libraries = distribution.unpacked(Printer()) / "lib" / "lib" / "main"
    with zipfile.ZipFile(libraries / f"org.keycloak.keycloak-themes-{KEYCLOAK.version}.jar") as jar:
        return {
            name: jar.read(name).decode()
            for name in jar.namelist()
            if name.startswith("theme/") and name.endswith(".ftl")
        }


def inherited(kind: str, path: str) -> str | None:
    """The template that Keycloak would serve from the theme's parents, None where they have none."""
    for parent in PARENTS[kind]:
        if text := templates().get(f"theme/{parent}/{path}"):
            return text
    return None


def pages(kind: str) -> dict[str, str]:
    """Every template that the parents of a theme type serve: name → text."""
    found: dict[str, str] = {}
    for parent in reversed(PARENTS[kind]):
        prefix = f"theme/{parent}/"
        for name, text in templates().items():
            if name.startswith(prefix) and "/" not in name.removeprefix(prefix):
                found[name.removeprefix(prefix)] = text
    return found


def runs_inline(text: str) -> bool:
    """Whether a page of this template holds a script or an event handler of its own."""
    text = without_comments(text)
    scripts = [tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag]
    return bool(scripts or re.search(r'\son[a-z]+\s*=\s*"', text))


def substance(text: str) -> list[str]:
    """What two templates are compared by: their words without comments."""
    return without_comments(text).split()


@cache
def messages(language: str) -> dict[str, str]:
    """The login messages of the base theme in one language, as MessageFormat would show them."""
    libraries = distribution.unpacked(Printer()) / "lib" / "lib" / "main"
    name = f"theme/base/login/messages/messages_{language}.properties"
    with zipfile.ZipFile(libraries / f"org.keycloak.keycloak-themes-{KEYCLOAK.version}.jar") as jar:
        lines = re.sub(r"\\\n\s*", "", jar.read(name).decode()).splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {key.strip(): value.strip().replace("''", "'") for key, _, value in pairs}
