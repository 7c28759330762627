"""A cue of one answer with its error: from the windows of the answer's track and from how the person varies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.cues.analysis import HOP_S, WINDOW_S, Track
from scoring.cues.bands import spread_of
from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.metrics.change import Measured, error_of

Array = NDArray[np.float64]

WHILE_SPEAKING = frozenset({Cue.GZ_DR})
"""Of these the answer's value is over the time spoken (`scoring.cues.visual_window`), and so are the windows."""


def measured(
    values: Mapping[str, Any],
    track: Track | None,
    cues: Iterable[Cue],
    *,
    since_ms: float,
    baseline: Baseline | None,
) -> dict[str, dict[str, Any]]:
    """{code: {"v", "error"} or {"absent": reason}} of an answer whose stored values are `values`.

    Only windows that begin at `since_ms` (the question's end) or later count. `baseline` is what was usual before.
    """
    return {cue.value: _one(cue, values.get(cue.value, {}), track, since_ms, baseline) for cue in cues}


def as_measured(stored: Mapping[str, Any]) -> Measured | None:
    """A stored measurement; None where the cue was absent."""
    value, error = stored.get("v"), stored.get("error")
    if not isinstance(value, int | float):
        return None
    return Measured(float(value), float(error) if isinstance(error, int | float) else None)


def _one(
    cue: Cue, stored: Mapping[str, Any], track: Track | None, since_ms: float, baseline: Baseline | None
) -> dict[str, Any]:
    if "v" not in stored:
        return {"absent": str(stored.get("absent", ""))}
    usual = baseline.usual(cue) if baseline else None
    spread = spread_of(cue, usual) if usual else None
    windows = windows_of(track, cue, since_ms) if track else np.empty(0)
    error = error_of(windows, overlap=_length_s(cue) / HOP_S, spread=spread)
    return {"v": stored["v"]} | ({} if error is None else {"error": float(f"{error:.4g}")})


def windows_of(track: Track, cue: Cue, since_ms: float) -> Array:
    """The cue's windows (n,) from `since_ms` on, NaN where absent; none of a cue without a column."""
    column = track.columns.get(cue)
    if column is None:
        return np.empty(0)
    begins_ms = track.times_ms - 1000 * _length_s(cue)
    windows = np.where(begins_ms >= since_ms, column, np.nan).astype(np.float64)
    voice = track.columns.get(Cue.VOICE) if cue in WHILE_SPEAKING else None
    return windows if voice is None else np.where(voice > 0, windows, np.nan)


def _length_s(cue: Cue) -> float:
    """How long a window of the track is (`scoring.cues.analysis.Track`)."""
    window_s = CATALOGUE[cue].window_s or WINDOW_S
    return window_s if window_s > 1 else WINDOW_S
