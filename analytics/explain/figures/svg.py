"""A few strokes of SVG. Colours come from classes in static/analytics/cues.css, so that both themes fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Point = tuple[float, float]
WIDTH = 360.0
"""Units of every drawing: about the pixels of a phone, so that its words are as large there as the page's."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing, and the values that its example names: as they are shown, with their units."""

    svg: SafeString
    values: dict[str, str] = field(default_factory=dict)


def picture(height: float, parts: Iterable[SafeString], values: dict[str, str] | None = None) -> Figure:
    """The parts in one picture. It is described by the words beside it, which have the id `example`."""
    inside = format_html_join("", "{}", ((part,) for part in parts))
    svg = format_html(
        '<svg class="cue-drawing" viewBox="0 0 {} {}" role="img" aria-labelledby="example">{}</svg>',
        *(_n(WIDTH), _n(height), inside),
    )
    return Figure(svg, values or {})


def _n(number: float) -> str:
    """A coordinate, short and never in the reader's notation."""
    return f"{number:.1f}".rstrip("0").rstrip(".")


def _pairs(points: Iterable[Point]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def line(start: Point, end: Point, look: str = "") -> SafeString:
    return polyline((start, end), look)


def polyline(points: Iterable[Point], look: str = "") -> SafeString:
    return format_html('<polyline class="stroke {}" points="{}"/>', look, _pairs(points))


def polygon(points: Iterable[Point], look: str = "fill") -> SafeString:
    return format_html('<polygon class="{}" points="{}"/>', look, _pairs(points))


def circle(centre: Point, radius: float, look: str = "stroke") -> SafeString:
    return format_html(
        '<circle class="{}" cx="{}" cy="{}" r="{}"/>', look, _n(centre[0]), _n(centre[1]), _n(radius)
    )


def rect(corner: Point, size: Point, look: str = "fill", radius: float = 3.0) -> SafeString:
    numbers = (*corner, *size, radius)
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>', look, *map(_n, numbers)
    )


def text(at: Point, words: Any, anchor: str = "middle", look: str = "") -> SafeString:
    return format_html(
        '<text class="words {}" x="{}" y="{}" text-anchor="{}">{}</text>',
        *(look, _n(at[0]), _n(at[1]), anchor, words),
    )


def curve(points: Sequence[Point], look: str = "", *, closed: bool = False) -> SafeString:
    """A smooth line through the points (Catmull and Rom 1974, as cubic Bezier pieces)."""
    n = len(points)
    pieces = [f"M{_pairs(points[:1])}"]
    for i in range(n if closed else n - 1):
        around = [points[j % n] if closed else points[min(max(j, 0), n - 1)] for j in range(i - 1, i + 3)]
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = around
        ahead, back = (bx + (cx - ax) / 6, by + (cy - ay) / 6), (cx - (dx - bx) / 6, cy - (dy - by) / 6)
        pieces.append(f"C{_pairs((ahead, back, (cx, cy)))}")
    return format_html('<path class="stroke {}" d="{}"/>', look, " ".join(pieces) + ("Z" if closed else ""))
