"""The full analysis of one answer: the same functions as live, over the whole recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import CATALOGUE, CATALOGUE_VERSION, Cue
from scoring.cues.frames import Frames
from scoring.cues.values import Absent, CueEvent, Value


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Cues over time: `times_ms` (m,) float64 are the middles of the windows; a column is (m,) float32, NaN = absent."""

    times_ms: NDArray[np.float64]
    columns: Mapping[Cue, NDArray[np.float32]]
    catalogue_version: int = CATALOGUE_VERSION


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the signal was. Shares are 0..1; what is not known is None."""

    face_share: float | None
    mean_luma: float | None
    noise_floor_db: float | None
    speech_s: float
    sound_s: float
    frames_per_s: float
    frames_dropped: int


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What an answer shows."""

    track: Track
    values: Mapping[Cue, Value]
    events: tuple[CueEvent, ...]
    quality: Quality
    catalogue_version: int = CATALOGUE_VERSION


def analyse(
    frames: Frames,
    sound: NDArray[np.int16],
    *,
    question_ended_ms: float | None,
    voice_only: bool,
    baseline: Baseline | None = None,
) -> Analysis:
    """Analyse one answer: its frames in order of time and its whole sound (n,) int16 at 16 kHz."""
    values = {
        code: Value.none(Absent.NOT_AVAILABLE) for code, s in CATALOGUE.items() if s.kind == "continuous"
    }
    seconds = len(sound) / 16000
    quality = Quality(
        None, None, None, 0.0, seconds, len(frames) / seconds if seconds else 0.0, frames.dropped
    )
    return Analysis(Track(np.zeros(0), {}), values, (), quality)
