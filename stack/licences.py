"""Writes docs/licences.md: what is delivered, in which version, under which licence (`make licences`).

Each package says its licence itself, in its metadata; tests and tools are not delivered and not listed.
"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from packaging.markers import Marker

from stack.settings import KEYCLOAK, REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "licences.md"
_LOCKED = REPOSITORY / "requirements" / "run.txt"
#: A package, its version, and where it is installed if not everywhere (PEP 508).
_PINNED = re.compile(r"([A-Za-z0-9._-]+)==([^ ;]+)(?: *;([^\\]+))?")
_SHORT = 40
_HEAD = """# Licences
Made by `make licences`; a test holds it to what is installed. As each part says of itself.

| part | version | licence |
| --- | --- | --- |
"""
#: Of Keycloak and of what the extension's jar carries.
JARS = "Apache-2.0"
#: What is not a Python package: Keycloak itself, what the extension's jar carries, and the theme's letters.
_OTHERS = (
    ("Keycloak", KEYCLOAK.version, JARS),
    ("resilience4j-circuitbreaker, resilience4j-core (in the extension's jar)", "2.3.0", JARS),
    ("Atkinson Hyperlegible (in the theme)", "–", "OFL-1.1"),
)


def document() -> str:
    """The whole page."""
    rows = [*_OTHERS, *((name, version, licence(name)) for name, version in locked())]
    return _HEAD + "".join(f"| {name} | {version} | {told} |\n" for name, version, told in rows)


def locked(requirements: Path = _LOCKED) -> list[tuple[str, str]]:
    """Name and version of each package that is installed on a system like this one, from the lock file."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    found = [_PINNED.match(line) for line in lines]
    return [
        (match[1], match[2])
        for match in found
        if match and (match[3] is None or Marker(match[3].strip()).evaluate())
    ]


def licence(name: str) -> str:
    """In the package's own words: its expression, else its short text, else its classifiers."""
    told = metadata.metadata(name)
    text = next((told[field] for field in ("License-Expression", "License") if field in told), "")
    if text and len(text) <= _SHORT:
        return text
    classifiers = [text for text in told.get_all("Classifier") or [] if text.startswith("License ::")]
    kinds = [text.split(" :: ")[-1] for text in classifiers]
    return ", ".join(kinds) or "not told"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
