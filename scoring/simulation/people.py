"""Who answers: a persona with own ways, engagement that comes and goes, a camera and a microphone with faults."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.cues.catalogue import Cue
from scoring.simulation import behaviour
from scoring.simulation.behaviour import CODES, PERSON_VARIANCE, Array

EPISODE = 0.6
"""Engagement is a high or a low episode (plus or minus this) and what varies around it."""

EPISODE_S = 12.0
"""Mean length of an episode in seconds."""

PERSON_SHARE, ANSWER_SHARE = 0.15, 0.25
"""Of what varies around the episodes, what belongs to the person and to the answer; the rest moves."""

MEMORY_S = 4.0
"""Time constant of what moves from second to second, of engagement and of behaviour."""

_ARMS = (Cue.AM_CR, Cue.EN_HA, Cue.YROT_LE, Cue.YROT_RE, Cue.XROT_LE, Cue.XROT_RE)
_HIPS = (Cue.DIST_LW, Cue.DIST_RW, Cue.FO_LW, Cue.FO_RW)
_FACE = (Cue.VAL_F, Cue.GZ_DR, Cue.HD_AC, Cue.HD_TH, Cue.SDXROT_HD)
_BODY = (Cue.SDX_HD, Cue.CONT_MOV, *_ARMS, *_HIPS)


@dataclass(frozen=True, slots=True)
class Fault:
    """Features that a fault takes away: how likely for a whole session, and for a stretch of an answer."""

    name: str
    cues: tuple[Cue, ...]
    whole: float
    stretch: float


FAULTS: tuple[Fault, ...] = (
    Fault("hips out of the picture", _HIPS, 0.55, 0.0),
    Fault("hands and elbows out of the picture", (*_ARMS, *_HIPS), 0.25, 0.05),
    Fault("no body found", _BODY, 0.03, 0.02),
    Fault("no face found: turned away, dark, too small", _FACE, 0.02, 0.06),
    Fault("noise over the voice", (Cue.TN_HD,), 0.05, 0.03),
)
"""Independent of engagement: nobody's camera is worse because they are bored."""


@dataclass(frozen=True, slots=True, eq=False)
class Spell:
    """One answer, a row for each second: engagement (s,), features (s, 18) with NaN where a fault took them.

    `hidden` (s, 18) are the features' hidden variables, faults or not: what somebody in the same room sees.
    """

    engagement: Array
    features: Array
    hidden: Array


class Persona:
    """One simulated person in one session of answers."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._spread = np.linalg.cholesky(behaviour.correlation())
        self._ways = np.sqrt(PERSON_VARIANCE) * (self._spread @ rng.standard_normal(len(CODES)))
        self._drive = np.sqrt(PERSON_SHARE) * rng.standard_normal()
        self._missing = np.zeros(len(CODES), dtype=bool)
        for fault in FAULTS:
            if rng.random() < fault.whole:
                self._missing |= _places(fault)

    def answer(self, seconds: int) -> Spell:
        """One answer of so many seconds."""
        engagement = self._engagement(seconds)
        moments = np.sqrt(1 - PERSON_VARIANCE) * self._wander(seconds, len(CODES)) @ self._spread.T
        hidden = self._ways + behaviour.mean_given(engagement) + behaviour.spread_given(engagement) * moments
        features = behaviour.to_features(hidden)
        features[self._gaps(seconds)] = np.nan
        return Spell(engagement, features, hidden)

    def _engagement(self, seconds: int) -> Array:
        """Mean 0 and variance 1 over all people: a two-state chain of episodes, the person, the answer, the moment."""
        high = self._rng.random() < 0.5
        turns = self._rng.random(seconds) < 1 / EPISODE_S
        episode = np.where((np.cumsum(turns) + high) % 2, EPISODE, -EPISODE)
        answer = np.sqrt(ANSWER_SHARE) * self._rng.standard_normal()
        moving = np.sqrt(1 - PERSON_SHARE - ANSWER_SHARE) * self._wander(seconds, 1)[:, 0]
        engagement: Array = episode + np.sqrt(1 - EPISODE**2) * (self._drive + answer + moving)
        return engagement

    def _wander(self, seconds: int, columns: int) -> Array:
        """Standard normal at every second, with a memory (a first-order autoregressive process)."""
        keep = np.exp(-1 / MEMORY_S)
        steps = self._rng.standard_normal((seconds, columns))
        path = np.empty_like(steps)
        path[0] = steps[0]
        for t in range(1, seconds):
            path[t] = keep * path[t - 1] + np.sqrt(1 - keep**2) * steps[t]
        return path

    def _gaps(self, seconds: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
        gaps = np.tile(self._missing, (seconds, 1))
        for fault in FAULTS:
            if self._rng.random() < fault.stretch:
                start, end = np.sort(self._rng.integers(0, seconds + 1, 2))
                gaps[start:end] |= _places(fault)
        return gaps


def variance_of_mean(seconds: int) -> float:
    """Of the engagement of a whole answer of so many seconds: episodes and what moves average out."""
    steady = PERSON_SHARE + ANSWER_SHARE
    around = steady + (1 - steady) * averaged(MEMORY_S, seconds)
    # A chain that turns with probability p remembers as much as a time constant of -1 / log(1 - 2p).
    episodes = averaged(-1 / np.log(1 - 2 / EPISODE_S), seconds)
    return EPISODE**2 * episodes + (1 - EPISODE**2) * around


def averaged(memory: float, n: int) -> float:
    """Variance of the mean of n seconds of something of variance 1 with this time constant in seconds."""
    lags = np.arange(1, n)
    return float(n + 2 * ((n - lags) * np.exp(-lags / memory)).sum()) / n**2


def _places(fault: Fault) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([code in fault.cues for code in CODES])
