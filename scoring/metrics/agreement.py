"""How far raters agree, in plain NumPy. Ratings are (n, k): answers by raters, NaN where somebody did not rate."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reliability:
    """Intraclass correlations: `single` of one rater, `mean` of `raters` of them averaged; of `answers` answers."""

    single: float
    mean: float
    raters: float
    answers: int


def icc_one_way(ratings: Array) -> Reliability | None:
    """ICC(1,1) and ICC(1,k): every answer may have other raters, and another number of them (Shrout and Fleiss 1979).

    With unequal numbers, k is the one that makes the expected mean squares right (Searle 1971). None when fewer than
    two answers have two ratings, or nothing varies.
    """
    rated = ratings[np.isfinite(ratings).sum(axis=1) >= 2]
    n = len(rated)
    if n < 2:
        return None
    counts = np.isfinite(rated).sum(axis=1)
    total, means = int(counts.sum()), np.nanmean(rated, axis=1)
    between = float((counts * (means - np.nansum(rated) / total) ** 2).sum()) / (n - 1)
    within = float(np.nansum((rated - means[:, None]) ** 2)) / (total - n)
    k = (total - float((counts**2).sum()) / total) / (n - 1)
    return _reliability(between - within, between + (k - 1) * within, between, k, n)


def icc_two_way(ratings: Array) -> Reliability | None:
    """ICC(2,1) and ICC(2,k), absolute agreement: everywhere the same raters, a sample of many (Shrout and Fleiss 1979).

    Answers that somebody did not rate are left out. None when fewer than two answers or raters are left.
    """
    rated = ratings[np.isfinite(ratings).all(axis=1)]
    n, k = rated.shape
    if n < 2 or k < 2:
        return None
    grand = rated.mean()
    answers = k * float(((rated.mean(axis=1) - grand) ** 2).sum()) / (n - 1)
    raters = n * float(((rated.mean(axis=0) - grand) ** 2).sum()) / (k - 1)
    rest = rated - rated.mean(axis=1, keepdims=True) - rated.mean(axis=0) + grand
    error = float((rest**2).sum()) / ((n - 1) * (k - 1))
    bias = k * (raters - error) / n
    single = _ratio(answers - error, answers + (k - 1) * error + bias)
    mean = _ratio(answers - error, answers + (raters - error) / n)
    return None if single is None or mean is None else Reliability(single, mean, float(k), n)


def _reliability(over: float, under: float, between: float, k: float, n: int) -> Reliability | None:
    single, mean = _ratio(over, under), _ratio(over, between)
    return None if single is None or mean is None else Reliability(single, mean, k, n)


def _ratio(over: float, under: float) -> float | None:
    return over / under if under > 0 else None


def weighted_kappa(one: Array, other: Array, levels: int) -> float | None:
    """Cohen's kappa (1968) with quadratic weights of two raters' levels 0..levels-1 (n,); NaN is left out.

    None when nothing was rated by both, or when both always say the same one level.

    Raises:
        ValueError: a rating is no level.
    """
    both = np.isfinite(one) & np.isfinite(other)
    a, b = one[both].astype(int), other[both].astype(int)
    if not len(a):
        return None
    if min(a.min(), b.min()) < 0 or max(a.max(), b.max()) >= levels:
        raise ValueError(f"ratings lie in 0..{levels - 1}")
    seen = np.zeros((levels, levels))
    np.add.at(seen, (a, b), 1.0)
    expected = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / len(a)
    distance = (np.arange(levels)[:, None] - np.arange(levels)) ** 2
    chance = float((distance * expected).sum())
    return 1 - float((distance * seen).sum()) / chance if chance > 0 else None


def mean_weighted_kappa(ratings: Array, levels: int) -> float | None:
    """The mean of all pairs of raters, weighted by what both rated (Light 1971); None without a pair."""
    kappas, counts = [], []
    for one, other in combinations(range(ratings.shape[1]), 2):
        kappa = weighted_kappa(ratings[:, one], ratings[:, other], levels)
        if kappa is not None:
            kappas.append(kappa)
            counts.append(int(np.isfinite(ratings[:, [one, other]]).all(axis=1).sum()))
    return float(np.average(kappas, weights=counts)) if kappas else None


def one_against_rest(ratings: Array) -> float | None:
    """Mean correlation of each rater with the mean of the others; None where nobody can be correlated."""
    found = []
    for rater in range(ratings.shape[1]):
        others = np.delete(ratings, rater, axis=1)
        rows = np.isfinite(ratings[:, rater]) & np.isfinite(others).any(axis=1)
        x, y = ratings[rows, rater], np.nanmean(others[rows], axis=1) if rows.any() else np.empty(0)
        if len(x) > 2 and x.std() > 0 and y.std() > 0:
            found.append(float(np.corrcoef(x, y)[0, 1]))
    return float(np.mean(found)) if found else None
