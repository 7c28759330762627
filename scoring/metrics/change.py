"""Is a difference between two measurements a change, or no more than what varies anyway?

The reliable change of Jacobson & Truax (1991): a difference is called a change beyond 1.96 standard errors of the
difference. The error of one answer is the larger of two figures, because each misses something:

- *within the answer*: the standard error of the mean of its windows. Windows that follow each other are alike, so n of
  them count as n / tau independent ones, tau by the initial positive sequence (Geyer 1992) over the pairs of windows
  that both have a value (Parzen 1963), and never under the windows' own overlap. The error is widened by Student's t
  for how few independent windows there are. Batch means were tried on series with a known error: they say "change"
  half as often again where there is none.
- *between answers*: how much this person's answers vary, from the baseline where it is known. It holds what a single
  answer cannot show, such as another question or another day.

Without either, nothing is claimed (`Verdict.UNKNOWN`). Two minutes of windows of the same habit are called a change
in about 1 of 20 pairs, and in 1 of 10 where tau is ten seconds (tests/scoring/metrics/test_change.py measures it).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Z = 1.96
"""Two-sided 95 % of the normal distribution."""
FEWEST = 3.0
"""Independent windows below which an answer says nothing about its own error."""


class Verdict(StrEnum):
    UP = "up"
    DOWN = "down"
    NONE = "none"
    """No difference that is larger than what varies anyway."""
    UNKNOWN = "unknown"
    """Nobody knows how much it varies."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A value with its standard error in the same unit; None where the error is not known."""

    value: float
    error: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """`difference` is after less before; beyond `limit` (None: not known) it is a change."""

    verdict: Verdict
    difference: float
    limit: float | None


def change(before: Measured, after: Measured) -> Change:
    """Compare two measurements of the same cue. At the limit itself it is no change."""
    difference = after.value - before.value
    if before.error is None or after.error is None:
        return Change(Verdict.UNKNOWN, difference, None)
    limit = Z * math.hypot(before.error, after.error)
    if abs(difference) <= limit:
        return Change(Verdict.NONE, difference, limit)
    return Change(Verdict.UP if difference > 0 else Verdict.DOWN, difference, limit)


def error_of(windows: Array, *, overlap: float = 1.0, spread: float | None = None) -> float | None:
    """Standard error of one answer's value from its `windows` (n,) in order of time, NaN where absent.

    `overlap` is how many windows share one moment of signal, `spread` the standard deviation between the person's
    answers. None where neither says anything.
    """
    within = error_within(windows, overlap=overlap)
    known = [error for error in (within, spread) if error is not None]
    return max(known) if known else None


def error_within(windows: Array, *, overlap: float = 1.0) -> float | None:
    """The part of `error_of` that the answer itself shows; None with under `FEWEST` independent windows."""
    seen = np.isfinite(windows)
    n = int(seen.sum())
    if n / max(1.0, overlap) < FEWEST:
        return None
    deviations = np.where(seen, windows - windows[seen].mean(), 0.0)
    covariance = _autocovariance(deviations) / n
    if covariance[0] <= 0:
        return 0.0
    tau = max(1.0, overlap, _autocorrelation_time(covariance))
    if n / tau < FEWEST:
        return None
    # The mean was fitted to the same windows, so the variance is too small by tau of n.
    return _widening(n / tau - 1) * math.sqrt(covariance[0] * tau / (n - tau))


def mean_of(values: Array, *, spread: float | None) -> Measured | None:
    """The mean of several answers (n,), NaN where absent, with the spread over the root of n; None without any."""
    seen = values[np.isfinite(values)]
    if not len(seen):
        return None
    error = None if spread is None else spread / math.sqrt(len(seen))
    return Measured(float(seen.mean()), error)


def _autocovariance(deviations: Array) -> Array:
    """Sums of products at each lag (n,), by the Fourier transform padded against wrapping round."""
    n = len(deviations)
    size = 1 << (2 * n - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(deviations, size)) ** 2
    return np.fft.irfft(spectrum, size)[:n]


def _autocorrelation_time(covariance: Array) -> float:
    """1 + 2 * sum of the autocorrelations: sums of pairs of lags while they are positive, never rising (Geyer 1992)."""
    lags = 2 * (len(covariance) // 2)
    pairs = covariance[:lags:2] + covariance[1:lags:2]
    negative = np.flatnonzero(pairs <= 0)
    positive = pairs[: negative[0]] if len(negative) else pairs
    return float(2 * np.minimum.accumulate(positive).sum() / covariance[0] - 1) if len(positive) else 0.0


def _widening(freedom: float) -> float:
    """Student's t over the normal quantile at 97.5 %, by Cornish and Fisher's first two terms (Hill 1970)."""
    square = Z * Z
    first = (square + 1) / (4 * freedom)
    return 1 + first + (5 * square * square + 16 * square + 3) / (96 * freedom * freedom)
