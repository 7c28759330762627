"""What the ratings say, as arrays: soft labels for seconds, labels for answers, and how far the raters agree.

Teachers rate answers, not seconds, so that an answer's label goes to its seconds: a weak label, and the figures that
count are those of answers. A rating of a stretch goes to the seconds that it overlaps. Each rating counts once, spread
evenly over its seconds. One right in the middle of its scale counts half as high. Ratings of oneself are no listener's
and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.engagement.network import middle_of
from scoring.engagement.training import Rated
from scoring.interchange.layout import Moments, Rating
from scoring.interchange.reading import Dataset
from scoring.training.limits import LEAST_ANSWERS, LEAST_OF_A_SIDE, LEAST_PEOPLE
from scoring.training.watching import Watch, ignore

Array = NDArray[np.float64]
Numbers = NDArray[np.intp]


class TooLittle(Exception):
    """There is too little to train on; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is. `ratings` and `raters` are listeners'; `seconds` are those with a label."""

    people: int
    interviews: int
    answers: int
    ratings: int
    raters: int
    seconds: int


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Rated answers: for a of them `person` (a,), a place in `people`, and `high` (a,), the share of high ratings.

    `rated` holds their seconds, whose answers are `answer` (n,) from 0 to a - 1. `panel` (a, raters) is what each rater
    said of whole answers, NaN where nothing. `levels` is the ratings' number of levels, 2 where raters used several
    scales: then only the side of the middle counts.
    """

    rated: Rated
    answer: Numbers
    person: Numbers
    people: tuple[str, ...]
    high: Array
    panel: Array
    levels: int
    counts: Counts
    simulated: bool
    source: str

    @property
    def decided(self) -> NDArray[np.bool_]:
        """Which answers (a,) have a side: raters who are split evenly leave none."""
        sided: NDArray[np.bool_] = self.high != 0.5
        return sided

    def features_of(self, answer: int) -> Array:
        """The labelled seconds (s, k) of one answer; they lie together."""
        start, end = np.searchsorted(self.answer, [answer, answer + 1])
        return self.rated.features[start:end]

    def of_answers(self, wanted: NDArray[np.bool_]) -> Rated:
        """The seconds of these answers (a,)."""
        return self.rated.of(wanted[self.answer])


def gather(dataset: Dataset, watch: Watch = ignore) -> Material:
    """Read the features of every answer that a listener rated.

    Raises:
        InterchangeError: a file of features is not in the format.
        TooLittle: there are fewer people, answers or answers of a side than the limits above.
    """
    ratings = _by_answer(dataset)
    levels = _levels(dataset)
    _refuse_too_few(dataset, ratings)
    parts = []
    for number, (answer, given) in enumerate(ratings.items()):
        watch(number, len(ratings), "reading")
        parts.append(_labelled(dataset.moments(answer), given, levels))
    material = _assembled(dataset, ratings, parts, levels)
    _refuse_one_side(material)
    return material


def _by_answer(dataset: Dataset) -> dict[str, list[Rating]]:
    found: dict[str, list[Rating]] = {}
    for rating in dataset.ratings:
        if rating.kind == "teacher":
            found.setdefault(rating.answer, []).append(rating)
    return found


def _levels(dataset: Dataset) -> int:
    scales = {rating.levels for rating in dataset.ratings if rating.kind == "teacher"}
    return scales.pop() if len(scales) == 1 else 2


def highness(rating: Rating) -> float:
    """1 above the middle of its own scale (2 of 2, 4 and 5 of 5), a half right there (3 of 5), 0 below."""
    return float(np.sign(2 * rating.engagement - rating.levels - 1) + 1) / 2


def _above(rating: Rating, levels: int) -> Array:
    """Whether it lies above each level but the last (levels - 1,)."""
    if rating.levels != levels:
        return np.array([highness(rating)])
    return (rating.engagement > np.arange(1, levels)).astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """An answer's labelled seconds: features (s, k), share above each level (s, levels - 1), weight (s,)."""

    features: Array
    above: Array
    weight: Array


def _labelled(moments: Moments, given: Sequence[Rating], levels: int) -> _Part:
    weight = np.zeros(len(moments.t_s))
    above = np.zeros((len(weight), levels - 1))
    for rating in given:
        covered = _covered(moments.t_s, rating)
        share = covered / max(covered.sum(), 1)
        weight += share
        above += share[:, None] * _above(rating, levels)
    rows = weight > 0
    return _Part(moments.features[rows], above[rows] / weight[rows, None], weight[rows])


def _covered(t_s: Array, rating: Rating) -> NDArray[np.bool_]:
    if rating.start_s is None or rating.end_s is None:
        return np.ones(len(t_s), dtype=bool)
    covered: NDArray[np.bool_] = (t_s < rating.end_s) & (t_s + 1 > rating.start_s)
    return covered


def _assembled(
    dataset: Dataset, ratings: dict[str, list[Rating]], parts: list[_Part], levels: int
) -> Material:
    names = [dataset.person_of(answer) for answer in ratings]
    people, person = np.unique(names, return_inverse=True)
    answer = np.repeat(np.arange(len(parts)), [len(part.weight) for part in parts])
    above = np.concatenate([part.above for part in parts])
    whole = any(rating.start_s is None for given in ratings.values() for rating in given)
    sides = above[:, list(middle_of(levels))].mean(axis=1)
    rated = Rated(
        *(np.concatenate([part.features for part in parts]), sides, person[answer]),
        above=above,
        weight=np.concatenate([part.weight for part in parts]),
        answer=answer if whole else None,
    )
    high = np.array([np.mean([highness(rating) for rating in given]) for given in ratings.values()])
    panel = _panel(ratings, levels)
    counts = Counts(
        people=len(set(names)),
        interviews=len({dataset.answers[name].interview for name in ratings}),
        answers=len(ratings),
        ratings=sum(map(len, ratings.values())),
        raters=len({rating.rater for given in ratings.values() for rating in given}),
        seconds=len(answer),
    )
    about = dataset.about
    return Material(
        *(rated, answer, person, tuple(people.tolist()), high, panel, levels, counts),
        *(about.simulated, about.source),
    )


def _panel(ratings: dict[str, list[Rating]], levels: int) -> Array:
    raters = sorted({rating.rater for given in ratings.values() for rating in given})
    column = {rater: place for place, rater in enumerate(raters)}
    panel = np.full((len(ratings), len(raters)), np.nan)
    for row, given in enumerate(ratings.values()):
        for rating in given:
            if rating.start_s is None:
                level = rating.engagement if rating.levels == levels else 1 + highness(rating)
                panel[row, column[rating.rater]] = level
    return panel


def _refuse_too_few(dataset: Dataset, ratings: dict[str, list[Rating]]) -> None:
    people = len({dataset.person_of(answer) for answer in ratings})
    if people < LEAST_PEOPLE:
        raise TooLittle(f"Rated answers of {people} people are there; at least {LEAST_PEOPLE} are needed.")
    if len(ratings) < LEAST_ANSWERS:
        raise TooLittle(f"{len(ratings)} answers are rated; at least {LEAST_ANSWERS} are needed.")


def _refuse_one_side(material: Material) -> None:
    high = int((material.high > 0.5).sum())
    low = int((material.high < 0.5).sum())
    if min(high, low) < LEAST_OF_A_SIDE:
        raise TooLittle(
            f"Most raters call {high} answers high and {low} low; at least {LEAST_OF_A_SIDE} of each are needed."
        )
