"""One Keycloak on PostgreSQL, brought from the older release to the pinned one with all its customers."""

from __future__ import annotations

import html
import re
import secrets
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from stack import distribution, tools
from stack.local import Stack
from stack.membership import SHARED_DATABASE, Membership
from stack.page import Page
from stack.ports import Ports, free_port
from stack.progress import Printer
from stack.settings import KEYCLOAK, KEYCLOAK_BUILD_OPTIONS, OLDER_KEYCLOAK, Release
from tests.support.registration import Registrant


@dataclass
class WithEmail(Registrant):
    """A customer who has an email."""

    email: str = field(default_factory=lambda: f"{secrets.token_hex(6)}@example.org")

    def values(self, **changes: str | None) -> dict[str, str]:
        """The form filled in rightly, with the email."""
        return super().values(**{"email": self.email, "emailConfirm": self.email, **changes})

    def follow_mail(self, words: str) -> Page:
        """The page that says these words: that of the mail's link, or that of the button there."""
        text = self.stack.mailbox.wait_for(self.email).text
        link = re.search(r"https?://[^\s\"<>]+action-token[^\s\"<>]+", text)
        assert link, text
        page = self.browser.open(html.unescape(link[0]))
        return page if page.says(words) else self.browser.open(page.form.action, **page.form.hidden)


@dataclass
class Upgrade:
    """The two releases on the same data and the same addresses; one of them runs at a time."""

    folder: Path
    accounts_url: str
    codes_url: str
    ports: Ports = field(default_factory=Ports.free)
    cache_port: int = field(default_factory=free_port)

    def stack(self, release: Release) -> Stack:
        """The whole system with this release, not started."""
        public = f"http://localhost:{self.ports.keycloak}"
        return Stack(
            self.folder,
            self.ports,
            database_url=self.codes_url,
            membership=Membership(self.accounts_url, public, self.cache_port),
            release=release,
            say=Printer(),
        )


def compatibility(
    folder: Path, older: Release = OLDER_KEYCLOAK, newer: Release = KEYCLOAK
) -> tuple[int, str]:
    """What the newer release's update-compatibility says of the older one: exit code and words.

    The command builds the Keycloak that it is run in anew: it is run in copies.
    """
    metadata = folder / "compatibility.json"
    _update_compatibility(folder, older, "metadata", metadata)
    return _update_compatibility(folder, newer, "check", metadata)


def _update_compatibility(folder: Path, release: Release, command: str, metadata: Path) -> tuple[int, str]:
    copy = folder / f"{command}-{release.version}"
    built = distribution.built(Printer(), release=release, database=SHARED_DATABASE)
    distribution.copy_to_build_in(built, copy)
    options = [f"--db={SHARED_DATABASE}", *KEYCLOAK_BUILD_OPTIONS]
    said = subprocess.run(
        [str(copy / "bin" / "kc.sh"), "update-compatibility", command, f"--file={metadata}", *options],
        env={**tools.plain_environment(), "JAVA": tools.java()},
        capture_output=True,
        text=True,
        check=False,
    )
    return said.returncode, said.stdout + said.stderr
