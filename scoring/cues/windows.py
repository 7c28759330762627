"""The continuous cues over a stretch of time: the same for a live second, a window of the track and a whole answer.

What belongs to an answer as a whole (latency, pauses) is in `answer`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.face import NO_FACE, TOO_DARK, TOO_SMALL, USABLE
from scoring.cues.history import Array
from scoring.cues.speech import CLEAR_DB, NOISY_FLOOR_DB, S, spoken_at
from scoring.cues.stream import LOUDNESS, SEMITONES, Stream
from scoring.cues.values import Absent, Value
from scoring.cues.visual import V
from scoring.cues.voice import STEP_MS, to_hz

FEWEST_FRAMES = 2
"""Frames in a window below which nothing is said of it."""

TURN_HANG_MS = 1000.0
"""The turn is held for this long after the last voice."""

ANSWER_SPEECH_S = 3.0
"""Speech in a whole answer below which nothing is said of its voice (principles.md, 6)."""

_LOOKAHEAD_MS = 60.0
_FACE_ABSENT = {NO_FACE: Absent.NO_FACE, TOO_SMALL: Absent.FACE_TOO_SMALL, TOO_DARK: Absent.TOO_DARK}

_FACE_MEANS = {
    Cue.GZ_DR: V.LOOKING,
    Cue.HD_AC: V.HEAD_SPEED,
    Cue.SMILE_SHARE: V.SMILING,
    Cue.HD_TH: V.AT_FACE,
}
_BODY_MEANS: dict[Cue, tuple[V, Absent]] = {
    Cue.CONT_MOV: (V.MOVEMENT, Absent.NO_POSE),
    Cue.AM_CR: (V.CROSSED, Absent.HANDS_OUT_OF_VIEW),
    Cue.DIST_LW: (V.BESIDE_LEFT, Absent.HIPS_OUT_OF_VIEW),
    Cue.DIST_RW: (V.BESIDE_RIGHT, Absent.HIPS_OUT_OF_VIEW),
    Cue.FO_LW: (V.ABOVE_LEFT, Absent.HIPS_OUT_OF_VIEW),
    Cue.FO_RW: (V.ABOVE_RIGHT, Absent.HIPS_OUT_OF_VIEW),
}

VISUAL: tuple[Cue, ...] = (*_FACE_MEANS, *_BODY_MEANS, Cue.SDX_HD, Cue.SDXROT_HD, Cue.EN_HA)
VOICE: tuple[Cue, ...] = (
    Cue.VOICE,
    Cue.TN_HD,
    Cue.LOUD,
    Cue.ENERGY,
    Cue.F0,
    Cue.F0_ST,
    Cue.F0_SD,
    Cue.F0_RANGE,
)


def nothing_yet() -> dict[Cue, Value]:
    """Every continuous cue, absent because it is not computed; what is computed is put over it."""
    return dict(_NOT_AVAILABLE)


_NOT_AVAILABLE = {
    code: Value.none(Absent.NO_TRANSCRIPT if spec.group == "words" else Absent.NOT_AVAILABLE)
    for code, spec in CATALOGUE.items()
    if spec.kind == "continuous"
}


def values_at(stream: Stream, end_ms: float, shortest_s: float) -> dict[Cue, Value]:
    """The cues that have a window, each over its own window (but at least `shortest_s`) up to `end_ms`."""
    values: dict[Cue, Value] = {}
    for seconds, codes in _BY_WINDOW.items():
        length_s = max(seconds, shortest_s) if seconds > 1.0 else shortest_s
        values |= Window(stream, end_ms - 1000 * length_s, end_ms).values(codes)
    return values


_BY_WINDOW: dict[float, list[Cue]] = {}
for _code in (*VISUAL, *VOICE):
    _BY_WINDOW.setdefault(CATALOGUE[_code].window_s or 1.0, []).append(_code)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The rows of a window, how many of each column are known and their sums, and how many show a usable face."""

    rows: Array
    known: NDArray[np.bool_]
    counts: list[int]
    sums: list[float]
    usable: int


class Window:
    """The cues over start_ms <= t < end_ms. With `whole`, over a whole answer, which asks for more speech."""

    def __init__(self, stream: Stream, start_ms: float, end_ms: float, *, whole: bool = False) -> None:
        self._stream, self._whole = stream, whole
        self._start, self._end = start_ms, end_ms

    def values(self, codes: list[Cue]) -> dict[Cue, Value]:
        """The values of those of `VISUAL` and `VOICE` that are asked for."""
        visual = [code for code in codes if code in _IS_VISUAL]
        voice = [code for code in codes if code not in _IS_VISUAL]
        return self._visual(visual) | self._voice(voice)

    # What is seen

    def _visual(self, codes: list[Cue]) -> dict[Cue, Value]:
        if not codes:
            return {}
        if self._stream.voice_only:
            return dict.fromkeys(codes, Value.none(Absent.NO_CAMERA))
        rows = self._stream.visual.table.between(self._start, self._end)
        if len(rows) < FEWEST_FRAMES:
            return dict.fromkeys(codes, Value.none(Absent.TOO_FEW_FRAMES))
        parts = _parts(rows)
        return {code: self._visual_value(code, parts) for code in codes}

    def _visual_value(self, code: Cue, parts: _Parts) -> Value:
        needed = CATALOGUE[code].minimum_signal.amount * len(parts.rows)
        if code in _BODY_MEANS:
            return self._body_value(parts, *_BODY_MEANS[code], needed)
        if code is Cue.EN_HA:
            return self._gestures(parts, needed)
        if code is Cue.SDX_HD:
            return _spread(parts, V.HEAD_X, needed, Absent.NO_POSE)
        return self._face_value(code, parts, needed)

    def _face_value(self, code: Cue, parts: _Parts, needed: float) -> Value:
        if parts.usable < needed:
            states = parts.rows[:, V.STATE]
            return Value.none(_worst(states[states != USABLE]))
        if code is Cue.SDXROT_HD:
            return _spread(parts, V.PITCH, needed, Absent.NO_FACE)
        if code is Cue.GZ_DR and self._whole:
            return self._gaze_while_speaking(parts)
        column = _FACE_MEANS[code]
        if code is Cue.HD_TH and parts.counts[column] < needed:
            return Value.none(Absent.NO_POSE)
        return _mean(parts, column, 1, Absent.TOO_FEW_FRAMES)

    def _body_value(self, parts: _Parts, column: V, absent: Absent, needed: float) -> Value:
        if parts.sums[V.SHOULDERS] < needed:
            return Value.none(Absent.NO_POSE)
        return _mean(parts, column, needed, absent)

    def _gaze_while_speaking(self, parts: _Parts) -> Value:
        if self._speech_s() < ANSWER_SPEECH_S:
            return Value.none(Absent.TOO_LITTLE_SPEECH)
        looking = parts.rows[self._speaking() & parts.known[:, V.LOOKING], V.LOOKING]
        return Value.of(looking.mean()) if len(looking) >= FEWEST_FRAMES else Value.none(Absent.NO_FACE)

    def _gestures(self, parts: _Parts, needed: float) -> Value:
        """Root mean square of the hands' speed in the frames with voice."""
        if parts.counts[V.HAND_SPEED_2] < needed:
            return Value.none(Absent.HANDS_OUT_OF_VIEW)
        energy = parts.rows[self._speaking() & parts.known[:, V.HAND_SPEED_2], V.HAND_SPEED_2]
        if len(energy) < FEWEST_FRAMES:
            return Value.none(Absent.NO_VOICE)
        return Value.of(np.sqrt(energy.mean()))

    def _speaking(self) -> NDArray[np.bool_]:
        times = self._stream.visual.table.times_between(self._start, self._end)
        return spoken_at(self._stream.speech.table, times)

    # What is heard

    def _voice(self, codes: list[Cue]) -> dict[Cue, Value]:
        if not codes:
            return {}
        if not len(self._sound) or self._end <= self._stream.speech.heard_from_ms:
            return dict.fromkeys(codes, Value.none(Absent.NO_SOUND))
        return {code: self._voice_value(code) for code in codes}

    def _voice_value(self, code: Cue) -> Value:
        if code in {Cue.VOICE, Cue.TN_HD}:
            return Value.none(Absent.NOISY) if self._is_hidden else self._activity(code, self._sound)
        if self._no_speech is not None:
            return Value.none(self._no_speech)
        if code is Cue.ENERGY:
            return Value.of(10 * np.log10((10 ** (self._sound[self._active, S.LEVEL] / 10)).mean()))
        return self._loudness() if code is Cue.LOUD else self._pitch(code)

    # Several cues of a window ask for these: they are computed once.

    @cached_property
    def _sound(self) -> Array:
        return self._stream.speech.table.between(self._start, self._end)

    @cached_property
    def _active(self) -> NDArray[np.bool_]:
        active: NDArray[np.bool_] = self._sound[:, S.ACTIVE] > 0
        return active

    @cached_property
    def _is_hidden(self) -> bool:
        return _hidden(self._sound, self._active)

    @cached_property
    def _no_speech(self) -> Absent | None:
        rows, active = self._sound, self._active
        if self._is_hidden:
            return Absent.NOISY
        if not active.any():
            return Absent.NO_VOICE
        spoken_s = active.sum() * STEP_MS / 1000
        if spoken_s < (ANSWER_SPEECH_S if self._whole else CATALOGUE[Cue.LOUD].minimum_signal.amount):
            return Absent.TOO_LITTLE_SPEECH
        return Absent.NOISY if _over_floor(rows, active) < CLEAR_DB else None

    def _activity(self, code: Cue, rows: Array) -> Value:
        """Share of the window with voice; for the turn, a second is bridged and the question's time is not counted."""
        if code is Cue.VOICE:
            return Value.of(rows[:, S.VOICE].mean())
        asked = self._stream.question_ended_ms
        if asked is None:
            return Value.none(Absent.QUESTION_OPEN)
        times = self._stream.speech.table.times_between(self._start, self._end)
        return Value.of(((rows[:, S.SINCE_MS] <= TURN_HANG_MS) & (times >= asked)).mean())

    def _described(self, shift_ms: float, column: S) -> tuple[Array, NDArray[np.bool_]]:
        """Rows of F0 and loudness, and whether somebody spoke `shift_ms` after each row's time."""
        start, end = self._start - _LOOKAHEAD_MS, self._end - _LOOKAHEAD_MS
        table = self._stream.pitch_and_loudness
        rows, times = table.between(start, end), table.times_between(start, end)
        return rows, spoken_at(self._stream.speech.table, times + STEP_MS + shift_ms, column)

    def _loudness(self) -> Value:
        rows, active = self._described(0.0, S.ACTIVE)
        levels = rows[active, LOUDNESS]
        return Value.of(levels.mean()) if len(levels) else Value.none(Absent.NO_VOICE)

    @cached_property
    def _contour(self) -> Array:
        rows, voiced = self._described(STEP_MS, S.VOICE)
        return clean_pitch(np.where(voiced, rows[:, SEMITONES], np.nan))

    def _pitch(self, code: Cue) -> Value:
        pitch = self._contour
        if len(pitch) * STEP_MS / 1000 < CATALOGUE[code].minimum_signal.amount:
            return Value.none(Absent.TOO_LITTLE_SPEECH)
        if code is Cue.F0_SD:
            return Value.of(pitch.std())
        if code is Cue.F0_RANGE:
            # np.percentile does the same ten times slower.
            ranks = (len(pitch) - 1) * np.array([0.05, 0.95])
            low, high = np.interp(ranks, np.arange(len(pitch)), np.sort(pitch))
            return Value.of(high - low)
        semitones = float(pitch.mean())
        return Value.of(semitones if code is Cue.F0_ST else to_hz(semitones))

    def _speech_s(self) -> float:
        return float(self._active.sum()) * STEP_MS / 1000


_IS_VISUAL = frozenset(VISUAL)

OCTAVE_JUMP = 9.0
"""Semitones from the window's median from which a frame is an octave error rather than intonation."""


def clean_pitch(semitones: Array) -> Array:
    """The voiced frames (m,) of a contour (n,) with NaN, without lone frames and octave errors."""
    voiced = np.isfinite(semitones)
    padded = np.concatenate([[False], voiced, [False]])
    pitch: Array = semitones[voiced & (padded[:-2] | padded[2:])]
    if not len(pitch):
        return pitch
    ordered = np.sort(pitch)
    median = (ordered[(len(pitch) - 1) // 2] + ordered[len(pitch) // 2]) / 2
    near: Array = pitch[np.abs(pitch - median) <= OCTAVE_JUMP]
    return near


def _over_floor(rows: Array, active: NDArray[np.bool_]) -> float:
    return float((rows[active, S.LEVEL] - rows[active, S.FLOOR]).mean())


def _hidden(rows: Array, active: NDArray[np.bool_]) -> bool:
    """Whether there is so much noise that voice may have gone unheard."""
    if rows[:, S.FLOOR].mean() <= NOISY_FLOOR_DB:
        return False
    return not active.any() or _over_floor(rows, active) < CLEAR_DB


def _parts(rows: Array) -> _Parts:
    known = np.isfinite(rows)
    sums = np.where(known, rows, 0.0).sum(axis=0).tolist()
    usable = int(np.count_nonzero(rows[:, V.STATE] == USABLE))
    return _Parts(rows, known, known.sum(axis=0).tolist(), sums, usable)


def _mean(parts: _Parts, column: V, needed: float, absent: Absent) -> Value:
    count = parts.counts[column]
    return Value.of(parts.sums[column] / count) if count and count >= needed else Value.none(absent)


def _spread(parts: _Parts, column: V, needed: float, absent: Absent) -> Value:
    known = parts.rows[parts.known[:, column], column]
    return Value.of(known.std()) if len(known) >= max(needed, FEWEST_FRAMES) else Value.none(absent)


def _worst(states: Array) -> Absent:
    """The commonest reason why a face was not usable."""
    codes, counts = np.unique(states, return_counts=True)
    return _FACE_ABSENT[float(codes[counts.argmax()])]
