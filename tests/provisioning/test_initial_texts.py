"""`!initial`: administrators edit some texts in the console, live, and no later apply takes that back."""

from __future__ import annotations

from pathlib import Path

from provisioning import engine, plan, report
from provisioning.config import load
from provisioning.observed import Observed

DECLARED = "localizationTexts: {it: {a: !initial uno, b: !initial due, c: tre}}\n"


def planned(folder: Path, declared: str, texts: dict[str, dict[str, str]]) -> list[str]:
    """The plan's lines for a realm that has these texts by locale."""
    file = folder / "realm.yaml"
    file.write_text(declared, encoding="utf-8")
    observed = Observed("example", exists=True, export={"localizationTexts": texts})
    made = plan.make(engine.read(load(file)), observed)
    return report.as_text(made).splitlines()[:-2] if made.changes else []


def test_an_initial_text_is_written_where_there_is_none(tmp_path: Path) -> None:
    assert planned(tmp_path, DECLARED, {}) == [
        "+ localization it",
        '    + a: "uno"',
        '    + b: "due"',
        '    + c: "tre"',
    ]


def test_an_initial_text_that_administrators_changed_stays(tmp_path: Path) -> None:
    changed = {"it": {"a": "cambiato", "c": "cambiato"}}
    assert planned(tmp_path, DECLARED, changed) == [
        "~ localization it",
        '    + b: "due"',
        '    ~ c: "cambiato" → "tre"',
    ]


def test_only_initial_texts_all_present_are_nothing_to_do(tmp_path: Path) -> None:
    declared = "localizationTexts: {it: {a: !initial uno}}\n"
    assert planned(tmp_path, declared, {"it": {"a": "cambiato", "z": "loro"}}) == []
