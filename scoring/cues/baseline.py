"""A person's own baseline: what is usual for them (TARDIS, section 5).

The first three answers calibrate: plain mean and spread of each cue. After that the baseline is refreshed slowly: an
answer moves it by a tenth of the difference (`REFRESH`), so that about seven answers (one or two sessions) go half
the way to a new habit, and one odd answer hardly matters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scoring.cues.catalogue import CATALOGUE, CATALOGUE_VERSION, Cue
from scoring.cues.neutral import Neutral
from scoring.cues.values import Value

CALIBRATION = 3
"""Answers that calibrate; a cue seen in fewer has no baseline yet."""

REFRESH = 0.1
"""Weight of an answer after the calibration."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Mean, spread (standard deviation between answers) and number of answers of one cue."""

    mean: float
    spread: float
    n: int

    def with_value(self, value: float) -> Usual:
        """This with one more answer (West 1979; once calibrated, with exponential weights)."""
        n = self.n + 1
        weight = 1 / n if n <= CALIBRATION else REFRESH
        step = value - self.mean
        mean = self.mean + weight * step
        if n <= CALIBRATION:
            squares = self.spread**2 * max(self.n - 1, 0) + step * (value - mean)
            variance = squares / (n - 1) if n > 1 else 0.0
        else:
            variance = (1 - weight) * (self.spread**2 + weight * step**2)
        return Usual(mean, math.sqrt(variance), n)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is usual for a person, by cue, and their face at rest. An empty one knows nothing yet."""

    cues: Mapping[Cue, Usual] = field(default_factory=dict)
    neutral: Neutral | None = None
    catalogue_version: int = CATALOGUE_VERSION

    def usual(self, code: Cue) -> Usual | None:
        """What is usual, once the calibration is over; None before."""
        usual = self.cues.get(code)
        return usual if usual is not None and usual.n >= CALIBRATION else None

    def with_answer(self, values: Mapping[Cue, Value], neutral: Neutral | None = None) -> Baseline:
        """This with one more answer: its values per answer and the face at rest in it (`Analysis.neutral`)."""
        cues = dict(self.cues)
        for code, value in values.items():
            if value.value is not None and CATALOGUE[code].kind == "continuous":
                cues[code] = cues.get(code, Usual(0.0, 0.0, 0)).with_value(value.value)
        return Baseline(cues, _blend(self.neutral, neutral), self.catalogue_version)

    def to_json(self) -> dict[str, Any]:
        """For JSON: `{"F0": {"mean": .., "spread": .., "n": ..}, ..., "neutral": {"smile": .., ...}}`."""
        stored: dict[str, Any] = {
            code.value: {"mean": usual.mean, "spread": usual.spread, "n": usual.n}
            for code, usual in self.cues.items()
        }
        if self.neutral is not None:
            stored["neutral"] = self.neutral.to_json()
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], catalogue_version: int = CATALOGUE_VERSION) -> Baseline:
        """The inverse of `to_json`. Codes that this catalogue does not know are left out.

        Raises:
            KeyError, TypeError, ValueError: the JSON is not a stored baseline.
        """
        known = {code.value for code in Cue}
        cues = {
            Cue(code): Usual(float(usual["mean"]), float(usual["spread"]), int(usual["n"]))
            for code, usual in stored.items()
            if code in known
        }
        rest = stored.get("neutral")
        neutral = Neutral.from_json(rest) if rest else None
        return cls(cues, neutral, catalogue_version)


def _blend(before: Neutral | None, now: Neutral | None) -> Neutral | None:
    if before is None or now is None:
        return now or before
    return before.blended(now, REFRESH)
