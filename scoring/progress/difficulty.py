"""What a harder question costs, so that sessions with other questions can be compared.

Value = person + question + rest. The questions' effects are shrunk towards none by how much is known of each (empirical
Bayes, Efron & Morris 1975): a question that two people answered says little about itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]

_ROUNDS = 200
_STILL = 1e-10


@dataclass(frozen=True, slots=True)
class Effects:
    """`of` (q,): what each question adds to a value, 0 on average over the answers; `shrunk_by` answers of nothing."""

    of: Array
    shrunk_by: float


def effects(people: Numbers, questions: Numbers, values: Array) -> Effects:
    """From answers (n,): who gave them (0..p-1), to which question (0..q-1), and the value, NaN where absent.

    Raises ValueError for arrays of different length. Without an answer, or without any difference between questions
    beyond chance, all effects are 0.
    """
    if not len(people) == len(questions) == len(values):
        raise ValueError("one person and one question for each value")
    count = int(questions.max()) + 1 if len(questions) else 0
    there = np.isfinite(values)
    who, which, y = people[there], questions[there], values[there]
    if not len(y):
        return Effects(np.zeros(count), np.inf)
    shrunk_by = _shrinkage(who, which, y, count)
    return Effects(_fitted(who, which, y, count, shrunk_by), shrunk_by)


def adjusted(values: Array, questions: Numbers, found: Effects) -> Array:
    """Values (n,) as if every question had been of the usual difficulty."""
    return values - found.of[questions]


def _fitted(who: Numbers, which: Numbers, y: Array, count: int, shrunk_by: float) -> Array:
    """People and questions in turns, until nothing moves (Gauss-Seidel on the normal equations)."""
    if not np.isfinite(shrunk_by):
        return np.zeros(count)
    answers = np.bincount(which, minlength=count)
    found = np.zeros(count)
    for _ in range(_ROUNDS):
        person = _means(who, y - found[which])
        sums = np.bincount(which, weights=y - person[who], minlength=count)
        new = np.divide(sums, answers + shrunk_by, out=np.zeros(count), where=answers + shrunk_by > 0)
        new -= float(new[which].mean())
        moved, found = float(np.abs(new - found).max()), new
        if moved <= _STILL * max(1.0, float(np.abs(y).max())):
            break
    return found


def _shrinkage(who: Numbers, which: Numbers, y: Array, count: int) -> float:
    """Variance of the rest over that between questions, by moments; infinite where questions do not differ."""
    person = _means(who, y)
    left = y - person[who]
    answers = np.bincount(which, minlength=count).astype(float)
    seen = answers > 0
    means = np.bincount(which, weights=left, minlength=count)[seen] / answers[seen]
    freedom = len(y) - int(seen.sum()) - (len(np.unique(who)) - 1)
    if freedom < 1 or seen.sum() < 2:
        return np.inf
    rest = float((left**2).sum() - (answers[seen] * means**2).sum()) / freedom
    among = float((answers[seen] * means**2).sum()) / (int(seen.sum()) - 1)
    typical = (answers.sum() - (answers**2).sum() / answers.sum()) / (int(seen.sum()) - 1)
    between = (among - rest) / typical
    if between <= 0:
        return np.inf
    return float(max(0.0, rest) / between)


def _means(groups: Numbers, values: Array) -> Array:
    counts = np.bincount(groups)
    return np.divide(np.bincount(groups, weights=values), counts, out=np.zeros(len(counts)), where=counts > 0)
