"""When somebody spoke in an answer, and the pauses between: for the axis of time, the transcript and the moments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.cues.analysis import WINDOW_S, Track
from scoring.cues.catalogue import Cue

PAUSE_MS, LONG_PAUSE_MS = 250, 2500
"""From when on silence between two stretches of speech is a pause, and a long one (cues.md)."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `start_ms` to before `end_ms` of stream time."""

    start_ms: int
    end_ms: int

    @property
    def seconds(self) -> float:
        return (self.end_ms - self.start_ms) / 1000

    @property
    def is_long(self) -> bool:
        return self.end_ms - self.start_ms >= LONG_PAUSE_MS


def spoken(quality: Mapping[str, Any], track: Track | None) -> list[Span]:
    """The stretches of speech: as the analysis kept them, else as the track's windows show them."""
    kept = quality.get("speech")
    if isinstance(kept, list):
        return [Span(int(start), int(end)) for start, end in kept]
    voice = track.columns.get(Cue.VOICE) if track else None
    return [] if track is None or voice is None else from_windows(track.times_ms, voice)


def from_windows(times_ms: NDArray[np.float64], voice: NDArray[Any]) -> list[Span]:
    """Stretches from the share of speech in windows that end at `times_ms` (m,).

    An edge of speech lies where a window's middle passes it, which is where its share crosses a half. What is shorter
    than a window does not show.
    """
    known = np.isfinite(voice)
    if not known.any():
        return []
    middles = times_ms[known] - 500 * WINDOW_S
    shares = voice[known].astype(float)
    at = np.flatnonzero(np.diff(shares >= 0.5))
    low, high = shares[at], shares[at + 1]
    edges = middles[at] + (0.5 - low) / (high - low) * (middles[at + 1] - middles[at])
    ends = [middles[-1] + 500 * WINDOW_S] if shares[-1] >= 0.5 else []
    begins = [max(0.0, middles[0] - 500 * WINDOW_S)] if shares[0] >= 0.5 else []
    turns = [round(turn) for turn in (*begins, *edges.tolist(), *ends)]
    return [Span(start, end) for start, end in zip(turns[::2], turns[1::2], strict=True)]


def pauses(speech: Sequence[Span]) -> list[Span]:
    """The silences of `PAUSE_MS` or more between stretches of speech."""
    gaps = (Span(before.end_ms, after.start_ms) for before, after in pairwise(speech))
    return [gap for gap in gaps if gap.end_ms - gap.start_ms >= PAUSE_MS]


def long_pauses(speech: Sequence[Span]) -> list[Span]:
    return [gap for gap in pauses(speech) if gap.is_long]


def shares(spans: Iterable[Span], duration_ms: int) -> list[tuple[Span, float, float]]:
    """Each span with where it begins and how long it is, in per cent of the answer."""
    return [
        (span, percent(span.start_ms, duration_ms), percent(span.end_ms - span.start_ms, duration_ms))
        for span in spans
    ]


def percent(ms: float, duration_ms: int) -> float:
    return round(100 * min(max(ms / duration_ms, 0.0), 1.0), 3)
