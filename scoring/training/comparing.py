"""Two models on the same held-out answers: figures of each, and whether one is better beyond chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.metrics import binary

Array = NDArray[np.float64]
Numbers = NDArray[np.intp]

RESAMPLES = 1000
CONFIDENCE = 0.95
IN_A_BIN, MOST_BINS = 40, 15
"""Few answers in many bins would measure chance, not calibration."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of probabilities against the raters: accuracy, F1 and AUROC against the side that most of them take, calibration
    error and Brier score against the share of them that says high."""

    accuracy: float
    f1: float
    auroc: float
    ece: float
    brier: float

    @classmethod
    def of(cls, probability: Array, high: Array) -> Figures:
        """probability (n,), high (n,): the share of ratings above the middle; where it is a half there is no side.

        Raises:
            ValueError: all sides are the same.
        """
        decided = high != 0.5
        said, true = probability[decided], (high[decided] > 0.5).astype(np.float64)
        bins = int(np.clip(len(high) // IN_A_BIN, 2, MOST_BINS))
        return cls(
            accuracy=binary.accuracy(said, true),
            f1=binary.f1(said, true),
            auroc=binary.auroc(said, true),
            ece=binary.expected_calibration_error(probability, high, bins),
            brier=binary.brier(probability, high),
        )


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate, and where it would lie with other people like these in `CONFIDENCE` of cases."""

    value: float
    low: float
    high: float


def auroc_difference(one: Array, other: Array, high: Array, person: Numbers, seed: int) -> Interval:
    """AUROC of probabilities `one` less that of `other` on the same answers (n,), all decided.

    The interval is the percentile bootstrap over people, not answers: answers of one person are no independent
    observations (Field and Welsh 2007; the pairing as in DeLong et al. 1988).
    """

    def difference(rows: Numbers) -> float:
        return binary.auroc(one[rows], high[rows]) - binary.auroc(other[rows], high[rows])

    found = over_people(difference, person, seed)
    low, top = np.quantile(found, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(difference(np.arange(len(high))), float(low), float(top))


def over_people(figure: Callable[[Numbers], float], person: Numbers, seed: int) -> Array:
    """The figure of the rows of people drawn with replacement, `RESAMPLES` times; draws of one class do not count.

    Raises:
        ValueError: there was no draw with both classes.
    """
    rng = np.random.default_rng(seed)
    rows_of = [np.flatnonzero(person == who) for who in np.unique(person)]
    found = []
    for _ in range(RESAMPLES):
        drawn = np.concatenate([rows_of[who] for who in rng.integers(0, len(rows_of), len(rows_of))])
        try:
            found.append(figure(drawn))
        except ValueError:
            continue
    if not found:
        raise ValueError("no draw of people has answers of both sides")
    return np.array(found)


def is_better(difference: Interval, new: Figures, incumbent: Figures) -> bool:
    """The rule by which a new model may replace the one in use.

    It puts held-out answers in a better order, beyond the chance of who was rated: the whole interval of the paired
    difference lies above 0, so that a model that is no better passes once in forty times. And its probabilities, which
    learners see, are no further from the raters: the Brier score is no higher.
    """
    return difference.low > 0 and new.brier <= incumbent.brier
