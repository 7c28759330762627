"""One answer's signals read into tables: what live and full analysis have in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scoring.cues import visual, voice
from scoring.cues.frames import Frames
from scoring.cues.history import Array, History
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
        return push_together([(self, frames, sound)])[0]

    def _hear(self, sound: NDArray[np.int16]) -> None:
        if sound.dtype != np.int16:
            raise TypeError(f"sound is int16, not {sound.dtype}")
        self.samples += len(sound)
        self.speech.push(sound)
        self._pending.append(sound)

    def describe(self) -> None:
        """Bring the descriptors of the voice up to the sound. Costs least when called about once a second."""
        describe_together([self])

    def _undescribed(self) -> tuple[NDArray[np.int16], int]:
        self._pending = [np.concatenate(self._pending)] if self._pending else [np.empty(0, dtype=np.int16)]
        return self._pending[0], self._described

    def _take_description(self, rows: Array) -> None:
        if not len(rows):
            return
        self._pending = [self._pending[0][len(rows) * STEP :]]
        times = np.arange(self._described, self._described + len(rows), dtype=np.float64) * STEP_MS
        self._described += len(rows)
        table, levels = self.speech.table, self.speech.level_at(times + _CENTRE_MS)
        voiced = spoken_at(table, times + _CENTRE_MS) & np.isfinite(rows[:, voice.D.SEMITONES])
        active = spoken_at(table, times + STEP_MS, S.ACTIVE)
        self.voice.append(times, np.column_stack([rows, voiced, active]))
        self.nuclei.push(times, levels, voiced)


def push_together(pushes: Sequence[tuple[Stream, Frames, NDArray[np.int16]]]) -> list[list[CueEvent]]:
    """`push` for several streams, each once: their frames are read in one go."""
    for stream, _, sound in pushes:
        stream._hear(sound)
    seeing = [(stream.visual, frames) for stream, frames, _ in pushes if not stream.voice_only]
    events = iter(visual.push_together(seeing))
    return [[] if stream.voice_only else next(events) for stream, _, _ in pushes]


def describe_together(streams: Sequence[Stream]) -> None:
    """`describe` for several streams, in one go."""
    tables = voice.describe_together([stream._undescribed() for stream in streams])
    for stream, rows in zip(streams, tables, strict=True):
        stream._take_description(rows)
