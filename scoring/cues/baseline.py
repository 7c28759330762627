"""A person's own baseline: what is usual for them (TARDIS, section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scoring.cues.catalogue import Cue


@dataclass(frozen=True, slots=True)
class Usual:
    """Mean, spread (standard deviation) and number of answers of one cue."""

    mean: float
    spread: float
    n: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is usual for a person, by cue."""

    cues: Mapping[Cue, Usual] = field(default_factory=dict)
