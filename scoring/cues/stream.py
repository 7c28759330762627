"""One answer's signals read into tables: what live and full analysis have in common."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scoring.cues import voice
from scoring.cues.frames import Frames
from scoring.cues.history import History
from scoring.cues.neutral import Neutral
from scoring.cues.speech import SpeechReader
from scoring.cues.values import CueEvent
from scoring.cues.visual import VisualReader
from scoring.cues.voice import STEP, STEP_MS

VOICE_COLUMNS = 2
LOUDNESS, SEMITONES = 0, 1


class Stream:
    """Frames and sound in, tables and events out. However the stream is cut, the tables are the same.

    `pitch_and_loudness` has a row for each 20 ms and ends 40 ms before the sound: F0 looks 60 ms ahead. With `keep_ms`
    only that much of the tables is kept.
    """

    def __init__(
        self, *, voice_only: bool, neutral: Neutral | None = None, keep_ms: float | None = None
    ) -> None:
        self.voice_only = voice_only
        self.visual = VisualReader(neutral, keep_ms)
        self.speech = SpeechReader(keep_ms)
        self.pitch_and_loudness = History(VOICE_COLUMNS, keep_ms)
        self.question_ended_ms: float | None = None
        self.samples = 0
        self._described = 0
        self._pending: list[NDArray[np.int16]] = []

    def push(self, frames: Frames, sound: NDArray[np.int16]) -> list[CueEvent]:
        """Take the next frames and samples; return the events that became certain."""
        if sound.dtype != np.int16:
            raise TypeError(f"sound is int16, not {sound.dtype}")
        self.samples += len(sound)
        self.speech.push(sound)
        self._pending.append(sound)
        return [] if self.voice_only else self.visual.push(frames)

    def describe(self) -> None:
        """Bring F0 and loudness up to the sound. Costs least when called about once a second."""
        sound = np.concatenate(self._pending) if self._pending else np.empty(0, dtype=np.int16)
        rows = voice.describe(sound)
        times = np.arange(self._described, self._described + len(rows), dtype=np.float64) * STEP_MS
        self.pitch_and_loudness.append(times, rows)
        self._described += len(rows)
        self._pending = [sound[len(rows) * STEP :]]
