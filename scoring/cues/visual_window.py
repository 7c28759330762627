"""The continuous visual cues over a stretch of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.cues.arms import turned_inward
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.face import NO_FACE, TOO_DARK, TOO_SMALL, USABLE
from scoring.cues.history import Array
from scoring.cues.speech import ANSWER_SPEECH_S, spoken_at
from scoring.cues.stream import Stream
from scoring.cues.values import Absent, Value
from scoring.cues.visual import V

FEWEST_FRAMES = 2
"""Frames in a window below which nothing is said of it."""

_FACE_ABSENT = {NO_FACE: Absent.NO_FACE, TOO_SMALL: Absent.FACE_TOO_SMALL, TOO_DARK: Absent.TOO_DARK}

_FACE_MEANS = {
    Cue.GZ_DR: V.LOOKING,
    Cue.HD_AC: V.HEAD_SPEED,
    Cue.SMILE_SHARE: V.SMILING,
    Cue.HD_TH: V.AT_FACE,
    Cue.VAL_F: V.VALENCE,
}
_BODY_MEANS: dict[Cue, tuple[V, Absent]] = {
    Cue.CONT_MOV: (V.MOVEMENT, Absent.NO_POSE),
    Cue.AM_CR: (V.CROSSED, Absent.HANDS_OUT_OF_VIEW),
    Cue.DIST_LW: (V.BESIDE_LEFT, Absent.HIPS_OUT_OF_VIEW),
    Cue.DIST_RW: (V.BESIDE_RIGHT, Absent.HIPS_OUT_OF_VIEW),
    Cue.FO_LW: (V.ABOVE_LEFT, Absent.HIPS_OUT_OF_VIEW),
    Cue.FO_RW: (V.ABOVE_RIGHT, Absent.HIPS_OUT_OF_VIEW),
}

_BENDS = {Cue.XROT_LE: (V.ARM_LEFT, V.BEND_LEFT), Cue.XROT_RE: (V.ARM_RIGHT, V.BEND_RIGHT)}
_TURNS = {Cue.YROT_LE: (V.ARM_LEFT, V.INWARD_LEFT), Cue.YROT_RE: (V.ARM_RIGHT, V.INWARD_RIGHT)}
_ARMS = _BENDS | _TURNS

VISUAL: tuple[Cue, ...] = (*_FACE_MEANS, *_BODY_MEANS, *_ARMS, Cue.SDX_HD, Cue.SDXROT_HD, Cue.EN_HA)

STEADY = 0.5
"""Length of the mean of a forearm's headings (unit vectors) below which it points everywhere, and so nowhere."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """The rows of a window, how many of each column are known and their sums, and how many show a usable face."""

    rows: Array
    known: NDArray[np.bool_]
    counts: list[int]
    sums: list[float]
    usable: int


class VisualWindow:
    """What is seen in start_ms <= t < end_ms. `speech_s`, of a whole answer, makes gaze that of the time spoken."""

    def __init__(self, stream: Stream, start_ms: float, end_ms: float, speech_s: float | None = None) -> None:
        self._stream, self._speech_s = stream, speech_s
        self._start, self._end = start_ms, end_ms

    def values(self, codes: list[Cue]) -> dict[Cue, Value]:
        """The values of those of `VISUAL` that are asked for."""
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
        if code in _ARMS:
            return self._arm_value(parts, *_ARMS[code], needed)
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
        if code is Cue.GZ_DR and self._speech_s is not None:
            return self._gaze_while_speaking(parts, self._speech_s)
        column = _FACE_MEANS[code]
        if code is Cue.HD_TH and parts.counts[column] < needed:
            return Value.none(Absent.NO_POSE)
        if column is V.LOOKING and parts.counts[column] < (parts.usable - parts.sums[V.BLINK]) / 2:
            return Value.none(Absent.EYES_UNCLEAR)
        return _mean(parts, column, 1, Absent.TOO_FEW_FRAMES)

    def _body_value(self, parts: _Parts, column: V, absent: Absent, needed: float) -> Value:
        if parts.sums[V.SHOULDERS] < needed:
            return Value.none(Absent.NO_POSE)
        if column is V.MOVEMENT and parts.counts[V.LAG] < needed:
            return Value.none(Absent.TOO_FEW_FRAMES)
        return _mean(parts, column, needed, absent)

    def _arm_value(self, parts: _Parts, arm: V, column: V, needed: float) -> Value:
        if parts.sums[V.SHOULDERS] < needed:
            return Value.none(Absent.NO_POSE)
        if parts.sums[arm] < needed:
            return Value.none(Absent.HANDS_OUT_OF_VIEW)
        if column in {V.INWARD_LEFT, V.INWARD_RIGHT}:
            return _turn(parts, column, needed)
        return _mean(parts, column, needed, Absent.ARM_UNCLEAR)

    def _gaze_while_speaking(self, parts: _Parts, speech_s: float) -> Value:
        if speech_s < ANSWER_SPEECH_S:
            return Value.none(Absent.TOO_LITTLE_SPEECH)
        looking = parts.rows[self._speaking() & parts.known[:, V.LOOKING], V.LOOKING]
        return Value.of(looking.mean()) if len(looking) >= FEWEST_FRAMES else Value.none(Absent.NO_FACE)

    def _gestures(self, parts: _Parts, needed: float) -> Value:
        """Root mean square of the hands' speed in the frames with voice."""
        if parts.counts[V.LAG] < needed:
            return Value.none(Absent.TOO_FEW_FRAMES)
        if parts.counts[V.HAND_SPEED_2] < needed:
            return Value.none(Absent.HANDS_OUT_OF_VIEW)
        energy = parts.rows[self._speaking() & parts.known[:, V.HAND_SPEED_2], V.HAND_SPEED_2]
        if len(energy) < FEWEST_FRAMES:
            return Value.none(Absent.NO_VOICE)
        return Value.of(np.sqrt(energy.mean()))

    def _speaking(self) -> NDArray[np.bool_]:
        times = self._stream.visual.table.times_between(self._start, self._end)
        return spoken_at(self._stream.speech.table, times)


def _parts(rows: Array) -> _Parts:
    known = np.isfinite(rows)
    sums = np.where(known, rows, 0.0).sum(axis=0).tolist()
    usable = int(np.count_nonzero(rows[:, V.STATE] == USABLE))
    return _Parts(rows, known, known.sum(axis=0).tolist(), sums, usable)


def _mean(parts: _Parts, column: V, needed: float, absent: Absent) -> Value:
    count = parts.counts[column]
    return Value.of(parts.sums[column] / count) if count and count >= needed else Value.none(absent)


def _turn(parts: _Parts, column: V, needed: float) -> Value:
    """The mean direction of a forearm: headings are averaged as vectors, so that 180 degrees is no jump."""
    count = parts.counts[column]
    if count < max(needed, 1):
        return Value.none(Absent.ARM_UNCLEAR)
    heading = np.array(parts.sums[column : column + 2]) / count
    if heading @ heading < STEADY**2:
        return Value.none(Absent.ARM_UNCLEAR)
    return Value.of(turned_inward(heading))


def _spread(parts: _Parts, column: V, needed: float, absent: Absent) -> Value:
    known = parts.rows[parts.known[:, column], column]
    return Value.of(known.std()) if len(known) >= max(needed, FEWEST_FRAMES) else Value.none(absent)


def _worst(states: Array) -> Absent:
    """The commonest reason why a face was not usable."""
    codes, counts = np.unique(states, return_counts=True)
    return _FACE_ABSENT[float(codes[counts.argmax()])]
