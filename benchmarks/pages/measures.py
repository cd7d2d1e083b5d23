"""What is measured of one side: milliseconds of the first page, bytes of each page, places that axe names."""

from __future__ import annotations

import itertools
import statistics
import time
from collections import Counter
from collections.abc import Iterable

import requests
from playwright.sync_api import Browser, Response

from benchmarks.pages.sides import Side
from tests.browser.accessibility import axe

_WIDTHS = (320, 1280)
_SCHEMES = ("light", "dark")
_LANGUAGES = ("it", "en")


def first_page(sides: Iterable[Side], warm_up: int, rounds: int) -> dict[str, list[float]]:
    """Name → milliseconds of the login page's own request, each by a new visitor, the sides in turns."""
    taken: dict[str, list[float]] = {side.name: [] for side in sides}
    with requests.Session() as http:
        http.trust_env = False
        for number, side in itertools.product(range(warm_up + rounds), sides):
            http.cookies.clear()
            began = time.perf_counter()
            http.get(side.login, headers={"Accept-Language": "it"}, timeout=30).raise_for_status()
            if number >= warm_up:
                taken[side.name].append((time.perf_counter() - began) * 1000)
    return taken


def weight(browser: Browser, side: Side) -> dict[str, tuple[int, int]]:
    """Page → requests and bytes over the wire, each page with an empty cache."""
    weights: dict[str, tuple[int, int]] = {}
    context = browser.new_context(locale="it-IT")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    heard: list[Response] = []

    def hear(response: Response) -> None:
        if response.request.is_navigation_request():
            heard.clear()
        heard.append(response)

    page.on("response", hear)
    for name in side.pages(page):
        page.wait_for_load_state("networkidle")
        own = [answer for answer in heard if answer.status == 200]
        sizes = [answer.request.sizes() for answer in own]
        total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
        weights[name] = (len(own), total)
    context.close()
    return weights


def accessibility(browser: Browser, side: Side) -> Counter[str]:
    """Kind (“violations”, “incomplete”) → places, over all pages, languages, widths and colour schemes."""
    found: Counter[str] = Counter({"violations": 0, "incomplete": 0})
    for language in _LANGUAGES:
        page = browser.new_page(locale=language, viewport={"width": _WIDTHS[0], "height": 740})
        for _ in side.pages(page):
            for width, scheme in itertools.product(_WIDTHS, _SCHEMES):
                page.set_viewport_size({"width": width, "height": 740})
                # Without motion: a colour on its way to the other scheme is none that anybody reads.
                page.emulate_media(
                    color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
                )
                found.update(place.partition(" ")[0] for place in axe(page))
        page.close()
    return found


def median(times: list[float]) -> float:
    """Of a side's times."""
    return statistics.median(times)
