"""What listeners say: several raters with a bias and noise of their own, who agree as real ones do.

A rating is quality + bias + noise, with variance 1 of the quality between moments and 2 of the noise. One rater against
the mean of seven others then correlates by .51, and the mean of eight has a reliability of .80 (Spearman-Brown). The
quality itself is only partly engagement as it shows: `SHOWN` of its variance; the rest is what was said and how, which
no feature holds.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

import numpy as np

from scoring.simulation.behaviour import Array

RATERS = 8
NOISE_VARIANCE = 2.0
SHOWN = 0.8
BIAS = 0.5
"""Standard deviation of the raters' biases. The biases of a panel add up to 0: it rates half of all moments high."""


def quality(engagement: Array, rng: np.random.Generator) -> Array:
    """What a perfect listener would say (n,), mean 0 and variance 1."""
    rest: Array = rng.standard_normal(len(engagement))
    return sqrt(SHOWN) * engagement + sqrt(1 - SHOWN) * rest


def ratings(of: Array, rng: np.random.Generator, raters: int = RATERS) -> Array:
    """What each of the raters says (n, raters) of quality (n,); above 0 is high."""
    return Panel(rng, raters).rate(of)


class Panel:
    """Raters who keep their biases from one answer to the next."""

    def __init__(self, rng: np.random.Generator, raters: int = RATERS) -> None:
        self._rng = rng
        bias = BIAS * rng.standard_normal(raters)
        self._bias: Array = bias - bias.mean()

    def rate(self, of: Array) -> Array:
        """What each says (n, raters) of quality (n,)."""
        noise = self._rng.standard_normal((len(of), len(self._bias)))
        said: Array = of[:, None] + self._bias + sqrt(NOISE_VARIANCE) * noise
        return said


def high(given: Array) -> Array:
    """The label (n,): 1.0 where the mean of the ratings (n, raters) is high."""
    label: Array = (given.mean(axis=1) > 0).astype(np.float64)
    return label


def probability_of_high(engagement: Array) -> Array:
    """P(label is high) at engagement (n,)."""
    spread = sqrt(1 - SHOWN + NOISE_VARIANCE / RATERS)
    cdf = NormalDist(0.0, spread).cdf
    return np.array([cdf(sqrt(SHOWN) * e) for e in engagement.tolist()])
