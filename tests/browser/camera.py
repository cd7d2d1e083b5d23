"""Takes pictures of pages for the documents; every run of the tests takes them, few are kept."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import FloatRect, Locator, Page, ViewportSize

from stack.settings import REPOSITORY
from tests.browser.png import with_palette

PICTURES = REPOSITORY / "docs" / "pictures"
PHONE: ViewportSize = {"width": 360, "height": 740}
MOST_BYTES = 250_000


class Camera:
    """Takes pictures of whole pages, without the focus ring and the caret that come and go.

    They go to `folder` of docs/pictures where WRITE_PICTURES=1 asks for it; else to `elsewhere`, so that a
    run of the tests leaves the repository as it is.
    """

    def __init__(self, folder: str, elsewhere: Path) -> None:
        self._kept = os.environ.get("WRITE_PICTURES") == "1"
        self._folder = PICTURES / folder if self._kept else elsewhere
        self._folder.mkdir(parents=True, exist_ok=True)

    def take(self, name: str, page: Page, *, above: Locator | None = None, whole: bool = True) -> None:
        """Write NAME.png. `whole`: as long as the page is, or down to `above`; else what the window shows."""
        page.evaluate("document.activeElement?.blur()")
        if whole:
            page.evaluate("scrollTo(0, 0)")
        page.evaluate("document.fonts.ready")
        picture = self._folder / f"{name}.png"
        page.screenshot(path=picture, full_page=whole, animations="disabled", clip=_down_to(above))
        if self._kept:
            picture.write_bytes(with_palette(picture.read_bytes()))
        assert picture.stat().st_size < MOST_BYTES, f"{name}.png is too large for a document"


def _down_to(end: Locator | None) -> FloatRect | None:
    box = end.bounding_box() if end else None
    return {"x": 0, "y": 0, "width": PHONE["width"], "height": box["y"]} if box else None
