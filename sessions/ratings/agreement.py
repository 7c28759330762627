"""How far teachers agree: intraclass correlation and weighted kappa, for engagement and for each criterion.

Over answers that two or more teachers rated. The arithmetic is in `scoring.metrics.agreement`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from scoring.metrics.agreement import Array, Reliability, icc_one_way, icc_two_way, mean_weighted_kappa
from sessions.models import LEVELS, Rating

ENGAGEMENT = "engagement"
"""Stands where a criterion's key stands. No criterion has it: keys of criteria are made by us."""
LEAST = 10
"""Over fewer answers rated by two, an agreement says more about these answers than about the raters."""
TOO_FEW, NO_SPREAD = "too_few", "no_spread"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one criterion. `answers` were rated by two or more of `raters` teachers.

    `icc` allows other raters for every answer (one-way); `icc_same` is there where all raters rated all these answers
    (two-way, absolute agreement). `kappa` has quadratic weights, the mean over pairs. Exactly one of `icc` and
    `missing` is set; `kappa` may be None where `icc` is not: when a pair says always one and the same level.
    """

    key: str
    name: str
    answers: int
    raters: int
    icc: Reliability | None = None
    icc_same: Reliability | None = None
    kappa: float | None = None
    missing: str = ""


def agreements(ratings: Iterable[Rating]) -> list[Agreement]:
    """Engagement first, then each criterion that was rated, in the order of the newest rating that has it.

    `ratings`: of teachers, the newest first: a criterion is called as it was called last.
    """
    found, names = _levels(ratings)
    return [_agreement(key, names[key], levels) for key, levels in found.items()]


Levels = Mapping[tuple[UUID, UUID], int]
"""Level by answer and rater."""


def _levels(ratings: Iterable[Rating]) -> tuple[dict[str, Levels], dict[str, str]]:
    found: dict[str, dict[tuple[UUID, UUID], int]] = {ENGAGEMENT: {}}
    names = {ENGAGEMENT: ""}
    for rating in ratings:
        if rating.rater_id is None:
            continue
        for key, name, level in _said(rating):
            names.setdefault(key, name)
            found.setdefault(key, {})[rating.answer_id, rating.rater_id] = level
    return dict(found), names


def _said(rating: Rating) -> Iterator[tuple[str, str, int]]:
    if rating.engagement is not None:
        yield ENGAGEMENT, "", rating.engagement
    for one in rating.criteria:
        yield str(one["key"]), str(one["name"]), int(one["level"])


def _agreement(key: str, name: str, levels: Levels) -> Agreement:
    ratings = table(levels)
    answers, raters = ratings.shape
    if answers < LEAST:
        return Agreement(key, name, answers, raters, missing=TOO_FEW)
    icc = icc_one_way(ratings)
    if icc is None:
        return Agreement(key, name, answers, raters, missing=NO_SPREAD)
    same = icc_two_way(ratings) if np.isfinite(ratings).all() else None
    return Agreement(key, name, answers, raters, icc, same, mean_weighted_kappa(ratings - 1, LEVELS))


def table(levels: Levels) -> Array:
    """Answers by raters (n, k), NaN where somebody did not rate; only answers that two or more rated."""
    counts: dict[UUID, int] = {}
    for answer, _rater in levels:
        counts[answer] = counts.get(answer, 0) + 1
    answers = {answer: row for row, answer in enumerate(sorted(key for key, n in counts.items() if n >= 2))}
    raters = sorted({rater for answer, rater in levels if answer in answers})
    columns = {rater: column for column, rater in enumerate(raters)}
    filled = np.full((len(answers), len(raters)), np.nan)
    for (answer, rater), level in levels.items():
        if answer in answers:
            filled[answers[answer], columns[rater]] = level
    return filled
