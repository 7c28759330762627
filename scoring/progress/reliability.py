"""How far one session's figure can be trusted, from the person's own repeated answers.

A session holds several answers, so how much a figure varies without any change is seen within sessions. One-way random
effects (Shrout & Fleiss 1979, ICC(1, k)), with sessions of different length by the average length of Searle (1971).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FEWEST = 3
"""Degrees of freedom within sessions below which nothing is said."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """`within` and `between` are variances of single answers and of sessions, in the cue's unit squared."""

    within: float
    between: float
    sessions: int
    answers: int
    freedom: int

    def of_mean(self, answers: float) -> float:
        """The share of the variance of a session's mean of so many answers that is the session's, 0 to 1."""
        if self.between <= 0:
            return 0.0
        return self.between / (self.between + self.within / answers)

    def error(self, answers: float) -> float:
        """Standard error of measurement of a session's mean of so many answers."""
        return math.sqrt(self.within / answers)


def reliability(sessions: Sequence[Array]) -> Reliability | None:
    """From the answers (n,) of each session, NaN where absent; None with too few that stand beside another.

    What grows from session to session counts as between them, so `of_mean` is high for somebody who changes; the error
    is not touched by that.
    """
    kept = [one[np.isfinite(one)] for one in sessions]
    kept = [one for one in kept if len(one)]
    counts = np.array([len(one) for one in kept], dtype=float)
    freedom = int(counts.sum()) - len(kept)
    if len(kept) < 2 or freedom < FEWEST:
        return None
    means = np.array([one.mean() for one in kept])
    within = sum(float(((one - one.mean()) ** 2).sum()) for one in kept) / freedom
    grand = float((counts * means).sum() / counts.sum())
    among = float((counts * (means - grand) ** 2).sum()) / (len(kept) - 1)
    typical = (counts.sum() - (counts**2).sum() / counts.sum()) / (len(kept) - 1)
    between = max(0.0, (among - within) / float(typical))
    return Reliability(within, between, len(kept), int(counts.sum()), freedom)


def error_of(spread: float, reliable: float) -> float:
    """Standard error of measurement from a standard deviation and a reliability of 0 to 1 (Lord & Novick 1968, 3.7)."""
    if not 0 <= reliable <= 1:
        raise ValueError("a reliability lies between 0 and 1")
    return spread * math.sqrt(1 - reliable)
