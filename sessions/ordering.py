"""The order in which a scenario's questions are asked. Pure: the same seed gives the same order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

from sessions.models import OrderRule, QuestionType


class Orderable(Protocol):
    position: int
    difficulty: int
    type: str


Item = TypeVar("Item", bound=Orderable)


def ordered(questions: Sequence[Item], *, rule: str, seed: str) -> list[Item]:
    """The questions in the order of `rule`, shuffled by `seed` where the rule leaves it open."""
    written = sorted(questions, key=lambda question: question.position)
    shuffled = written.copy()
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - variety, not secrecy
    if rule == OrderRule.OPENING_THEN_ANY and len(written) > 2:
        ends = (written[0], written[-1])
        return [ends[0], *(item for item in shuffled if item not in ends), ends[1]]
    if rule == OrderRule.EASY_TO_HARD:
        return sorted(shuffled, key=_ease)
    return written


def _ease(question: Orderable) -> tuple[int, int]:
    """An interview opens with its opening and closes with its closing, however hard they are."""
    place = {QuestionType.OPENING.value: 0, QuestionType.CLOSING.value: 2}.get(question.type, 1)
    return place, question.difficulty
