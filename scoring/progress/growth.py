"""A line through many sessions, with the band in which it may lie. Never drawn from fewer than six."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.progress.student import quantile

Array = NDArray[np.float64]

FEWEST = 6
"""Sessions. With fewer the band is wider than anything a reader could use, and a line reads like a promise."""

SURE = 0.95


@dataclass(frozen=True, slots=True)
class Line:
    """Least squares (Draper & Smith 1998, chapter 1). `slope` is per unit of time, `low` and `high` its interval."""

    slope: float
    low: float
    high: float
    sessions: int
    _middle: tuple[float, float]
    _spread: float
    _within: float
    _t: float

    @property
    def rises(self) -> bool | None:
        """Whether it rises; None where the interval holds both directions."""
        return None if self.low <= 0 <= self.high else self.slope > 0

    def at(self, times: Array) -> tuple[Array, Array, Array]:
        """The line and its 95 % band, below and above, at times (n,): where the mean lies, not the next session."""
        time, value = self._middle
        off = times - time
        line = value + self.slope * off
        half = self._t * self._spread * np.sqrt(1 / self.sessions + off**2 / self._within)
        return line, line - half, line + half


def line(times: Array, values: Array) -> Line | None:
    """Through values (n,) at times (n,), NaN where absent; None with fewer than six, or all at one time."""
    there = np.isfinite(times) & np.isfinite(values)
    x, y = times[there], values[there]
    n = len(x)
    if n < FEWEST:
        return None
    time, value = float(x.mean()), float(y.mean())
    within = float(((x - time) ** 2).sum())
    if within <= 0:
        return None
    slope = float(((x - time) * (y - value)).sum()) / within
    left = y - value - slope * (x - time)
    spread = math.sqrt(float((left**2).sum()) / (n - 2))
    t = quantile((1 + SURE) / 2, n - 2)
    half = t * spread / math.sqrt(within)
    return Line(slope, slope - half, slope + half, n, (time, value), spread, within, t)
