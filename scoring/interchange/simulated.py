"""A folder of simulated people: for tests, demonstrations, and to see what a training makes of how many ratings.

Listeners rate whole answers. What shows in an answer is the mean of its seconds, brought back to variance 1, so that
the raters agree as scoring/simulation/CARD.md says: one against the rest about r = .50.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scoring.cues.catalogue import Cue
from scoring.interchange.layout import About, Answer, Interview, Moments, Rating
from scoring.interchange.writing import Writer
from scoring.simulation import behaviour, raters
from scoring.simulation.behaviour import CODES, PERSON_VARIANCE, Array
from scoring.simulation.dataset import VERSION
from scoring.simulation.people import MEMORY_S, Persona, Spell, averaged, variance_of_mean

Taste = Literal["same", "calm"]

SECONDS = 30
ANSWERS_EACH = 5
CUTS = (-2.0, -0.7, 0.7, 2.0)
"""Between the levels 1 to 5, in the ratings' units; about a third of the ratings is a 3."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of what. `taste` "calm": these listeners weigh behaviour otherwise than the default model learnt."""

    answers: int = 300
    raters: int = 3
    seed: int = 0
    levels: Literal[2, 5] = 5
    taste: Taste = "same"


def write(folder: Path, plan: Plan) -> None:
    """Write the folder, which must be empty or missing. Raises InterchangeError, or ValueError for fewer than 1."""
    if min(plan.answers, plan.raters) < 1:
        raise ValueError("at least one answer and one rater are needed")
    rng = np.random.default_rng(plan.seed)
    panel = raters.Panel(rng, plan.raters)
    source = f"simulated people (simulator {VERSION}, seed {plan.seed}, listeners: {plan.taste})"
    with Writer(folder, About(source, simulated=True)) as out:
        for number in range(plan.answers):
            person, position = divmod(number, ANSWERS_EACH)
            if position == 0:
                persona = Persona(rng)
                out.interview(Interview(f"i{person:05}", f"p{person:05}", "simulated", "en"))
            spell = persona.answer(SECONDS)
            name = f"a{number:06}"
            moments = Moments(np.arange(SECONDS, dtype=np.float64), spell.features)
            out.answer(Answer(name, f"i{person:05}", position + 1, float(SECONDS)), moments)
            said = panel.rate(raters.quality(_shown(spell, plan.taste), rng))[0]
            for rater, level in enumerate(_levels(said, plan.levels)):
                out.rating(Rating(name, f"r{rater:02}", int(level), plan.levels))


def _shown(spell: Spell, taste: Taste) -> Array:
    """What the listeners go by in the answer (1,): mean 0 and variance 1 over all people."""
    engagement = spell.engagement.mean(keepdims=True) / sqrt(variance_of_mean(SECONDS))
    return engagement if taste == "same" else calm(spell)


CALM = {
    Cue.EN_HA: -1.0,
    Cue.CONT_MOV: -1.0,
    Cue.HD_AC: -0.7,
    Cue.SDXROT_HD: -0.7,
    Cue.GZ_DR: 0.7,
    Cue.VAL_F: 0.4,
}
"""How much listeners who like calm people go by what: own choice, so that there is something else to learn."""


def calm(spell: Spell) -> Array:
    """How calm the answer looks (1,), mean 0 and variance 1 over all people but for what engagement adds."""
    weights = np.array([CALM.get(code, 0.0) for code in CODES])
    of_people = weights @ behaviour.correlation() @ weights * PERSON_VARIANCE
    of_moments = (
        weights @ behaviour.correlation() @ weights * (1 - PERSON_VARIANCE) * averaged(MEMORY_S, SECONDS)
    )
    of_engagement = (weights @ behaviour.linear()) ** 2 * variance_of_mean(SECONDS)
    looks: Array = (spell.hidden @ weights).mean(keepdims=True)
    return looks / sqrt(of_people + of_moments + of_engagement)


def _levels(said: Array, levels: int) -> NDArray[np.intp]:
    """The levels from 1 (raters,) of what the raters say (raters,); with two of them, above 0 is high."""
    return np.searchsorted((0.0,) if levels == 2 else CUTS, said) + 1
