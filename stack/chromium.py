"""A Chromium for tests and screenshots: found on the machine, else installed."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from stack import tools
from stack.errors import StackError

#: Quiet, and able to run as root and without a display or GPU.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str:
    """The path of a Chromium or Chrome.

    Looked for on PATH first; else installed with apt-get where that is possible (as root), else with
    Playwright's own download. Raises StackError where none of it works.
    """
    return _on_path() or _from_apt() or _from_playwright()


def _on_path() -> str | None:
    return next((found for found in map(shutil.which, _NAMES) if found), None)


def _from_apt() -> str | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        tools.run(["apt-get", "update"], purpose="apt-get update", environment=environment)
        tools.run(
            ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
            purpose="installing chromium",
            environment=environment,
        )
    except StackError:
        return None
    return _on_path()


def _from_playwright() -> str:
    from playwright.sync_api import sync_playwright

    try:
        tools.run([sys.executable, "-m", "playwright", "install", "chromium"], purpose="installing a browser")
    except StackError as error:
        raise StackError(
            f"no Chromium or Chrome on PATH, and none can be installed: install one. {error}"
        ) from error
    with sync_playwright() as playwright:
        found = playwright.chromium.executable_path
    if not Path(found).exists():
        raise StackError(
            f"Playwright installed a browser, but {found} is not there: install Chromium or Chrome"
        )
    return found
