"""When somebody speaks: voice activity, the noise floor, speech segments and the pauses between them.

Sound is taken in frames of 20 ms, one after the other, so that a stream gives the same segments however it is cut.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import IntEnum
from math import isnan, nan

import numpy as np
import webrtcvad
from numpy.typing import NDArray

from scoring.cues.history import Array, History
from scoring.cues.voice import STEP, STEP_MS

RATE = 16000

AGGRESSIVENESS = 2
"""Of WebRTC's voice activity detector, 0..3."""

GATE_DB = 9.0
"""A frame is active only this far above the noise floor (which is a minimum, and so a few dB below the mean noise)."""

QUIETEST_SPEECH_DB = -62.0
"""No frame below this level (dB of full scale) is active."""

FLOOR_RANGE_DB = (-75.0, -30.0)
FLOOR_AT_FIRST_DB = -45.0
"""The highest floor of the first `FLOOR_BLOCK` frames: who speaks from the first sample on is not the noise."""

FLOOR_BLOCK, FLOOR_BLOCKS = 40, 5
"""The floor is the minimum of the last 5 blocks of 0.8 s (minimum statistics, Martin 2001)."""

CLEAR_DB = 15.0
"""Speech whose active frames are on average less than this above the floor is too noisy to be measured."""

ANSWER_SPEECH_S = 3.0
"""Speech in a whole answer below which nothing is said of its voice (principles.md, 6)."""

LEAST_ACTIVE = 10
"""Active frames (0.2 s) from which their level says anything."""

NOISY_FLOOR_DB = -42.0
"""With a floor above this, no voice found does not mean that nobody spoke."""

PAUSE_MS = 250.0
"""Silence from this length on is a pause (cues.md); shorter ones belong to speech."""

LONG_PAUSE_MS = 2500.0

OPENING = (5, 7)
"""A segment opens when 5 of the last 7 frames are active: 100 ms of voice; a click does not open one."""

KEEPING = (2, 3)
"""An open segment goes on when 2 of the last 3 frames are active."""

_NO_SEGMENT = (nan, nan)
_OPENING_BITS = (1 << OPENING[1]) - 1
_KEEPING_BITS = (1 << KEEPING[1]) - 1

HANGOVER_FRAMES = 5
"""Voice activity is held for 0.1 s, the length of a closure within a word."""


class S(IntEnum):
    """The columns of the table, a row for each 20 ms. The floor and the level are dB of full scale.

    `FROM_MS` and `TO_MS` are the ends of the open segment, as far as it is known after the frame; NaN without one.
    """

    LEVEL = 0
    FLOOR = 1
    ACTIVE = 2
    VOICE = 3
    SINCE_MS = 4
    FROM_MS = 5
    TO_MS = 6


@dataclass(frozen=True, slots=True)
class Segment:
    """Speech without a pause, from the first to the end of the last active frame."""

    start_ms: float
    end_ms: float

    @property
    def length_s(self) -> float:
        return (self.end_ms - self.start_ms) / 1000


class SpeechReader:
    """Reads sound as it comes. `table` keeps a row for each 20 ms, `segments` all speech of the answer.

    `heard_from_ms` is when the microphone first gave anything; infinite until then.
    """

    def __init__(self, keep_ms: float | None = None) -> None:
        self.table = History(len(S), keep_ms)
        self.frames = 0
        self.heard_from_ms = np.inf
        self._closed: list[Segment] = []
        self._open: Segment | None = None
        self._rest = np.empty(0, dtype=np.int16)
        self._vad = webrtcvad.Vad(AGGRESSIVENESS)
        self._floor = _Floor()
        # The last frames as bits, the newest the lowest: this is asked fifty times a second for everybody.
        self._recent = 0
        self._last_active = -1e9
        self._over_floor = 0.0
        self._active = 0

    @property
    def end_ms(self) -> float:
        """Stream time up to which sound has been read."""
        return self.frames * STEP_MS

    @property
    def is_speaking(self) -> bool:
        return self._open is not None

    @property
    def segments(self) -> list[Segment]:
        """All segments so far; the last may still be growing."""
        return [*self._closed, self._open] if self._open else list(self._closed)

    def segments_in(self, start_ms: float, end_ms: float) -> list[Segment]:
        """What of the segments lies in start_ms <= t < end_ms, as known at `end_ms`, which the table must hold."""
        rows = self.table.between(end_ms - STEP_MS, end_ms)
        if not len(rows):
            return []
        open_ms, to_ms = rows[-1, [S.FROM_MS, S.TO_MS]].tolist()
        known = [] if isnan(open_ms) else [Segment(open_ms, to_ms)]
        before_ms = end_ms if isnan(open_ms) else open_ms
        for segment in reversed(self.segments):
            if segment.end_ms <= start_ms:
                break
            if segment.end_ms <= before_ms:
                known.append(segment)
        return [Segment(max(s.start_ms, start_ms), s.end_ms) for s in reversed(known) if s.end_ms > start_ms]

    def level_at(self, times_ms: Array) -> Array:
        """The level in dB at each of `times_ms`, of the last frame complete by then; -inf where that is not kept."""
        if not len(self.table):
            return np.full(len(times_ms), -np.inf)
        rows, known = _rows_at(self.table, times_ms)
        return np.where(known, self.table.rows[rows, S.LEVEL], -np.inf)

    @property
    def is_noisy(self) -> bool:
        """Whether the speech so far was too near to the noise, or noise could have hidden what there was."""
        if self._active >= LEAST_ACTIVE:
            return self._over_floor / self._active < CLEAR_DB
        return self._floor.value > NOISY_FLOOR_DB

    def push(self, sound: NDArray[np.int16]) -> None:
        """Read the next samples (n,) of 16 kHz sound."""
        samples = np.concatenate([self._rest, sound])
        n = len(samples) // STEP
        self._rest = samples[n * STEP :]
        if not n:
            return
        frames = samples[: n * STEP].reshape(n, STEP)
        power = (frames.astype(np.float32) ** 2).mean(axis=1) / 2.0**30
        if np.isinf(self.heard_from_ms):
            self._wait_for_sound(frames)
        levels = 10 * np.log10(np.maximum(power, 1e-12))
        data = frames.tobytes()
        rows = [
            self._frame(level, data[2 * STEP * i : 2 * STEP * (i + 1)])
            for i, level in enumerate(levels.tolist())
        ]
        times = np.arange(self.frames - n, self.frames, dtype=np.float64) * STEP_MS
        self.table.append(times, np.array(rows, dtype=np.float64))

    def _wait_for_sound(self, frames: NDArray[np.int16]) -> None:
        """A microphone that gives nothing but zeros is not a silent person."""
        loud = np.flatnonzero((np.abs(frames.astype(np.int32)) > 1).any(axis=1))
        if len(loud):
            self.heard_from_ms = (self.frames + int(loud[0])) * STEP_MS

    def _frame(self, level: float, data: bytes) -> tuple[float, ...]:
        floor = self._floor.take(level)
        active = level > max(floor + GATE_DB, QUIETEST_SPEECH_DB)
        active = self._vad.is_speech(data, RATE) and active
        t_ms = self.frames * STEP_MS
        self.frames += 1
        self._recent = (self._recent << 1 | active) & _OPENING_BITS
        self._segment(t_ms)
        if self._open is not None and active:
            self._last_active = t_ms
        if active:
            self._over_floor += level - floor
            self._active += 1
        since = t_ms - self._last_active
        start_ms, end_ms = (self._open.start_ms, self._open.end_ms) if self._open else _NO_SEGMENT
        return level, floor, active, since <= HANGOVER_FRAMES * STEP_MS, since, start_ms, end_ms

    def _segment(self, t_ms: float) -> None:
        recent = self._recent
        if self._open is None:
            if recent.bit_count() >= OPENING[0]:
                first = t_ms - STEP_MS * (recent.bit_length() - 1)
                self._open = Segment(first, t_ms + STEP_MS)
        elif recent & 1 and (recent & _KEEPING_BITS).bit_count() >= KEEPING[0]:
            self._open = Segment(self._open.start_ms, t_ms + STEP_MS)
        elif t_ms + STEP_MS - self._open.end_ms >= PAUSE_MS:
            self._closed.append(self._open)
            self._open = None


class _Floor:
    """The noise floor: the minimum of the smoothed level over the last 4 s."""

    def __init__(self) -> None:
        self._smooth: float | None = None
        self._block = np.inf
        self._blocks: deque[float] = deque(maxlen=FLOOR_BLOCKS)
        self._lowest = FLOOR_AT_FIRST_DB
        self._frames = 0
        self.value = FLOOR_RANGE_DB[0]

    def take(self, level: float) -> float:
        """The floor after one more frame, also in `value`."""
        if self._smooth is None and level <= FLOOR_RANGE_DB[0]:
            # A microphone or a recorder that begins with nothing has not shown its noise yet.
            return self.value
        level = max(level, FLOOR_RANGE_DB[0])
        self._smooth = level if self._smooth is None else self._smooth + 0.3 * (level - self._smooth)
        self._block = min(self._block, self._smooth)
        self._frames += 1
        floor = min(self._block, self._lowest)
        if self._frames % FLOOR_BLOCK == 0:
            self._blocks.append(self._block)
            self._lowest = min(self._blocks)
            self._block = np.inf
        self.value = min(max(floor, FLOOR_RANGE_DB[0]), FLOOR_RANGE_DB[1])
        return self.value


def spoken_at(table: History, times_ms: Array, column: S = S.VOICE) -> NDArray[np.bool_]:
    """Whether there was voice (or, strictly, activity) at each of `times_ms`, by the last frame complete by then."""
    if not len(table):
        return np.zeros(len(times_ms), dtype=bool)
    rows, known = _rows_at(table, times_ms)
    voice: NDArray[np.bool_] = table.rows[rows, column] > 0
    at_times: NDArray[np.bool_] = voice & known
    return at_times


def _rows_at(table: History, times_ms: Array) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The rows of the last frames complete at `times_ms`, and whether the table (not empty) has them."""
    rows = np.floor((times_ms - table.times[0]) / STEP_MS).astype(np.intp) - 1
    known = (rows >= 0) & (rows < len(table))
    return np.clip(rows, 0, len(table) - 1), known
