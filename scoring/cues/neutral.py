"""What is neutral for a person: learnt from what is seen most, so that a cue can be relative to it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan


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
    """A person's face at rest: `smile` as `face.Face.smile`, `eyes_open` as `face.Face.open`."""

    smile: float
    eyes_open: float


AVERAGE = Neutral(smile=0.0, eyes_open=0.32)
"""The face at rest of the people on whom the numbers were read off; a person's own stays near it."""
