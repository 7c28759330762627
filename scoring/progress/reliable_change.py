"""Reliable change: do two sessions differ by more than error, and by more than mere repetition brings?

The reliable change index of Jacobson & Truax (1991), with an error for each of the two measurements (Iverson 2001) and
without the gain that everybody has from taking part a second time (Chelune et al. 1993).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Z = 1.96
"""Two-sided 95 %."""


@dataclass(frozen=True, slots=True)
class Index:
    """`value` is in standard errors of the difference; `gain` is what is left of it without practice."""

    value: float
    gain: float
    limit: float

    @property
    def is_reliable(self) -> bool:
        """Beyond 1.96: in 1 of 20 people without any change it is so, too."""
        return abs(self.value) > Z


def index(
    before: float, after: float, error_before: float, error_after: float, *, practice: float = 0.0
) -> Index | None:
    """The index of two measurements with their standard errors; `practice` is the mean gain of repetition alone.

    None where neither has an error: then nobody knows what varies anyway.
    """
    error = math.hypot(error_before, error_after)
    if not error > 0:
        return None
    gain = after - before - practice
    return Index(gain / error, gain, Z * error)
