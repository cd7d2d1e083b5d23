"""The proof of one customer's consents: every choice, and the text it was made on, checked against its hash.

Reads what the Keycloak extension writes: attributes consent.PURPOSE, and consentHistory with one JSON object
for every choice.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from customer_code_validator.directory import Account

STATE_PREFIX = "consent."
HISTORY = "consentHistory"
_REQUIRED = ("purpose", "choice", "version", "sha256", "locale", "channel", "time")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Choice:
    """One line of the history. `proof` is "" where only the form itself proves it."""

    purpose: str
    choice: str
    version: str
    sha256: str
    locale: str
    channel: str
    time: datetime
    proof: str = ""


@dataclass
class Proof:
    """What can be shown, as lines; what is wrong with it, one line each."""

    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class UnreadableError(Exception):
    """A line of the history, or a filed text, is not what it should be; the message says which and why."""


def prove(account: Account, texts: Path) -> Proof:
    """All that is known of the account's consents; `texts` holds VERSION/LOCALE.md."""
    proof = Proof()
    proof.lines += _who(account)
    choices = _history(account, proof)
    for purpose, made in groupby(sorted(choices, key=_by_purpose), lambda choice: choice.purpose):
        proof.lines += _purpose(account, purpose, list(made), proof)
    for purpose in sorted(_states(account) - {choice.purpose for choice in choices}):
        proof.problems.append(f"{purpose}: a state, but no entry of the history")
    proof.lines += _texts(choices, texts, proof)
    return proof


def read(stored: str) -> Choice:
    """One entry. Raises `UnreadableError`."""
    try:
        entry = json.loads(stored)
    except ValueError:
        raise UnreadableError("not JSON") from None
    if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
        raise UnreadableError("not an object of texts")
    missing = [name for name in _REQUIRED if not entry.get(name)]
    if missing:
        raise UnreadableError(f"without {', '.join(missing)}")
    try:
        time = datetime.fromisoformat(entry["time"])
    except ValueError:
        raise UnreadableError("its time is none") from None
    if time.tzinfo is None:
        raise UnreadableError("its time has no zone")
    values = {name: entry[name] for name in _REQUIRED if name != "time"}
    return Choice(**values, time=time.astimezone(UTC), proof=entry.get("proof", ""))


def filed_text(texts: Path, choice: Choice) -> str:
    """The text on which the choice was made. Raises `UnreadableError` where that is not proved."""
    # Both come from an attribute, and become a path.
    if not all(_PLAIN_NAME.fullmatch(name) for name in (choice.version, choice.locale)):
        raise UnreadableError(f"text {choice.version}, {choice.locale}: no name of a file")
    path = texts / choice.version / f"{choice.locale}.md"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableError(
            f"{path}: the text of this version is not there ({error.strerror}); --texts names its folder"
        ) from None
    found = hashlib.sha256(content).hexdigest()
    if found != choice.sha256:
        raise UnreadableError(
            f"{path}: SHA-256 {found} is not that of the text that was shown, {choice.sha256}; "
            "it was edited in the console, or in the file since: its history in git may have it"
        )
    return content.decode()


def section(text: str, purpose: str) -> str:
    """The part of a notice under the heading that ends in "| PURPOSE"; the whole text where there is none."""
    parts = re.split(r"^## .*\|\s*(\S+)\s*$", text, flags=re.MULTILINE)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    return found.get(purpose, text).strip()


def _who(account: Account) -> Iterator[str]:
    yield f"customer  {account.username} ({account.first_name} {account.last_name})"
    yield f"user      {account.user_id}, since {account.created:%Y-%m-%d %H:%M:%S} UTC"
    yield f"code      {', '.join(account.attributes.get('customerCode', [])) or 'none'}"
    confirmed = "confirmed" if account.email_verified else "not confirmed"
    yield f"email     {f'{account.email}, {confirmed}' if account.email else 'none'}"


def _history(account: Account, proof: Proof) -> list[Choice]:
    choices = []
    for stored in account.attributes.get(HISTORY, []):
        try:
            choices.append(read(stored))
        except UnreadableError as error:
            proof.problems.append(f"an entry of the history is unreadable: {error}: {stored[:80]!r}")
    if not account.attributes.get(HISTORY):
        proof.problems.append("the account has no history of consents")
    return choices


def _purpose(account: Account, purpose: str, made: list[Choice], proof: Proof) -> Iterator[str]:
    state = ", ".join(account.attributes.get(STATE_PREFIX + purpose, [])) or "none"
    if state != made[-1].choice:
        proof.problems.append(f"{purpose}: is {state}, but its history ends with {made[-1].choice}")
    yield ""
    yield f"{purpose}: {state}"
    for choice in made:
        confirmed = f", proof {choice.proof}" if choice.proof else ""
        yield (
            f"  {choice.time:%Y-%m-%d %H:%M:%S} UTC  {choice.choice:<7}  {choice.channel}, "
            f"text {choice.version} ({choice.locale}){confirmed}"
        )


def _texts(choices: list[Choice], texts: Path, proof: Proof) -> Iterator[str]:
    """Each text once, with the sections of all purposes that were decided on it."""
    shown = {(choice.version, choice.locale, choice.sha256): choice for choice in choices}
    for key, choice in sorted(shown.items()):
        try:
            text = filed_text(texts, choice)
        except UnreadableError as error:
            proof.problems.append(str(error))
            continue
        yield ""
        yield f"text {choice.version} ({choice.locale}), SHA-256 {choice.sha256}, as it was shown:"
        decided = {each.purpose for each in choices if (each.version, each.locale, each.sha256) == key}
        for purpose in sorted(decided):
            yield f"  {purpose}"
            yield from (f"    {line}" for line in section(text, purpose).splitlines() if line)


def _by_purpose(choice: Choice) -> tuple[str, datetime]:
    return choice.purpose, choice.time


def _states(account: Account) -> set[str]:
    return {name.removeprefix(STATE_PREFIX) for name in account.attributes if name.startswith(STATE_PREFIX)}
