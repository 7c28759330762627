"""A person's face at rest while it is being learnt, and a face against it."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from scoring.cues.face import valence
from scoring.cues.neutral import AVERAGE, Neutral, RunningQuantile

KNOWN_MS = 2000.0
"""Face that must have been seen before the person's neutral is known (cues.md), in at least `KNOWN_FRAMES` frames."""

KNOWN_FRAMES = 10
LONGEST_MS = 500.0
"""A frame vouches for at most this much of the time since the one before."""

SMILE_SPREAD = 0.25
"""A person's neutral smile stays this near the average face: who smiles all the time is smiling."""

CORNERS_SPREAD = 0.6
"""The same for the mouth's corners, in centimetres. Cheeks and brows differ more between people than they move."""

SAMPLE_MS = 240.0
"""Corners, cheeks and brows are learnt from a frame at most so often, whatever the frame rate."""

EYES_AT_FIRST = (0.15, 0.45)
"""How open the eyes of the first frame are taken to be, at least and at most: it may be a blink."""


_AVERAGE = AVERAGE.features or (0.0, 0.0, 0.0)
_CORNERS = _AVERAGE[0]


class FaceAtRest:
    """Learns from every face. Starts from a stored neutral, if there is one, or from the average face."""

    def __init__(self, stored: Neutral | None) -> None:
        start = stored or AVERAGE
        self._has_stored = stored is not None
        self._has_features = stored is not None and stored.features is not None
        n = KNOWN_FRAMES if stored else 0
        self._smile = RunningQuantile(0.4, start.smile, 0.05, n)
        self._open = RunningQuantile(0.5, start.eyes_open, 0.03, n)
        features = start.features or _AVERAGE
        m = KNOWN_FRAMES if self._has_features else 0
        self._features = tuple(RunningQuantile(0.5, value, 0.15, m) for value in features)
        self._seen_ms, self._last_ms, self._sampled_ms = 0.0, -inf, -inf
        self._frames = 0

    @property
    def is_known(self) -> bool:
        return self._has_stored or self._is_learnt

    @property
    def knows_features(self) -> bool:
        return self._has_features or self._is_learnt

    @property
    def _is_learnt(self) -> bool:
        return self._seen_ms >= KNOWN_MS and self._frames >= KNOWN_FRAMES

    @property
    def neutral(self) -> Neutral | None:
        """What was learnt, or None while it is too little."""
        if not self.is_known:
            return None
        corners, cheeks, brows = self._own_features if self.knows_features else (None, None, None)
        return Neutral(self.smile, self.eyes_open, corners, cheeks, brows)

    @property
    def smile(self) -> float:
        return _within(self._smile.value, AVERAGE.smile, SMILE_SPREAD)

    @property
    def eyes_open(self) -> float:
        return self._open.value

    @property
    def _own_features(self) -> tuple[float, float, float]:
        corners, cheeks, brows = self._features
        return _within(corners.value, _CORNERS, CORNERS_SPREAD), cheeks.value, brows.value

    def open(self, opened: float) -> None:
        """The eyes of a frame, blinking or not: blinks are too short to move the median."""
        if self._open.n == 0:
            self._open.value = min(max(opened, EYES_AT_FIRST[0]), EYES_AT_FIRST[1])
        self._open.take(opened)

    def take(self, t_ms: float, smile: float, features: Sequence[float], *, smiling: bool) -> None:
        """The face of a frame. One that is smiling says nothing about corners, cheeks and brows at rest."""
        self._seen_ms += min(t_ms - self._last_ms, LONGEST_MS) if self._frames else 0.0
        self._last_ms = t_ms
        self._frames += 1
        self._smile.take(smile)
        if not smiling and t_ms - self._sampled_ms >= SAMPLE_MS:
            self._sampled_ms = t_ms
            for usual, value in zip(self._features, features, strict=True):
                usual.take(value)

    def valence(self, features: Sequence[float]) -> float:
        """-1..1 of a face's features against those at rest."""
        corners, cheeks, brows = self._own_features
        return valence(features[0] - corners, features[1] - cheeks, features[2] - brows)


def _within(value: float, middle: float, spread: float) -> float:
    return min(max(value, middle - spread), middle + spread)
