"""Cues of one answer while it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.frames import Frames
from scoring.cues.values import Absent, CueEvent, Value


@dataclass(frozen=True, slots=True)
class LiveReport:
    """What is known at `t_ms` of stream time: every continuous cue with its value or its absence."""

    t_ms: int
    values: Mapping[Cue, Value]
    speech_started_ms: int | None
    is_speaking: bool


class LiveCues:
    """The cues of one answer's stream. Used by one thread at a time; holds no state outside itself."""

    def __init__(
        self,
        *,
        voice_only: bool = False,
        question_ended_ms: float | None = None,
        baseline: Baseline | None = None,
    ) -> None:
        self.voice_only = voice_only
        self.question_ended_ms = question_ended_ms
        self.baseline = baseline
        self._samples = 0

    def question_ended(self, t_ms: float) -> None:
        """The question has been read out at `t_ms` of stream time."""
        self.question_ended_ms = t_ms

    def push(self, frames: Frames, sound: NDArray[np.int16]) -> list[CueEvent]:
        """Take the next frames and the next 16 kHz samples; return the events that became certain."""
        self._samples += len(sound)
        return []

    def second(self) -> LiveReport:
        """The values now; call it once a second."""
        values = {
            code: Value.none(Absent.NOT_AVAILABLE)
            for code, spec in CATALOGUE.items()
            if spec.kind == "continuous"
        }
        return LiveReport(self._samples // 16, values, None, False)
