"""Is a difference a change? Only beyond what one's own answers vary anyway (principle 13).

The first sessions are compared with the latest. The yardstick is the spread of the person's answers within sessions,
pooled over all sessions: a difference is called a change when it is larger than that spread and larger than 1.96
standard errors of the difference (the reliable change of Jacobson & Truax 1991, with the spread between answers in
the place of the instrument's error).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scoring.cues.catalogue import CATALOGUE, Cue

SIDES = 3
"""How many sessions stand on each side of the comparison, where there are enough."""
FEWEST = 4
"""With fewer sessions nothing is compared."""


@dataclass(frozen=True, slots=True)
class Point:
    """A cue in one session: the mean over `n` answers and their variance (None with a single answer)."""

    at: datetime
    scenario: str
    mean: float
    variance: float | None
    n: int
    simulated: bool = False
    language: str = "en"
    session_id: UUID | None = None
    disputed: bool = False
    """The person disputes the cue in an answer of that session."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """First sessions against the latest: means, the yardstick, and whether the difference exceeds it."""

    before: float
    after: float
    yardstick: float
    sessions: int

    @property
    def is_change(self) -> bool:
        return abs(self.after - self.before) > self.yardstick


def of_one_language(cue: Cue, points: Sequence[Point]) -> tuple[Point, ...]:
    """Of a cue of words only the points in the latest one's language (oldest first): words differ in length."""
    if CATALOGUE[cue].group != "words":
        return tuple(points)
    return tuple(point for point in points if point.language == points[-1].language)


def compare(points: Sequence[Point]) -> Comparison | None:
    """Compare the first with the latest sessions, oldest first; None when there is too little to compare."""
    spread = pooled_spread(points)
    if len(points) < FEWEST or spread is None:
        return None
    side = min(SIDES, len(points) // 2)
    first, last = points[:side], points[-side:]
    answers = 1 / sum(p.n for p in first) + 1 / sum(p.n for p in last)
    yardstick = max(spread, 1.96 * spread * math.sqrt(answers))
    return Comparison(_mean(first), _mean(last), yardstick, len(points))


def _mean(points: Sequence[Point]) -> float:
    return sum(p.mean * p.n for p in points) / sum(p.n for p in points)


def pooled_spread(points: Sequence[Point]) -> float | None:
    """Standard deviation between answers of one session, pooled; None where no session has two answers."""
    known = [(p.variance, p.n - 1) for p in points if p.variance is not None and p.n > 1]
    freedom = sum(n for _, n in known)
    return math.sqrt(sum(variance * n for variance, n in known) / freedom) if freedom else None
