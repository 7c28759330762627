"""What is neutral for a person: learnt from what is seen most, so that a cue can be relative to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any


class RunningQuantile:
    """A quantile of a stream, followed without storing it (Robbins and Monro 1951).

    The step shrinks as 1/sqrt(n), from `step` down to `step` / 20, so that it keeps following slowly.
    """

    def __init__(self, share: float, start: float, step: float, n: int = 0) -> None:
        self._share, self._step = share, step
        self.value, self.n = start, n

    def take(self, x: float) -> None:
        if isnan(x):
            return
        self.n += 1
        step = self._step / min(self.n**0.5, 20.0)
        self.value += step * (self._share if x > self.value else self._share - 1.0)


@dataclass(frozen=True, slots=True)
class Neutral:
    """A person's face at rest: `smile` as `face.Face.smile`, `eyes_open` as `face.Face.open`.

    `corners`, `cheeks` and `brows` as the columns of `face.Face.features`, in centimetres of the canonical face; None
    where a neutral was stored before they were measured.
    """

    smile: float
    eyes_open: float
    corners: float | None = None
    cheeks: float | None = None
    brows: float | None = None

    @property
    def features(self) -> tuple[float, float, float] | None:
        """Corners, cheeks and brows, where all are known."""
        if self.corners is None or self.cheeks is None or self.brows is None:
            return None
        return self.corners, self.cheeks, self.brows

    def blended(self, now: Neutral, weight: float) -> Neutral:
        """This moved by `weight` (0..1) of the way to `now`; what only one of the two knows is taken from it."""
        before, after = asdict(self), asdict(now)
        blended: dict[str, Any] = {name: _between(before[name], after[name], weight) for name in before}
        return Neutral(**blended)

    def to_json(self) -> dict[str, float]:
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Neutral:
        """The inverse of `to_json`, also of what was stored with fewer fields.

        Raises:
            KeyError, TypeError, ValueError: the JSON is not a stored neutral.
        """
        later = {name: float(stored[name]) for name in ("corners", "cheeks", "brows") if name in stored}
        return cls(float(stored["smile"]), float(stored["eyes_open"]), **later)


def _between(before: float | None, now: float | None, weight: float) -> float | None:
    if before is None or now is None:
        return now if before is None else before
    return before + weight * (now - before)


AVERAGE = Neutral(smile=0.0, eyes_open=0.32, corners=-2.65, cheeks=-4.05, brows=2.5)
"""The face at rest of the people on whom the numbers were read off; a person's own stays near it."""
