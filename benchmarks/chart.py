"""Measured ratios as a chart: one bar a figure, a line where its goal is."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

_LEFT, _WIDTH, _ROW = 330, 420, 30


@dataclass(frozen=True)
class Bar:
    """One ratio and its goal, which is the least it should be, or the most."""

    label: str
    value: float
    goal: float
    at_most: bool = False

    @property
    def reached(self) -> bool:
        """Whether it is on the right side of its goal."""
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    @property
    def told(self) -> str:
        """The figure as a line."""
        return f"{self.label:<58}{self.value:>6.2f}   {self.aim}"

    @property
    def aim(self) -> str:
        """Its goal in words."""
        return f"goal: at {'most' if self.at_most else 'least'} {self.goal:.2f}"


def add_option(parser: argparse.ArgumentParser) -> None:
    """`--chart FILE.svg`, for `tell`."""
    parser.add_argument("--chart", type=Path, help="draw the ratios into this SVG file")


def tell(bars: Sequence[Bar], title: str, path: Path | None) -> Iterator[str]:
    """The figures as lines; drawn too where a file is asked for. Raises OSError."""
    yield from (bar.told for bar in bars)
    if path:
        draw(path, title, bars)


def draw(path: Path, title: str, bars: Sequence[Bar]) -> None:
    """Write the chart as SVG. Raises OSError."""
    scale = _WIDTH / max(1.0, *(max(bar.value, bar.goal) for bar in bars))
    height = 50 + _ROW * len(bars)
    rows = [line for place, bar in enumerate(bars) for line in _row(bar, 44 + _ROW * place, scale)]
    frame = f'viewBox="0 0 {_LEFT + _WIDTH + 210} {height}" font-family="sans-serif" font-size="14"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {frame} role="img"><title>{escape(title)}</title>'
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    heading = f'<text x="10" y="24" font-size="16" font-weight="bold">{escape(title)}</text>'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([head, ground, heading, *rows, "</svg>", ""]), encoding="utf-8")


def _row(bar: Bar, top: int, scale: float) -> list[str]:
    length, goal = bar.value * scale, _LEFT + bar.goal * scale
    colour = "#0b5d4e" if bar.reached else "#b3541e"
    told = f"{bar.value:.2f} ({bar.aim})"
    return [
        f'<text x="{_LEFT - 10}" y="{top + 15}" text-anchor="end">{escape(bar.label)}</text>',
        f'<rect x="{_LEFT}" y="{top}" width="{length:.0f}" height="20" fill="{colour}"/>',
        f'<path d="M{goal:.0f} {top - 3}v26" stroke="#111" stroke-width="2"/>',
        f'<text x="{max(_LEFT + length, goal) + 8:.0f}" y="{top + 15}">{told}</text>',
    ]
