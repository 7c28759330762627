"""Leaning in and out: the person becomes larger or smaller in the picture than is usual for them in this take."""

from __future__ import annotations

from math import hypot, isnan, log, nan

from scoring.cues.catalogue import Cue
from scoring.cues.events import Events, Toggle
from scoring.cues.neutral import RunningQuantile

ON, OFF = 0.10, 0.05
"""Change of size (logarithm) at which a lean starts and ends: at 70 cm, about 7 cm nearer and half of it."""

FULL = 0.35
FACE_WEIGHT = 0.7
"""What the face has in the size; the shoulders, which a turned body makes narrow, have the rest."""

SMOOTH_MS = 300.0
SAMPLE_MS = 250.0
"""What is usual is learnt from a sample at most so often: it must not depend on the frame rate."""

KNOWN_SAMPLES = 8
"""Two seconds."""

HABIT_MS = 20_000.0
"""A lean that lasts for so long is the new usual place."""

ELSEWHERE = 0.6
"""Shoulder widths of the head above, below or beside its usual place from which the person rises or moves the chair."""


class Leaning:
    """Takes one frame at a time."""

    def __init__(self) -> None:
        self._in = _toggle(Cue.LEAN_IN)
        self._out = _toggle(Cue.LEAN_OUT)
        self.forget()

    def forget(self) -> None:
        """Somebody else, or another place: nothing is usual yet."""
        self._face, self._body, self._x, self._y = self._usual = tuple(_median() for _ in range(4))
        self._sampled_ms = self._leaning_ms = self._here_ms = -1e12
        self._level, self._level_ms = 0.0, -1e12

    def take(self, t_ms: float, face: float, body: float, place: tuple[float, float]) -> Events:
        """Sizes of the face and of the shoulders in any unit, and the head's place in the body's unit; NaN unknown."""
        level = nan if isnan(face) or face <= 0 else self._measure(t_ms, log(face), _log(body), place)
        return self._in.take(t_ms, level) + self._out.take(t_ms, -level)

    def finish(self) -> Events:
        """The stream has ended: so has the lean that lasts."""
        return self._in.finish() + self._out.finish()

    def _measure(self, t_ms: float, face: float, body: float, place: tuple[float, float]) -> float:
        known = self._face.n >= KNOWN_SAMPLES
        if known and self._is_elsewhere(t_ms, *place):
            return nan
        leaning = self._in.active or self._out.active
        if not leaning:
            self._leaning_ms = t_ms
        elif t_ms - self._leaning_ms > HABIT_MS:
            self._face.value, self._body.value = face, nan if isnan(body) else body
        if t_ms - self._sampled_ms >= SAMPLE_MS and not leaning:
            self._sampled_ms = t_ms
            for usual, value in zip(self._usual, (face, body, *place), strict=True):
                _learn(usual, value)
        if not known:
            return nan
        larger, wider = face - self._face.value, body - self._body.value
        now = larger if isnan(wider) else FACE_WEIGHT * larger + (1 - FACE_WEIGHT) * wider
        weight = min(1.0, (t_ms - self._level_ms) / SMOOTH_MS)
        self._level, self._level_ms = self._level + weight * (now - self._level), t_ms
        return self._level

    def _is_elsewhere(self, t_ms: float, x: float, y: float) -> bool:
        """A head that stays elsewhere has a new place, where everything is learnt anew."""
        away = hypot(x - self._x.value, y - self._y.value)
        if isnan(away) or away <= ELSEWHERE:
            self._here_ms = t_ms
            return False
        if t_ms - self._here_ms > HABIT_MS / 4:
            self.forget()
        return True


def _toggle(code: Cue) -> Toggle:
    return Toggle(code, on=ON, off=OFF, full=FULL, hold_ms=600, release_ms=600)


def _median() -> RunningQuantile:
    return RunningQuantile(0.5, nan, 0.03)


def _learn(usual: RunningQuantile, value: float) -> None:
    if isnan(usual.value):
        usual.value = value
    usual.take(value)


def _log(size: float) -> float:
    return nan if isnan(size) or size <= 0 else log(size)
