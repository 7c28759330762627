"""The continuous vocal cues over a stretch of time. What belongs to an answer as a whole is in `answer`."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.history import Array
from scoring.cues.speech import ANSWER_SPEECH_S, CLEAR_DB, NOISY_FLOOR_DB, PAUSE_MS, S
from scoring.cues.stream import ACTIVE, VOICED, Stream
from scoring.cues.values import Absent, Value
from scoring.cues.voice import STEP_MS, D, to_hz

TURN_HANG_MS = 1000.0
"""The turn is held for this long after the last voice."""

QUALITY_CLEAR_DB = 25.0
"""Noise that is nearer than this to the speech changes shimmer and HNR; F0 and loudness bear more (`CLEAR_DB`)."""

LEAST_QUALITY_ROWS = 10
"""Measured rows from which their mean says anything."""

SPILLED_ROWS = 1.5
"""A row is voiced when a part of its 60 ms is: so much shorter than it was does a break seem."""

NORMAL = 1.15
"""Mean over mean of the middle half, of the size of normally distributed perturbations."""

_LOOKAHEAD_MS = 60.0

VOICE: tuple[Cue, ...] = (
    Cue.VOICE,
    Cue.TN_HD,
    Cue.LOUD,
    Cue.ENERGY,
    Cue.F0,
    Cue.F0_ST,
    Cue.F0_SD,
    Cue.F0_RANGE,
    Cue.JITTER,
    Cue.SHIMMER,
    Cue.HNR,
    Cue.BREAKS,
    Cue.SYLL_RATE,
    Cue.ARTIC,
)

_QUALITY = {Cue.JITTER: 0, Cue.SHIMMER: 1, Cue.HNR: 2}


class VoiceWindow:
    """What is heard in start_ms <= t < end_ms. With `whole`, in a whole answer, which asks for more speech."""

    def __init__(self, stream: Stream, start_ms: float, end_ms: float, *, whole: bool = False) -> None:
        self._stream, self._whole = stream, whole
        self._start, self._end = start_ms, end_ms

    def values(self, codes: list[Cue]) -> dict[Cue, Value]:
        """The values of those of `VOICE` that are asked for."""
        if not len(self._sound) or self._end <= self._stream.speech.heard_from_ms:
            return dict.fromkeys(codes, Value.none(Absent.NO_SOUND))
        return {code: self._voice_value(code) for code in codes}

    def _voice_value(self, code: Cue) -> Value:
        if code in {Cue.VOICE, Cue.TN_HD}:
            return Value.none(Absent.NOISY) if self._is_hidden else self._activity(code, self._sound)
        if self._no_speech is not None:
            return Value.none(self._no_speech)
        return self._measured(code)

    def _measured(self, code: Cue) -> Value:
        """The cue of speech that there is enough of, and clear enough."""
        if code is Cue.ENERGY:
            return Value.of(10 * np.log10((10 ** (self._sound[self._active, S.LEVEL] / 10)).mean()))
        if code is Cue.LOUD:
            return self._loudness()
        if code in {Cue.SYLL_RATE, Cue.ARTIC}:
            return self._rate(code)
        if self._voiced_s < CATALOGUE[code].minimum_signal.amount:
            return Value.none(Absent.TOO_LITTLE_SPEECH)
        if code is Cue.BREAKS:
            return Value.of(break_share(self._voiced))
        return self._quality(code) if code in _QUALITY else self._pitch(code)

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
        """Whether there is so much noise that voice may have gone unheard."""
        if self._sound[:, S.FLOOR].mean() <= NOISY_FLOOR_DB:
            return False
        return not self._active.any() or self._over_floor < CLEAR_DB

    @cached_property
    def _over_floor(self) -> float:
        """dB from the noise floor to the active frames, of which there are some."""
        rows = self._sound[self._active]
        return float((rows[:, S.LEVEL] - rows[:, S.FLOOR]).mean())

    @cached_property
    def _no_speech(self) -> Absent | None:
        if self._is_hidden:
            return Absent.NOISY
        if not self._active.any():
            return Absent.NO_VOICE
        if self.speech_s < (ANSWER_SPEECH_S if self._whole else CATALOGUE[Cue.LOUD].minimum_signal.amount):
            return Absent.TOO_LITTLE_SPEECH
        return Absent.NOISY if self._over_floor < CLEAR_DB else None

    def _activity(self, code: Cue, rows: Array) -> Value:
        """Share of the window with voice; for the turn, a second is bridged and the question's time is not counted."""
        if code is Cue.VOICE:
            return Value.of(rows[:, S.VOICE].mean())
        asked = self._stream.question_ended_ms
        if asked is None:
            return Value.none(Absent.QUESTION_OPEN)
        times = self._stream.speech.table.times_between(self._start, self._end)
        return Value.of(((rows[:, S.SINCE_MS] <= TURN_HANG_MS) & (times >= asked)).mean())

    @cached_property
    def _described(self) -> Array:
        """The rows of descriptors that are known at the end of the window."""
        return self._stream.voice.between(self._start - _LOOKAHEAD_MS, self._end - _LOOKAHEAD_MS)

    def _loudness(self) -> Value:
        rows = self._described
        levels = rows[rows[:, ACTIVE] > 0, D.LOUDNESS]
        return Value.of(levels.mean()) if len(levels) else Value.none(Absent.NO_VOICE)

    @cached_property
    def _voiced(self) -> NDArray[np.bool_]:
        voiced: NDArray[np.bool_] = self._described[:, VOICED] > 0
        return voiced

    @cached_property
    def _contour(self) -> Array:
        return clean_pitch(np.where(self._voiced, self._described[:, D.SEMITONES], np.nan))

    @property
    def _voiced_s(self) -> float:
        return len(self._contour) * STEP_MS / 1000

    def _pitch(self, code: Cue) -> Value:
        pitch = self._contour
        if code is Cue.F0_SD:
            return Value.of(pitch.std())
        if code is Cue.F0_RANGE:
            # np.percentile does the same ten times slower.
            ranks = (len(pitch) - 1) * np.array([0.05, 0.95])
            low, high = np.interp(ranks, np.arange(len(pitch)), np.sort(pitch))
            return Value.of(high - low)
        semitones = float(pitch.mean())
        return Value.of(semitones if code is Cue.F0_ST else to_hz(semitones))

    def _quality(self, code: Cue) -> Value:
        if self._over_floor < QUALITY_CLEAR_DB:
            return Value.none(Absent.NOISY)
        means = self._quality_means
        return Value.of(means[_QUALITY[code]]) if means else Value.none(Absent.TOO_LITTLE_SPEECH)

    @cached_property
    def _quality_means(self) -> list[float] | None:
        return quality_means(self._described[self._voiced])

    def _rate(self, code: Cue) -> Value:
        """Nuclei per second, of all the time from the first to the last speech or of that without the pauses."""
        segments = self._stream.speech.segments_in(self._start, self._end)
        spoken_s = sum(segment.length_s for segment in segments)
        if spoken_s < CATALOGUE[code].minimum_signal.amount:
            return Value.none(Absent.TOO_LITTLE_SPEECH)
        nuclei = self._stream.nuclei.between(self._start - _LOOKAHEAD_MS, self._end - _LOOKAHEAD_MS)
        all_s = (segments[-1].end_ms - segments[0].start_ms) / 1000
        return Value.of(nuclei / (spoken_s if code is Cue.ARTIC else all_s))

    @property
    def speech_s(self) -> float:
        """Seconds of active speech."""
        return float(self._active.sum()) * STEP_MS / 1000


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


def quality_means(rows: Array) -> list[float] | None:
    """Jitter in percent, shimmer and HNR in dB of rows of descriptors (`voice.D`); None where there are too few.

    The means of the middle halves: a change of sound or a wrong octave is not the voice's roughness.
    """
    values = rows[:, D.JITTER : D.HNR + 1]
    values = np.sort(values[np.isfinite(values[:, 0])], axis=0)
    if len(values) < LEAST_QUALITY_ROWS:
        return None
    quarter = len(values) // 4
    jitter, shimmer, hnr = values[quarter : len(values) - quarter].mean(axis=0).tolist()
    return [NORMAL * jitter, NORMAL * shimmer, hnr]


def break_share(voiced: NDArray[np.bool_]) -> float:
    """Share of breaks in the time of the voice, of rows (n,) every 20 ms. Gaps from `PAUSE_MS` on are pauses.

    Praat's degree of voice breaks, but for the pauses. In running speech the voiceless consonants are breaks as well.
    """
    gaps = np.diff(np.flatnonzero(voiced)) - 1
    breaks = gaps[(gaps > 0) & (gaps * STEP_MS < PAUSE_MS)]
    return float((breaks + SPILLED_ROWS).sum() / (breaks.sum() + voiced.sum()))
