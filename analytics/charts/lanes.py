"""Lanes: one cue over the time of an answer, as the few numbers that an SVG of a page needs.

Drawn by the page itself and not by a chart library: a lane is one path in a stretched box, its marks stand at per cent
of the width, colours come from the style sheet. So eighteen lanes are there at once, in every theme and width, also
without scripts and on paper. Inside the box x is time in tenths of a second and y runs from 0 (top) to `HEIGHT`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics import cue_names, units
from analytics.bands import is_own
from analytics.speech import percent
from analytics.summaries import Happening, Measured, Usual
from scoring.cues.analysis import Track
from scoring.cues.catalogue import CATALOGUE, Band, Cue
from scoring.performance.index import NO_PROFILE, Profile

STEP_S = 1.0
MOST_POINTS = 600
"""More points than a lane is wide say nothing: from here on the lowest and highest of neighbours are drawn."""
HEIGHT, MARGIN = 100, 8
Series = NDArray[np.float64]

FIRST: frozenset[Cue] = frozenset(
    {Cue.GZ_DR, Cue.SMILE_SHARE, Cue.HD_AC, Cue.HD_TH, Cue.CONT_MOV, Cue.EN_HA, Cue.LOUD, Cue.F0_ST}
)
"""Lanes that are shown at once; the others when all are asked for, or when something happened in them."""

_ELSEWHERE = frozenset(
    {Cue.VOICE, Cue.ENERGY, Cue.F0, Cue.F0_RANGE, Cue.JITTER, Cue.SHIMMER, Cue.HNR, Cue.BREAKS}
)
"""Without a lane: speech stands on the axis of time, the others say the same again or stand among the numbers."""

LANES: tuple[Cue, ...] = tuple(
    cue
    for cue, spec in CATALOGUE.items()
    if spec.kind == "continuous"
    and spec.group != "words"
    and spec.window_s is not None
    and cue not in _ELSEWHERE
)

LANE_OF: Mapping[Cue, Cue] = {
    Cue.NOD: Cue.HD_AC,
    Cue.SHAKE: Cue.HD_AC,
    Cue.SMILE: Cue.SMILE_SHARE,
    Cue.GAZE_AWAY: Cue.GZ_DR,
    Cue.HAND_FACE: Cue.HD_TH,
    Cue.ARMS_CROSSED: Cue.AM_CR,
    Cue.LEAN_IN: Cue.CONT_MOV,
    Cue.LEAN_OUT: Cue.CONT_MOV,
}
"""The lane in which an event is marked."""

SYMBOLS: Mapping[Cue, tuple[str, str]] = {
    Cue.NOD: ("M-5-4H5L0 5Z", "\N{BLACK DOWN-POINTING TRIANGLE}"),
    Cue.SHAKE: ("M-5-4.5V4.5L5-4.5V4.5Z", "\N{BLACK BOWTIE}"),
    Cue.SMILE: ("M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0", "\N{BLACK CIRCLE}"),
    Cue.GAZE_AWAY: ("M0-5.5L5 0L0 5.5L-5 0Z", "\N{BLACK DIAMOND}"),
    Cue.HAND_FACE: ("M-4-4H4V4H-4Z", "\N{BLACK SQUARE}"),
    Cue.ARMS_CROSSED: ("M-5-3.5L-3.5-5L0-1.5L3.5-5L5-3.5L1.5 0L5 3.5L3.5 5L0 1.5L-3.5 5L-5 3.5L-1.5 0Z", "✖"),
    Cue.LEAN_IN: ("M-5 4H5L0-5Z", "\N{BLACK UP-POINTING TRIANGLE}"),
    Cue.LEAN_OUT: ("M-4-5V5L5 0Z", "\N{BLACK RIGHT-POINTING TRIANGLE}"),
}
"""An event's shape around 0,0, and the same as a character for the list of moments."""


@dataclass(frozen=True, slots=True)
class Box:
    """A band across a lane, in the lane's own y. `kind` is usual, common or target."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Event:
    """A mark in a lane: its shape at `x` per cent, and a bar of `width` per cent for as long as it lasted (0: none)."""

    cue: Cue
    shape: str
    x: float
    width: float
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """A cue over time. `values` (n,) are means over a second each, NaN where absent."""

    cue: Cue
    values: Series
    usual: Usual | None
    events: tuple[Event, ...]
    absent: str
    """Why there is nothing to draw; empty where there is."""
    band: Band | None = None
    """What is common, or the person's own target."""

    @property
    def name(self) -> str:
        return cue_names.name(self.cue)

    @property
    def unit(self) -> str:
        return units.axis_unit(self.cue)

    @property
    def beside(self) -> str:
        """What stands behind the value at the playhead: a number from -1 to 1 needs nothing."""
        return "" if CATALOGUE[self.cue].unit == "-1..1" else self.unit

    @property
    def is_first(self) -> bool:
        return bool(self.events) or (self.cue in FIRST and self.has_line)

    @property
    def measured(self) -> Series:
        values: Series = self.values[np.isfinite(self.values)]
        return values

    @property
    def has_line(self) -> bool:
        """A lane may have events alone, where its track is gone."""
        return bool(len(self.measured))

    @property
    def width(self) -> int:
        return round(10 * STEP_S * len(self.values))

    @property
    def low(self) -> str:
        return units.tick(CATALOGUE[self.cue].unit, self._rounded[0])

    @property
    def high(self) -> str:
        return units.tick(CATALOGUE[self.cue].unit, self._rounded[1])

    @property
    def _rounded(self) -> tuple[float, float]:
        unit = CATALOGUE[self.cue].unit
        ends = [round(units.scaled(unit, end), units.decimals(unit, end)) for end in self.range]
        return ends[0] / units.scaled(unit, 1.0), ends[1] / units.scaled(unit, 1.0)

    @property
    def range(self) -> tuple[float, float]:
        """From lowest to highest of what is drawn: values and own usual; a share always from 0 to 1."""
        spec = CATALOGUE[self.cue]
        if spec.unit == "share" or not len(self.measured):
            return 0.0, 1.0
        values = self.measured.tolist()
        if self.usual:
            values += [self.usual.mean - self.usual.spread, self.usual.mean + self.usual.spread]
        low, high = (0.0 if spec.low == 0 else min(values)), max(values)
        return (low, high) if high - low > 1e-6 else (low - 0.5, high + 0.5)

    @property
    def path(self) -> str:
        """The line, with a gap where nothing was measured and a dot where only one second was."""
        seconds, values = thinned(self.values, MOST_POINTS)
        xs = np.rint(10 * STEP_S * (seconds + 0.5)).astype(int)
        return path(xs.tolist(), [self._y(value) for value in values.tolist()])

    @property
    def bands(self) -> tuple[Box, ...]:
        """The own usual as a soft band and, as a frame, what is common; both within the lane."""
        if not self.has_line:
            return ()
        own, band = self.usual, self.band
        edges = [("usual", own.mean - own.spread, own.mean + own.spread)] if own else []
        if band and band.low is not None and band.high is not None and (own or not band.relative):
            zero = own.mean if own and band.relative else 0.0
            edges.append(("target" if is_own(band) else "common", zero + band.low, zero + band.high))
        low, high = self.range
        inside = [(kind, max(low, bottom), min(high, top)) for kind, bottom, top in edges]
        return tuple(self._box(kind, bottom, top) for kind, bottom, top in inside if bottom < top)

    def _box(self, kind: str, bottom: float, top: float) -> Box:
        y = self._y(top) or 0.0
        return Box(kind, y, round((self._y(bottom) or 0.0) - y, 1))

    def _y(self, value: float) -> float | None:
        if not np.isfinite(value):
            return None
        low, high = self.range
        return round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (value - low) / (high - low), 1)

    @property
    def said(self) -> str:
        """What each second's value is in figures, for the label beside the playhead; nothing where it is absent."""
        unit = CATALOGUE[self.cue].unit
        return "|".join(units.figures(unit, v) if np.isfinite(v) else "" for v in self.values.tolist())


def lanes(
    track: Track | None,
    happened: Sequence[Happening],
    usual: Mapping[Cue, Usual],
    values: Mapping[Cue, Measured],
    *,
    duration_ms: int,
    profile: Profile = NO_PROFILE,
) -> list[Lane]:
    """Every lane that was measured or whose absence has a reason, in the order of groups and catalogue.

    What the profile switches off has none.
    """
    n = max(1, round(duration_ms / 1000 / STEP_S))
    columns: Mapping[Cue, NDArray[Any]] = track.columns if track else {}
    times_ms = track.times_ms if track else np.zeros(0)
    found = []
    for cue in cue_names.in_order(set(LANES) - profile.off):
        series = by_second(times_ms, columns[cue], n) if cue in columns else np.full(n, np.nan)
        events = tuple(_event(one, duration_ms) for one in happened if LANE_OF.get(one.cue) is cue)
        drawn = bool(np.isfinite(series).any())
        why = "" if drawn else _why(values.get(cue), is_known=cue in columns)
        if drawn or events or why:
            found.append(Lane(cue, series, usual.get(cue), events, why, _band(cue, profile)))
    return found


def _band(cue: Cue, profile: Profile) -> Band | None:
    return profile.targets.get(cue) or CATALOGUE[cue].band


def _why(value: Measured | None, *, is_known: bool) -> str:
    if value is None or value.absent in cue_names.NOT_YET:
        return ""
    if value.absent is None:
        return str(cue_names.UNKNOWN_REASON) if is_known else ""
    return cue_names.reason(value.absent)


def _event(one: Happening, duration_ms: int) -> Event:
    lasted = 0.0 if one.end_ms is None else percent(one.end_ms - one.start_ms, duration_ms)
    text = f"{units.clock(one.start_ms)} {cue_names.name(one.cue)}"
    return Event(one.cue, SYMBOLS[one.cue][0], percent(one.start_ms, duration_ms), lasted, text)


def by_second(times_ms: Series, values: NDArray[Any], n: int) -> Series:
    """Means of `values` over the `n` seconds from 0, NaN for a second without any."""
    known = np.isfinite(values) & (times_ms >= 0) & (times_ms < n * 1000 * STEP_S)
    at = (times_ms[known] / (1000 * STEP_S)).astype(int)
    totals = np.bincount(at, weights=values[known].astype(float), minlength=n)
    amounts = np.bincount(at, minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Series = totals / amounts
    return means


def thinned(values: Series, most: int) -> tuple[Series, Series]:
    """At most about `most` points (places, values) that keep every peak: lowest and highest of each run of neighbours.

    A run without any value stays as one NaN, so that the gap shows.
    """
    places = np.arange(len(values), dtype=float)
    if len(values) <= most:
        return places, values
    kept: list[int] = []
    for run in np.array_split(np.arange(len(values)), most // 2):
        known = run[np.isfinite(values[run])]
        ends = (
            {int(known[values[known].argmin()]), int(known[values[known].argmax()])} if len(known) else set()
        )
        kept += sorted(ends or {int(run[0])})
    at = np.array(kept)
    return places[at], values[at]


def path(xs: Sequence[int], ys: Sequence[float | None]) -> str:
    """SVG's path data of a line with gaps where y is None; a point alone becomes a dot (round caps draw it)."""
    parts: list[str] = []
    for i, (x, y) in enumerate(zip(xs, ys, strict=True)):
        if y is None:
            continue
        begins = i == 0 or ys[i - 1] is None
        parts.append(f"{'M' if begins else 'L'}{x} {y:g}")
        if begins and (i + 1 == len(ys) or ys[i + 1] is None):
            parts.append("h0")
    return "".join(parts)
