"""A drill's chart: the answer before and the drills since, one row each, a dot with its error on a common axis.

Places are in per cent of the width, so that the picture needs no script and fits every page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics import units
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.metrics.change import Measured, Z

ROW = 28
"""Height of a row, in pixels."""
AXIS = 22
MARGIN = 0.08
"""Of the range, free on either side."""
STEPS = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A row: `kind` is before, now or other."""

    name: str
    found: Measured
    kind: str


@dataclass(frozen=True, slots=True)
class Dot:
    """`x` is the value, `left` and `right` the ends of its error bar, in per cent; all one where no error is known."""

    name: str
    kind: str
    x: float
    left: float
    right: float
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """`ticks` are (place in per cent, label); `aim` is the range that is aimed at, as place and width."""

    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, str], ...]
    aim: tuple[float, float] | None
    height: int

    @property
    def rows_end(self) -> int:
        return self.height - AXIS


def chart(cue: Cue, marks: Sequence[Mark], low: float | None, high: float | None) -> Chart:
    """The rows from the top down, with 95 % error bars; the aim from `low` to `high`, open where None."""
    unit = CATALOGUE[cue].unit
    bars = [_bar(cue, mark.found) for mark in marks]
    ends = [end for bar in bars for end in bar]
    ends += [end for end in (low, high) if end is not None]
    axis = _Axis.around(ends)
    dots = tuple(_dot(mark, bar, n, axis) for n, (mark, bar) in enumerate(zip(marks, bars, strict=True)))
    ticks = tuple(
        (axis.place(at), units.tick(unit, at)) for at in units.steps(axis.low, axis.high, unit, STEPS)
    )
    return Chart(dots, ticks, axis.span(low, high), ROW * len(marks) + AXIS)


def _dot(mark: Mark, bar: tuple[float, float], row: int, axis: _Axis) -> Dot:
    left, right = (axis.place(end) for end in bar)
    return Dot(mark.name, mark.kind, axis.place(mark.found.value), left, right, ROW * (row + 0.5))


def _bar(cue: Cue, found: Measured) -> tuple[float, float]:
    """No bar reaches where no value can be."""
    spec, half = CATALOGUE[cue], Z * (found.error or 0.0)
    low, high = found.value - half, found.value + half
    return low if spec.low is None else max(low, spec.low), high if spec.high is None else min(
        high, spec.high
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    low: float
    high: float

    @classmethod
    def around(cls, values: Sequence[float]) -> _Axis:
        low, high = min(values), max(values)
        room = MARGIN * (high - low) or MARGIN * abs(high) or 1.0
        return cls(low - room, high + room)

    def place(self, value: float) -> float:
        return round(100 * (value - self.low) / (self.high - self.low), 2)

    def span(self, low: float | None, high: float | None) -> tuple[float, float] | None:
        if low is None and high is None:
            return None
        left = 0.0 if low is None else self.place(low)
        right = 100.0 if high is None else self.place(high)
        return left, round(right - left, 2)
