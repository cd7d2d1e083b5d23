"""No link of the documents leads nowhere: neither to a file nor to a heading that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stack.settings import REPOSITORY

DOCUMENTS = [
    REPOSITORY / "README.md",
    *sorted((REPOSITORY / "docs").rglob("*.md")),
    *sorted((REPOSITORY / "benchmarks").rglob("*.md")),
]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^(```+).*?^\1", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = [link for link in _LINK.findall(prose(document)) if "://" not in link]
    assert [link for link in links if not leads(document, link)] == []


def leads(document: Path, link: str) -> bool:
    """Whether the file is there, and in a document of ours the heading."""
    path, _, anchor = link.partition("#")
    target = document.parent / path if path else document
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(document: Path) -> set[str]:
    """What code hosts make of the headings: small letters, no punctuation, dashes for blanks."""
    headings = _HEADING.findall(prose(document))
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


def prose(document: Path) -> str:
    """The document without its blocks of code."""
    return _FENCED.sub("", document.read_text(encoding="utf-8"))
