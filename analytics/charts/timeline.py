"""One answer over time: a lane per cue, grouped by face, body and voice, and marks where something happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from analytics import cue_names, units
from analytics.charts.base import (
    GROUP_COLOUR,
    GROUP_DASH,
    INK,
    MUTED,
    Chart,
    Table,
    axis,
    band_shape,
    label,
    layout,
    plain,
)
from analytics.summaries import Happening, Usual
from scoring.cues.catalogue import CATALOGUE, Cue

LANES: tuple[Cue, ...] = (
    Cue.GZ_DR,
    Cue.SMILE_SHARE,
    Cue.HD_AC,
    Cue.HD_TH,
    Cue.CONT_MOV,
    Cue.LOUD,
    Cue.F0_ST,
    Cue.VOICE,
)
# The lane in which an event is marked.
LANE_OF: Mapping[Cue, Cue] = {
    Cue.NOD: Cue.HD_AC,
    Cue.SHAKE: Cue.HD_AC,
    Cue.SMILE: Cue.SMILE_SHARE,
    Cue.GAZE_AWAY: Cue.GZ_DR,
    Cue.HAND_FACE: Cue.HD_TH,
    Cue.ARMS_CROSSED: Cue.CONT_MOV,
    Cue.LEAN_IN: Cue.CONT_MOV,
    Cue.LEAN_OUT: Cue.CONT_MOV,
}
SYMBOLS: Mapping[Cue, tuple[str, str]] = {
    Cue.NOD: ("triangle-down", "\N{BLACK DOWN-POINTING TRIANGLE}"),
    Cue.SHAKE: ("hourglass", "\N{BLACK BOWTIE}"),
    Cue.SMILE: ("circle", "\N{BLACK CIRCLE}"),
    Cue.GAZE_AWAY: ("diamond", "\N{BLACK DIAMOND}"),
    Cue.HAND_FACE: ("square", "\N{BLACK SQUARE}"),
    Cue.ARMS_CROSSED: ("x", "\N{MULTIPLICATION X}"),
    Cue.LEAN_IN: ("triangle-up", "\N{BLACK UP-POINTING TRIANGLE}"),
    Cue.LEAN_OUT: ("triangle-right", "\N{BLACK RIGHT-POINTING TRIANGLE}"),
}
"""Plotly's symbol of an event and the same shape as a character, for the list beside the chart."""

STEP_S = 1.0
LANE_PX, TITLE_PX, GAP_PX = 46, 26, 8
TOP_PX, BOTTOM_PX = 2, 26
Series = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """A cue over time: `values` (n,) float64 on the chart's common times, NaN where absent."""

    cue: Cue
    values: Series
    marks: tuple[Happening, ...]
    usual: Usual | None

    @property
    def measured(self) -> Series:
        values: Series = self.values[np.isfinite(self.values)]
        return values


def timeline(
    times_ms: Series,
    columns: Mapping[Cue, NDArray[Any]],
    happened: Sequence[Happening],
    usual: Mapping[Cue, Usual],
    *,
    duration_ms: int,
    key: str,
) -> Chart | None:
    """The chart of one answer; None when neither a lane nor a mark has anything to show."""
    seconds = np.arange(0.5, max(1.0, duration_ms / 1000), STEP_S)
    lanes = [
        Lane(cue, values, marks, usual.get(cue))
        for cue in LANES
        for values, marks in [(_values(cue, times_ms, columns, len(seconds)), _marks_of(cue, happened))]
        if marks or np.isfinite(values).any()
    ]
    if not lanes:
        return None
    figure = go.Figure(layout=_layout(lanes, duration_ms))
    for number, lane in enumerate(lanes, start=1):
        figure.add_trace(_line(lane, seconds, number))
        figure.add_traces(_marks(lane, number))
    shapes = [shape for number, lane in enumerate(lanes, 1) for shape in _bands(lane, number)]
    figure.update_layout(shapes=shapes)
    names = _(", ").join(cue_names.name(lane.cue) for lane in lanes)
    return Chart(
        key=key,
        headline=_("The answer over time"),
        summary=_("%(names)s, over %(length)s. Each line is a mean over one second.")
        % {"names": names, "length": units.clock(duration_ms)},
        figure=plain(figure),
        table=_table(lanes, seconds),
        picture="answer",
    )


def _marks_of(lane: Cue, happened: Sequence[Happening]) -> tuple[Happening, ...]:
    return tuple(one for one in happened if LANE_OF.get(one.cue) is lane)


def _values(cue: Cue, times_ms: Series, columns: Mapping[Cue, NDArray[Any]], n: int) -> Series:
    return by_second(times_ms, columns[cue], n) if cue in columns else np.full(n, np.nan)


def by_second(times_ms: Series, values: NDArray[Any], n: int) -> Series:
    """Means of `values` over the `n` seconds from 0, NaN for a second without any."""
    known = np.isfinite(values) & (times_ms >= 0) & (times_ms < n * 1000 * STEP_S)
    at = (times_ms[known] / (1000 * STEP_S)).astype(int)
    totals = np.bincount(at, weights=values[known].astype(float), minlength=n)
    amounts = np.bincount(at, minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Series = totals / amounts
    return means


def _y(number: int) -> str:
    return "y" if number == 1 else f"y{number}"


def _layout(lanes: Sequence[Lane], duration_ms: int) -> dict[str, Any]:
    step = LANE_PX + TITLE_PX + GAP_PX
    inner = step * len(lanes) - GAP_PX
    made = layout(inner + TOP_PX + BOTTOM_PX, margin={"l": 40, "r": 10, "t": TOP_PX, "b": BOTTOM_PX})
    titles = []
    for index, lane in enumerate(lanes):
        top = 1 - (index * step + TITLE_PX) / inner
        name = "yaxis" if index == 0 else f"yaxis{index + 1}"
        made[name] = _y_axis(lane, [max(0.0, top - LANE_PX / inner), top])
        titles.append(_title(lane, top))
    made["annotations"] = titles
    made["xaxis"] = axis(
        range=[0, duration_ms / 1000],
        anchor=_y(len(lanes)),
        showline=True,
        tickvals=ticks(duration_ms),
        ticktext=[units.clock(second * 1000) for second in ticks(duration_ms)],
    )
    made["meta"] = {"kind": "timeline", "duration_ms": duration_ms}
    return made


def _title(lane: Lane, top: float) -> dict[str, Any]:
    text = f"{cue_names.name(lane.cue)} ({units.axis_unit(lane.cue)})"
    at = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": top, "yanchor": "bottom"}
    return label(text, **at, yshift=6, font={"color": INK, "size": 12})


def ticks(duration_ms: int) -> list[int]:
    """Whole seconds for at most seven ticks."""
    seconds = duration_ms / 1000
    step = next((step for step in (5, 10, 15, 30, 60, 120, 300) if seconds / step <= 6), 600)
    return list(range(0, int(seconds) + 1, step))


def _y_axis(lane: Lane, domain: list[float]) -> dict[str, Any]:
    low, high = _range(lane)
    unit = CATALOGUE[lane.cue].unit
    marks = units.steps(low, high, unit, most=2)
    return axis(
        domain=domain,
        anchor="x",
        range=[low - 0.08 * (high - low), high + 0.08 * (high - low)],
        tickvals=marks,
        ticktext=[units.tick(unit, mark) for mark in marks],
        showline=False,
    )


def _range(lane: Lane) -> tuple[float, float]:
    """From lowest to highest of what is drawn: the values and the own usual; a share always from 0 to 1."""
    spec = CATALOGUE[lane.cue]
    if spec.unit == "share" or not len(lane.measured):
        return 0.0, 1.0
    values = lane.measured.tolist()
    if lane.usual:
        values += [lane.usual.mean - lane.usual.spread, lane.usual.mean + lane.usual.spread]
    low, high = (0.0 if spec.low == 0 else min(values)), max(values)
    return (low, high) if high - low > 1e-6 else (low - 0.5, high + 0.5)


def _line(lane: Lane, seconds: Series, number: int) -> dict[str, Any]:
    group = CATALOGUE[lane.cue].group
    values = [float(value) if np.isfinite(value) else None for value in lane.values]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": cue_names.name(lane.cue),
        "x": seconds.tolist(),
        "y": values,
        "customdata": [_said(lane.cue, second, value) for second, value in zip(seconds, values, strict=True)],
        "hovertemplate": "%{customdata}<extra></extra>",
        "yaxis": _y(number),
        "line": {"color": GROUP_COLOUR[group], "dash": GROUP_DASH[group], "width": 1.6},
    }


def _said(cue: Cue, second: float, value: float | None) -> str:
    return "" if value is None else f"{units.clock(second * 1000)}  {units.quantity(cue, value)}"


def _marks(lane: Lane, number: int) -> list[dict[str, Any]]:
    """One trace per kind of event: a shape at its beginning, a bar for as long as it lasted."""
    high = _range(lane)[1]
    return [
        trace
        for cue in dict.fromkeys(one.cue for one in lane.marks)
        for trace in _mark_traces(cue, [one for one in lane.marks if one.cue is cue], high, _y(number))
    ]


def _mark_traces(cue: Cue, marks: list[Happening], y: float, yaxis: str) -> list[dict[str, Any]]:
    lasting = [one for one in marks if one.end_ms is not None]
    xs = [x for one in lasting for x in (one.start_ms / 1000, (one.end_ms or 0) / 1000, None)]
    bars = {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "y": [None if x is None else y for x in xs],
        "yaxis": yaxis,
        "hoverinfo": "skip",
        "line": {"color": MUTED, "width": 3},
    }
    points = {
        "type": "scatter",
        "mode": "markers",
        "name": cue_names.name(cue),
        "x": [one.start_ms / 1000 for one in marks],
        "y": [y] * len(marks),
        "customdata": [f"{units.clock(one.start_ms)}  {cue_names.name(cue)}" for one in marks],
        "hovertemplate": "%{customdata}<extra></extra>",
        "yaxis": yaxis,
        "cliponaxis": False,
        "marker": {"symbol": SYMBOLS[cue][0], "size": 9, "color": INK},
    }
    return [bars, points] if lasting else [points]


def _bands(lane: Lane, number: int) -> list[dict[str, Any]]:
    """The own usual as a soft band and, as a frame, what is common; both within the lane."""
    own, band = lane.usual, CATALOGUE[lane.cue].band
    low, high = _range(lane)
    edges = [(own.mean - own.spread, own.mean + own.spread, True)] if own else []
    if band and band.low is not None and band.high is not None and (own or not band.relative):
        zero = own.mean if own and band.relative else 0.0
        edges.append((zero + band.low, zero + band.high, False))
    return [
        band_shape(None, max(low, bottom), min(high, top), soft=soft, yref=_y(number))
        for bottom, top, soft in edges
        if max(low, bottom) < min(high, top)
    ]


def _table(lanes: Sequence[Lane], seconds: Series) -> Table:
    """Every tenth second and what was measured there; a dash where nothing was."""
    drawn = [lane for lane in lanes if len(lane.measured)]
    at = range(0, len(seconds), max(1, round(len(seconds) / 12)))
    rows = tuple(
        (units.clock(seconds[i] * 1000), *(_cell(lane.cue, lane.values[i]) for lane in drawn)) for i in at
    )
    columns = (_("Time"), *(cue_names.name(lane.cue) for lane in drawn))
    return Table(_("Cues over time, a dozen moments of the answer"), columns, rows)


def _cell(cue: Cue, value: float) -> str:
    return units.quantity(cue, float(value)) if np.isfinite(value) else "\N{EN DASH}"
