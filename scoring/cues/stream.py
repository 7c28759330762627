"""One answer's signals read into tables: what live and full analysis have in common."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scoring.cues import voice
from scoring.cues.frames import Frames
from scoring.cues.history import History
from scoring.cues.neutral import Neutral
from scoring.cues.speech import S, SpeechReader, spoken_at
from scoring.cues.syllables import NucleusReader
from scoring.cues.values import CueEvent
from scoring.cues.visual import VisualReader
from scoring.cues.voice import STEP, STEP_MS

VOICED, ACTIVE = len(voice.D), len(voice.D) + 1
"""Two more columns of `Stream.voice`, 0 or 1: whether a row is of somebody's voice, and whether its sound is active."""

_CENTRE_MS = 2 * STEP_MS
"""After a row's time: when the frame of 20 ms in the middle of its 60 ms is complete."""


class Stream:
    """Frames and sound in, tables and events out. However the stream is cut, the tables are the same.

    `voice` has a row for each 20 ms (`voice.D`, `VOICED`, `ACTIVE`); it ends 40 ms before the sound: F0 looks ahead.
    `nuclei` has a row for each syllable, at the time from which it is certain. With `keep_ms` only that much is kept.
    """

    def __init__(
        self, *, voice_only: bool, neutral: Neutral | None = None, keep_ms: float | None = None
    ) -> None:
        self.voice_only = voice_only
        self.visual = VisualReader(neutral, keep_ms)
        self.speech = SpeechReader(keep_ms)
        self.voice = History(ACTIVE + 1, keep_ms)
        self.nuclei = NucleusReader(keep_ms)
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
        """Bring the descriptors of the voice up to the sound. Costs least when called about once a second."""
        sound = np.concatenate(self._pending) if self._pending else np.empty(0, dtype=np.int16)
        rows = voice.describe(sound, self._described)
        self._pending = [sound[len(rows) * STEP :]]
        if not len(rows):
            return
        times = np.arange(self._described, self._described + len(rows), dtype=np.float64) * STEP_MS
        self._described += len(rows)
        table, levels = self.speech.table, self.speech.level_at(times + _CENTRE_MS)
        voiced = spoken_at(table, times + _CENTRE_MS) & np.isfinite(rows[:, voice.D.SEMITONES])
        active = spoken_at(table, times + STEP_MS, S.ACTIVE)
        self.voice.append(times, np.column_stack([rows, voiced, active]))
        self.nuclei.push(times, levels, voiced)
