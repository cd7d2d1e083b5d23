"""The proof of a customer’s consents, without a server: what it says, and what can be wrong with it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from customer_code_validator.consents import Proof, prove
from customer_code_validator.directory import Account

TEXT = (
    "# Informativa\n\n## Dati | processing\n\nUsiamo i dati.\n\n## Offerte | marketing\n\nMandiamo offerte.\n"
)
DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder of texts with one version in Italian."""
    (tmp_path / "2026-11").mkdir()
    (tmp_path / "2026-11" / "it.md").write_text(TEXT, encoding="utf-8")
    return tmp_path


def entry(**changes: str | None) -> str:
    """One line of a history; None leaves a field out."""
    fields: dict[str, str | None] = {
        "purpose": "marketing",
        "choice": "granted",
        "version": "2026-11",
        "sha256": DIGEST,
        "locale": "it",
        "channel": "account",
        "time": "2026-11-24T09:00:00.123Z",
        **changes,
    }
    return json.dumps({name: value for name, value in fields.items() if value is not None})


def proved(texts: Path, *history: str, **states: str) -> Proof:
    """The proof for Anna with this history and these states."""
    attributes = {f"consent.{purpose}": [state] for purpose, state in states.items()}
    history_attribute = {"consentHistory": list(history)} if history else {}
    created = datetime(2026, 11, 24, 8, tzinfo=UTC)
    code = {"customerCode": ["1000234567"]}
    anna = Account("id-1", "anna", "Anna", "Rossi", "anna@example.org", True, created, attributes | code)
    anna.attributes.update(history_attribute)
    return prove(anna, texts)


def test_it_says_who_what_when_and_how_confirmed(texts: Path) -> None:
    pending = entry(choice="pending", channel="registration", time="2026-11-24T08:00:00Z")
    granted = entry(channel="registration", proof="email-confirmed", time="2026-11-24T08:05:00Z")
    proof = proved(texts, granted, pending, marketing="granted")
    assert proof.problems == []
    assert proof.lines == [
        "customer  anna (Anna Rossi)",
        "user      id-1, since 2026-11-24 08:00:00 UTC",
        "code      1000234567",
        "email     anna@example.org, confirmed",
        "",
        "marketing: granted",
        "  2026-11-24 08:00:00 UTC  pending  registration, text 2026-11 (it)",
        "  2026-11-24 08:05:00 UTC  granted  registration, text 2026-11 (it), proof email-confirmed",
        "",
        f"text 2026-11 (it), SHA-256 {DIGEST}, as it was shown:",
        "  marketing",
        "    Mandiamo offerte.",
    ]


@pytest.mark.parametrize(
    ("history", "problem"),
    [
        ("no json", "an entry of the history is unreadable: not JSON: 'no json'"),
        ("[]", "an entry of the history is unreadable: not an object of texts: '[]'"),
        (entry(sha256=None, time=None), "an entry of the history is unreadable: without sha256, time"),
        (entry(time="yesterday"), "an entry of the history is unreadable: its time is none"),
        (entry(time="2026-11-24T09:00:00"), "an entry of the history is unreadable: its time has no zone"),
    ],
)
def test_an_unreadable_entry_is_named_and_the_others_are_shown(
    texts: Path, history: str, problem: str
) -> None:
    proof = proved(texts, history, entry(), marketing="granted")
    assert len(proof.problems) == 1
    assert proof.problems[0].startswith(problem)
    assert "  2026-11-24 09:00:00 UTC  granted  account, text 2026-11 (it)" in proof.lines


def test_a_version_without_its_text_is_named(texts: Path) -> None:
    proof = proved(texts, entry(version="2025-01"), marketing="granted")
    [problem] = proof.problems
    assert f"{texts / '2025-01' / 'it.md'}: the text of this version is not there" in problem


def test_a_text_that_is_not_the_one_shown_is_not_printed(texts: Path) -> None:
    proof = proved(texts, entry(sha256="0" * 64), marketing="granted")
    [problem] = proof.problems
    assert f"SHA-256 {DIGEST} is not that of the text that was shown, {'0' * 64}" in problem
    assert not any("Mandiamo offerte" in line for line in proof.lines)


@pytest.mark.parametrize("name", ["../secret", "/etc", "a/b", "..", ""])
def test_a_version_is_no_path(texts: Path, name: str) -> None:
    proof = proved(texts, entry(version=name), marketing="granted")
    assert any("no name of a file" in each or "without version" in each for each in proof.problems)


def test_a_state_that_the_history_does_not_say_is_named(texts: Path) -> None:
    proof = proved(texts, entry(choice="denied"), marketing="granted", profiling="granted")
    assert proof.problems == [
        "marketing: is granted, but its history ends with denied",
        "profiling: a state, but no entry of the history",
    ]


def test_an_account_without_history_is_said_so(texts: Path) -> None:
    assert proved(texts).problems == ["the account has no history of consents"]
