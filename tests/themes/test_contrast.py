"""Contrast of every pair of colours that the pages put together, light and dark (WCAG 2.2: 1.4.3, 1.4.11)."""

from __future__ import annotations

import re

import pytest

from tests.themes.theme_files import EMAIL, colours

#: (ink, ground) of text: at least 4.5 to 1.
TEXT = [
    ("ink", "surface"),
    ("ink", "ground"),
    ("ink", "brand-soft"),
    ("ink-soft", "surface"),
    ("ink-soft", "ground"),
    ("brand", "surface"),
    ("brand", "ground"),
    ("brand", "brand-soft"),
    ("brand-strong", "surface"),
    ("brand-strong", "ground"),
    ("brand-strong", "brand-soft"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-panel", "panel"),
    ("error", "surface"),
    ("error", "ground"),
    ("error", "error-soft"),
    ("ok", "surface"),
    ("ok", "ok-soft"),
]
#: (line, ground) of borders and of focus: at least 3 to 1.
EDGES = [("line", "surface"), ("line", "ground"), ("error", "surface"), ("brand", "surface")]
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


@SCHEMES
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(ink: str, ground: str, scheme: str) -> None:
    palette = colours()[scheme]
    assert contrast(palette[ink], palette[ground]) >= 4.5


@SCHEMES
@pytest.mark.parametrize(("line", "ground"), EDGES)
def test_edges_can_be_seen(line: str, ground: str, scheme: str) -> None:
    palette = colours()[scheme]
    assert contrast(palette[line], palette[ground]) >= 3


@SCHEMES
@pytest.mark.parametrize("ground", ["surface", "ground", "panel", "error-soft", "brand-soft"])
def test_one_colour_of_the_focus_ring_stands_out_on_any_ground(ground: str, scheme: str) -> None:
    palette = colours()[scheme]
    assert max(contrast(palette[ring], palette[ground]) for ring in ("accent", "focus")) >= 3


@pytest.mark.parametrize("scheme", ["mail", "mailDark"])
def test_mails_can_be_read(scheme: str) -> None:
    properties = (EMAIL / "theme.properties").read_text(encoding="utf-8")
    mail = dict(re.findall(r"^(mail\w+)=(#[0-9a-f]{6})$", properties, re.MULTILINE))
    for ink, ground in [
        ("Ink", "Surface"),
        ("Ink", "Soft"),
        ("InkSoft", "Ground"),
        ("Brand", "Surface"),
        ("OnBrand", "Brand"),
    ]:
        assert contrast(mail[scheme + ink], mail[scheme + ground]) >= 4.5, (ink, ground)


def test_the_formula_gives_the_standards_own_extremes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours "#rrggbb", 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """WCAG's relative luminance, 0 to 1."""
    red, green, blue = (linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(channel: float) -> float:
    """An sRGB channel, 0 to 1, made linear."""
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
