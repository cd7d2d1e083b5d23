"""Mails as .eml files in a folder, one a mail, named so that their order is that of arrival."""

from __future__ import annotations

import email.policy
import email.utils
import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

_IDENTIFIER = re.compile(r"[0-9]{20}-[0-9a-f]{8}")


@dataclass(frozen=True)
class Mail:
    """One mail as it was taken.

    `to` holds the addresses of the envelope (who really gets it), `sender` the From line, `received` is UTC;
    `text` and `html` are the bodies, "" where the mail has none.
    """

    id: str
    received: datetime
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str


class Store:
    """The mails of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, recipients: list[str], content: bytes) -> str:
        """Keep a mail, whole or not at all, and return its id. Raises OSError."""
        identifier = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        head = "".join(f"Delivered-To: {recipient}\r\n" for recipient in recipients)
        unfinished = self.folder / f"{identifier}.new"
        unfinished.write_bytes(head.encode() + content)
        unfinished.rename(self.folder / f"{identifier}.eml")
        return identifier

    def all(self) -> list[Mail]:
        """Every mail, the newest first."""
        paths = sorted(self.folder.glob("*.eml"), reverse=True)
        return [mail for mail in (self.get(path.stem) for path in paths) if mail is not None]

    def get(self, identifier: str) -> Mail | None:
        """One mail; None where there is none of that id."""
        source = self.source(identifier)
        return None if source is None else parse(identifier, source)

    def source(self, identifier: str) -> bytes | None:
        """The mail as it came, after a `Delivered-To` line for each recipient; None for an unknown id."""
        if not _IDENTIFIER.fullmatch(identifier):
            return None
        try:
            return (self.folder / f"{identifier}.eml").read_bytes()
        except FileNotFoundError:
            return None

    def clear(self) -> None:
        """Remove every mail."""
        for path in self.folder.glob("*.eml"):
            path.unlink(missing_ok=True)


def parse(identifier: str, source: bytes) -> Mail:
    """A mail from its kept source. What is malformed comes out as readable as can be, never as an error."""
    message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(source)
    return Mail(
        id=identifier,
        received=datetime.fromtimestamp(int(identifier[:20]) / 1e9, UTC),
        sender=_header(message, "From"),
        to=tuple(str(value) for value in message.get_all("Delivered-To", [])),
        subject=_header(message, "Subject"),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except Exception:  # the parser of the standard library raises many kinds on malformed headers
        return "(unreadable)"


def _body(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body(preferencelist=(kind,))
        return "" if part is None else str(part.get_content())
    except Exception:  # unknown charset, broken encoding, nonsense structure: as above
        return "(unreadable)"
