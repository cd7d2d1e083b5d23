"""Google's Lighthouse on a page, as a phone on a slow line; through npx, where there is one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.pages.sides import Side
from stack import chromium

VERSION = "13.5.0"
CATEGORIES = ("performance", "accessibility", "best-practices")
PAGES = ("login", "code", "form")
_SECONDS = 300


def available() -> bool:
    """Whether npx is on this machine."""
    return shutil.which("npx") is not None


def scores(browser: Browser, side: Side) -> dict[str, dict[str, int]]:
    """Page → category → score, 0 to 100. Raises subprocess.SubprocessError where Lighthouse fails."""
    found: dict[str, dict[str, int]] = {}
    context = browser.new_context(locale="it-IT")
    page = context.new_page()
    for name in side.pages(page):
        if name in PAGES:
            cookies = "; ".join(f"{one['name']}={one['value']}" for one in context.cookies(page.url))
            found[name] = _run(page.url, cookies)
    context.close()
    return found


def _run(url: str, cookies: str) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        subprocess.run(
            [
                "npx",
                "--yes",
                f"lighthouse@{VERSION}",
                url,
                "--quiet",
                "--disable-storage-reset",
                f"--only-categories={','.join(CATEGORIES)}",
                f"--extra-headers={json.dumps({'Cookie': cookies, 'Accept-Language': 'it'})}",
                f"--chrome-flags=--headless=new {' '.join(chromium.FLAGS)}",
                "--output=json",
                f"--output-path={report}",
            ],
            check=True,
            capture_output=True,
            timeout=_SECONDS,
            env={**os.environ, "CHROME_PATH": chromium.executable()},
        )
        categories = json.loads(report.read_text(encoding="utf-8"))["categories"]
    return {name: round(100 * categories[name]["score"]) for name in CATEGORIES}
