"""Metrics of a classifier that says high or low with a probability."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

HALF = 0.5


def accuracy(probability: Array, high: Array) -> float:
    """Share of the n samples whose side of one half is right. probability, high: (n,), high is 0 or 1."""
    return float(((probability >= HALF) == (high > HALF)).mean())


def f1(probability: Array, high: Array) -> float:
    """Harmonic mean of precision and recall of "high"; 0 where nothing is called high and rightly so."""
    said, true = probability >= HALF, high > HALF
    hits = int((said & true).sum())
    return 2 * hits / total if (total := int(said.sum() + true.sum())) else 0.0


def auroc(score: Array, high: Array) -> float:
    """Area under the ROC curve: the share of pairs (high, low) in the right order, ties a half (Mann and Whitney 1947).

    Raises:
        ValueError: there is only one class.
    """
    n_high = int((high > HALF).sum())
    n_low = len(high) - n_high
    if not n_high or not n_low:
        raise ValueError("the area under the ROC curve needs both classes")
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    above = float(ranks[high > HALF].sum()) - n_high * (n_high + 1) / 2
    return above / (n_high * n_low)


def expected_calibration_error(probability: Array, high: Array, bins: int = 15) -> float:
    """Mean distance of probability and frequency over equally wide bins (Guo et al. 2017, equation 3)."""
    place = np.minimum((probability * bins).astype(int), bins - 1)
    counts = np.bincount(place, minlength=bins)
    gaps = np.abs(np.bincount(place, probability, bins) - np.bincount(place, high, bins))
    return float(gaps[counts > 0].sum() / len(probability))


def brier(probability: Array, high: Array) -> float:
    """Mean squared distance of probability and outcome (Brier 1950)."""
    return float(((probability - high) ** 2).mean())
