"""axe on a page as it is shown: what it finds wrong and what it could not decide."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
#: WCAG 2.0 to 2.2, A and AA, and axe's own good practice.
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN = """tags => axe.run(document, {runOnly: tags, resultTypes: ["violations", "incomplete"]}).then(
    results => ["violations", "incomplete"].flatMap(kind => results[kind].flatMap(
        rule => rule.nodes.map(node => ({
            kind, rule: rule.id, where: node.target.join(" "), why: node.any.concat(node.all, node.none).map(
                check => check.message).join("; ")})))))"""


def axe(page: Page, rules: tuple[str, ...] = RULES) -> list[str]:
    """Each place where axe finds a violation or asks for a review: “kind rule at place: why”."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_AXE)
    found: list[dict[str, Any]] = page.evaluate(_RUN, list(rules))
    return [f"{one['kind']} {one['rule']} at {one['where']}: {one['why']}" for one in found]
