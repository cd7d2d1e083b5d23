"""docs/security.md names every requirement of OWASP ASVS 5.0.0, level 2, once, and only tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
#: The numbers of the published standard's requirements, a section a line.
REQUIREMENTS = Path(__file__).with_name("asvs-5.0.0-level-2.txt").read_text(encoding="ascii").split()


def test_every_requirement_has_its_one_place() -> None:
    assert sorted(re.findall(r"\bV\d+\.\d+\.\d+\b", DOCUMENT)) == sorted(REQUIREMENTS)


def test_every_line_says_how_and_what_shows_it() -> None:
    rows = [line for line in DOCUMENT.splitlines() if re.match(r"\| V\d", line)]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert [row for row in cells if len(row) != 3 or not all(row)] == []
    shown = re.compile(
        r"`tests/[^`]+`(, `tests/[^`]+`)*|Keycloak(, for the rest)?|the operator's|does not apply"
    )
    assert [row[2] for row in cells if not shown.fullmatch(row[2])] == []


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", DOCUMENT))
    assert len(named) > 60
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or (name and name not in _functions(ROOT / path))
    ]
    assert missing == []


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
