"""Simulated people and their ratings as arrays, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.simulation import raters
from scoring.simulation.behaviour import Array
from scoring.simulation.people import Persona

VERSION = 1
"""Of the simulator: goes up when the same seed gives other people."""


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """`n` rated seconds. features (n, 18), NaN absent; ratings (n, 8), high above 0; person, answer (n,): numbers.

    engagement (n,) is the truth behind it, which no model may see.
    """

    features: Array
    ratings: Array
    engagement: Array
    person: NDArray[np.intp]
    answer: NDArray[np.intp]

    @property
    def high(self) -> Array:
        """The label (n,): 1.0 where the mean rating is high."""
        return raters.high(self.ratings)

    def of_people(self, wanted: NDArray[np.intp]) -> Dataset:
        """The part that belongs to these people."""
        rows = np.isin(self.person, wanted)
        return Dataset(
            *(self.features[rows], self.ratings[rows], self.engagement[rows]),
            *(self.person[rows], self.answer[rows]),
        )


def simulate(*, seed: int, people: int, answers: int = 5, seconds: int = 30) -> Dataset:
    """So many people with so many answers of so many seconds each, every second rated by the panel."""
    rng = np.random.default_rng(seed)
    spells = [
        persona.answer(seconds) for persona in (Persona(rng) for _ in range(people)) for _ in range(answers)
    ]
    engagement = np.concatenate([spell.engagement for spell in spells])
    return Dataset(
        features=np.concatenate([spell.features for spell in spells]),
        ratings=raters.ratings(raters.quality(engagement, rng), rng),
        engagement=engagement,
        person=np.repeat(np.arange(people), answers * seconds),
        answer=np.repeat(np.arange(people * answers), seconds),
    )
