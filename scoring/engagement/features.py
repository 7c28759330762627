"""The table that the network reads, and how a track becomes one. No torch: whoever only stores or moves features
needs no more.

A row is one second of stream time. A window counts for the second that it lies in; those that end half, three quarters
of a second and a second after its beginning are averaged. A cue whose window is longer by the catalogue (`window_s`:
5 s of head and gestures, 10 s of the turn) has the value of the window that ends with the second.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scoring.cues.catalogue import CATALOGUE, Cue

if TYPE_CHECKING:
    from scoring.cues.analysis import Track

Array = NDArray[np.float64]

CODES: tuple[Cue, ...] = tuple(Cue)[:18]
FEATURES: tuple[str, ...] = tuple(code.value for code in CODES)
"""The 18 features in the paper's order (GANterfactual, figure 4)."""

SECOND_MS, WINDOW_MS = 1000.0, 500.0


@dataclass(frozen=True, slots=True, eq=False)
class Seconds:
    """`features` (n, 18) of the seconds `first`, `first` + 1, .. of stream time; NaN where a cue is absent."""

    first: int
    features: Array

    @property
    def t_s(self) -> Array:
        """When each second begins (n,), in seconds of stream time."""
        return self.first + np.arange(len(self.features), dtype=float)

    @property
    def columns(self) -> dict[Cue, Array]:
        return {code: self.features[:, place] for place, code in enumerate(CODES)}


def seconds_of(track: Track, *, question_ended_ms: float | None, off: Collection[Cue] = ()) -> Seconds:
    """The whole seconds of an answer after its question ended (from the beginning, where that is not known).

    Cues in `off`, which the learner left out, are absent throughout.
    """
    asked_ms = question_ended_ms or 0.0
    first = int(np.ceil(asked_ms / SECOND_MS))
    end = _whole_seconds(track.times_ms)
    features = np.full((max(0, end - first), len(CODES)), np.nan)
    for place, code in enumerate(CODES):
        column = track.columns.get(code)
        if column is not None and code not in off:
            features[:, place] = _by_second(code, track.times_ms, column.astype(float), asked_ms)[first:end]
    return Seconds(first, features)


def _by_second(code: Cue, ends_ms: Array, values: Array, asked_ms: float) -> Array:
    """One value (m,) for each second from 0 to the end of the last window."""
    window_s = CATALOGUE[code].window_s or 1.0
    if window_s <= 1.0:
        return _means(ends_ms, values)
    if code is Cue.TN_HD:
        values = _since_asked(ends_ms, values, 1000 * window_s, asked_ms)
    return _last(ends_ms, values)


def _means(ends_ms: Array, values: Array) -> Array:
    """Means over the windows that lie within each second; what is absent in one of them is made up by the others."""
    second = (np.ceil(ends_ms / SECOND_MS) - 1).astype(int)
    inside = np.isfinite(values) & (second >= 0) & (ends_ms - WINDOW_MS >= second * SECOND_MS)
    n = _whole_seconds(ends_ms)
    at = second[inside & (second < n)]
    totals = np.bincount(at, weights=values[inside & (second < n)], minlength=n)
    with np.errstate(invalid="ignore"):
        means: Array = totals / np.bincount(at, minlength=n)
    return means


def _last(ends_ms: Array, values: Array) -> Array:
    """The value of the last window that ends within each second, NaN where there is none."""
    n = _whole_seconds(ends_ms)
    places = np.searchsorted(ends_ms, SECOND_MS * (1 + np.arange(n)), side="right") - 1
    known = ends_ms[places] > SECOND_MS * np.arange(n)
    return np.where(known, values[places], np.nan)


def _since_asked(ends_ms: Array, values: Array, window_ms: float, asked_ms: float) -> Array:
    """Share of the window after the question's end: before, the turn was the recruiter's, and counts as not held."""
    length = np.minimum(window_ms, ends_ms)
    after = np.clip(ends_ms - asked_ms, 0.0, length)
    with np.errstate(invalid="ignore", divide="ignore"):
        share: Array = np.where(after > 0, values * length / after, np.nan)
    return np.minimum(share, 1.0)


def _whole_seconds(ends_ms: Array) -> int:
    return int(ends_ms[-1] // SECOND_MS) if len(ends_ms) else 0
