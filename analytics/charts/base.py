"""What every chart shares: its parts, its colours by name, and the plain layout they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

INK = "var(--ink)"
MUTED = "var(--ink-muted)"
LINE = "var(--line)"
FRAME = "var(--line-strong)"
USUAL = "var(--band)"
PAPER = "var(--surface)"
SERIES = tuple(f"var(--series-{number})" for number in range(1, 7))
GROUP_COLOUR = dict(zip(("face", "body", "voice", "words"), SERIES, strict=False))
GROUP_DASH = {"face": "solid", "body": "6px,3px", "voice": "2px,3px", "words": "8px,3px,2px,3px"}
GROUP_SYMBOL = {"face": "circle", "body": "square", "voice": "diamond", "words": "triangle-up"}
SERIES_DASH = ("solid", "6px,3px", "2px,3px", "8px,3px,2px,3px", "12px,4px", "4px,4px")
SERIES_SYMBOL = ("circle", "square", "diamond", "triangle-up", "triangle-down", "x")


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a chart: cells as a person reads them, row by row. The first column names the row."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: frozenset[int] = frozenset({0})
    """The columns that hold words; the others hold numbers and are set to the right."""

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Each heading and whether it stands over numbers."""
        return [(column, at not in self.words) for at, column in enumerate(self.columns)]

    @property
    def cells(self) -> list[list[tuple[str, bool]]]:
        """Each row's cells and whether they are numbers."""
        return [[(cell, at not in self.words) for at, cell in enumerate(row)] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure with its words. `key` is unique on the page and safe as an id."""

    key: str
    headline: str
    summary: str
    figure: dict[str, Any]
    table: Table
    picture: str = "chart"
    """File name, without extension, when it is saved as a picture."""


def axis(**more: Any) -> dict[str, Any]:
    """An axis without ornament; zooming is off, because a page is scrolled by the same gestures."""
    return {
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "linecolor": LINE,
        "tickcolor": LINE,
        "tickfont": {"color": MUTED, "size": 12},
        "automargin": False,
        **more,
    }


def layout(height: int, **more: Any) -> dict[str, Any]:
    return {
        "height": height,
        "margin": {"l": 44, "r": 12, "t": 8, "b": 30},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "font": {"color": INK, "size": 13},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": LINE, "font": {"color": INK, "size": 13}},
        **more,
    }


def label(text: str, **more: Any) -> dict[str, Any]:
    """A direct label in the chart, instead of a legend."""
    return {"text": text, "showarrow": False, "font": {"color": MUTED, "size": 12}, **more}


def plain(figure: go.Figure) -> dict[str, Any]:
    """The figure as JSON can carry it, without plotly's default template: it holds colours of its own."""
    figure.update_layout(template=None)
    return dict(figure.to_plotly_json())


def band_shape(x: Sequence[Any] | None, low: float, high: float, *, soft: bool, yref: str) -> dict[str, Any]:
    """The own usual as a soft area, or the common range as a hairline frame. `x` None: the whole width."""
    x0, x1 = (0, 1) if x is None else (x[0], x[-1])
    look: dict[str, Any] = (
        {"fillcolor": USUAL, "line": {"width": 0}}
        if soft
        else {"fillcolor": "rgba(0,0,0,0)", "line": {"width": 1, "color": FRAME}}
    )
    xref = "x domain" if x is None else "x"
    return {
        "type": "rect",
        "layer": "below",
        "xref": xref,
        "yref": yref,
        "x0": x0,
        "x1": x1,
        "y0": low,
        "y1": high,
        **look,
    }
