"""Points that a teacher's own ratings come to. They are a proposal: only what the teacher confirms is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from accounts.models import User
from sessions.models import LEVELS, AnswerState, Rating, RatingKind, State
from sessions.queries import reviewed_by
from sessions.ratings.rubric import name_shown

MOST_RATINGS = 500
DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean level that the teacher gave by one criterion, over so many answers."""

    name: str
    level: float
    answers: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """`level` is the mean of the criteria's means; `points` are the same share of `most` as it is of `highest`."""

    criteria: tuple[Mean, ...]
    level: float
    points: float
    most: float
    highest: int = LEVELS


def proposal_for(*, teacher: User, student_id: UUID, assignment_id: UUID, most: float) -> Proposal | None:
    """From the teacher's own ratings by the rubric; None where there are none.

    Only answers that the teacher may rate at this moment count: a student who takes their consent back takes them back.
    """
    ratings = Rating.objects.filter(
        reviewed_by(teacher, to="answer__session__"),
        rater=teacher,
        kind=RatingKind.TEACHER,
        answer__state=AnswerState.SAVED,
        answer__session__user_id=student_id,
        answer__session__assignment_id=assignment_id,
        answer__session__state=State.DONE,
        answer__session__is_drill=False,
    )
    return proposal(ratings.order_by("made_at", "pk").values_list("criteria", flat=True)[:MOST_RATINGS], most)


def proposal(ratings: Iterable[Iterable[Mapping[str, Any]]], most: float) -> Proposal | None:
    """What the levels, each 1..LEVELS, come to out of `most`. Every criterion counts the same, however often rated."""
    levels: dict[str, list[int]] = {}
    names: dict[str, str] = {}
    for criteria in ratings:
        for one in criteria:
            levels.setdefault(one["key"], []).append(int(one["level"]))
            names[one["key"]] = one["name"]
    if not levels:
        return None
    # In fractions: what is half a point in the teacher's head is half a point here.
    means = {key: Fraction(sum(given), len(given)) for key, given in levels.items()}
    whole = sum(means.values(), Fraction(0)) / len(means)
    points = min(float(round(whole / LEVELS * Fraction(most), DECIMALS)), most)
    shown = tuple(
        Mean(name_shown(key, names[key]), float(means[key]), len(given)) for key, given in levels.items()
    )
    return Proposal(shown, float(whole), points, most)
