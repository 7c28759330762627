"""Bayesian knowledge tracing: how likely it is that a skill is there, after each time that it could be shown.

Corbett & Anderson (1995), equations 1 to 3. It is an estimate, and shown as one: somebody who has a skill slips, and
somebody who has not succeeds by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Skill:
    """Probabilities: that it is there before the first time, that one time teaches it, of a chance success, of a slip.

    Raises ValueError where a success would speak against the skill (guess + slip of 1 or more; Beck & Chang 2007 show
    that such settings fit data as well, and mean nothing).
    """

    prior: float = 0.3
    learn: float = 0.1
    guess: float = 0.25
    slip: float = 0.1

    def __post_init__(self) -> None:
        if not all(0 <= p <= 1 for p in (self.prior, self.learn, self.guess, self.slip)):
            raise ValueError("probabilities lie between 0 and 1")
        if self.guess + self.slip >= 1:
            raise ValueError("guess and slip together must stay below 1")


def trace(shown: NDArray[np.bool_], skill: Skill | None = None) -> NDArray[np.float64]:
    """P(the skill is there) after each of the times (n,) that it was shown or not."""
    skill = skill or Skill()
    known, found = skill.prior, []
    for success in shown:
        seen = _given(known, bool(success), skill)
        known = seen + (1 - seen) * skill.learn
        found.append(known)
    return np.array(found, dtype=float)


def next_success(known: float, skill: Skill | None = None) -> float:
    """P(it is shown the next time)."""
    skill = skill or Skill()
    return known * (1 - skill.slip) + (1 - known) * skill.guess


def _given(known: float, success: bool, skill: Skill) -> float:
    there, not_there = (1 - skill.slip, skill.guess) if success else (skill.slip, 1 - skill.guess)
    total = known * there + (1 - known) * not_there
    return known * there / total if total > 0 else known
