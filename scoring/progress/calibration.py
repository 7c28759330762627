"""How well somebody judges their own answers: their own ratings beside others' of the same answers.

The concordance correlation of Lin (1989) is 1 only where both say the same; it falls with scatter and with a shift
alike. `bias` says which way one judges oneself, and how sure that is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.progress.student import quantile

Array = NDArray[np.float64]

FEWEST = 5
"""Answers that both have rated."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """`bias` is own less others' in levels, with its 95 % interval; `off` the mean distance; `concordance` -1 to 1.

    `concordance` is None where neither ever says anything else.
    """

    answers: int
    bias: float
    low: float
    high: float
    off: float
    concordance: float | None

    @property
    def too_kind(self) -> bool | None:
        """Whether somebody rates themselves higher than others do; None where that is not sure."""
        return None if self.low <= 0 <= self.high else self.bias > 0


def calibration(own: Array, others: Array) -> Calibration | None:
    """From own ratings (n,) and the mean of others' (n,), NaN where absent; None with fewer than five of both."""
    there = np.isfinite(own) & np.isfinite(others)
    mine, theirs = own[there], others[there]
    n = len(mine)
    if n < FEWEST:
        return None
    apart = mine - theirs
    bias = float(apart.mean())
    half = quantile(0.975, n - 1) * float(apart.std(ddof=1)) / math.sqrt(n)
    off = float(np.abs(apart).mean())
    return Calibration(n, bias, bias - half, bias + half, off, concordance(mine, theirs))


def concordance(one: Array, other: Array) -> float | None:
    """Lin (1989), equation 2, with the variances of the sample itself (ddof 0) as there."""
    both = float(((one - one.mean()) * (other - other.mean())).mean())
    apart = float(one.var() + other.var() + (one.mean() - other.mean()) ** 2)
    return 2 * both / apart if apart > 0 else None
