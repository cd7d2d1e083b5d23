"""The mailbox as a part of the stack."""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime
from pathlib import Path

from stack import http
from stack.errors import StackError
from stack.mailbox.store import Mail
from stack.ports import Ports
from stack.process import Process
from stack.settings import HOST

_READY_SECONDS = 30.0


class Mailbox:
    """One mailbox. `url` is its page, `folder` where it keeps the mails as .eml files."""

    def __init__(self, folder: Path, log: Path, ports: Ports) -> None:
        self.url = f"http://localhost:{ports.mailbox}"
        self.folder = folder
        self.process = Process("the mailbox", log)
        self.log = log
        self._api = f"http://{HOST}:{ports.mailbox}"
        self._ports = ports

    def start(self, *, wait: bool = True) -> None:
        """Start it; unless told otherwise, return when it answers. Raises StackError with the log's end."""
        command = [sys.executable, "-m", "stack.mailbox", "--folder", str(self.folder), "--host", HOST]
        ports = ["--http-port", str(self._ports.mailbox), "--smtp-port", str(self._ports.smtp)]
        self.process.start([*command, *ports], os.environ)
        if wait:
            self.wait_ready()

    def wait_ready(self) -> None:
        """Return when it answers. Raises StackError with the log's end."""
        self.process.wait_until(lambda: http.answers(f"{self._api}/healthz"), _READY_SECONDS)

    def stop(self) -> None:
        """End it in order."""
        self.process.stop()

    def messages(self, to: str | None = None) -> list[Mail]:
        """The mails, the newest first, or those to one address. Raises OSError while it does not run."""
        mails = [_mail(entry) for entry in http.get_json(f"{self._api}/api/mails")]
        return mails if to is None else [mail for mail in mails if to in mail.to]

    def wait_for(self, to: str, subject: str = "", seconds: float = 15.0, count: int = 1) -> Mail:
        """The newest mail to that address with `subject` in its subject, once there are `count` of them.

        Raises StackError when there are not so many in time, telling which mails that address got.
        """
        deadline = time.monotonic() + seconds
        while True:
            mails = self.messages(to)
            matching = [mail for mail in mails if subject.casefold() in mail.subject.casefold()]
            if len(matching) >= count:
                return matching[0]
            if time.monotonic() > deadline:
                got = ", ".join(repr(mail.subject) for mail in mails) or "nothing"
                raise StackError(
                    f"no mail to {to} with {subject!r} in its subject after {seconds:.0f} s; it got {got}"
                )
            time.sleep(0.1)

    def clear(self) -> None:
        """Remove every mail."""
        http.request("DELETE", f"{self._api}/api/mails")


def _mail(entry: dict[str, str]) -> Mail:
    return Mail(**{**entry, "received": datetime.fromisoformat(entry["received"]), "to": tuple(entry["to"])})  # type: ignore[arg-type]
