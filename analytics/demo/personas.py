"""How a simulated person behaves: usual values with their spread, slow changes, habits of practising."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from scoring.cues.catalogue import Cue

Random = np.random.Generator

# Usual value between people: mean and spread; then the spread between one person's answers.
_PEOPLE: Mapping[Cue, tuple[float, float, float]] = {
    Cue.GZ_DR: (0.62, 0.12, 0.07),
    Cue.HD_AC: (14.0, 4.0, 2.2),
    Cue.AM_CR: (0.03, 0.03, 0.02),
    Cue.HD_TH: (0.05, 0.05, 0.03),
    Cue.SDX_HD: (0.045, 0.012, 0.008),
    Cue.SDXROT_HD: (3.4, 0.9, 0.5),
    Cue.CONT_MOV: (0.42, 0.13, 0.07),
    Cue.EN_HA: (0.55, 0.2, 0.12),
    Cue.SMILE_SHARE: (0.16, 0.09, 0.06),
    Cue.LOUD: (-27.0, 3.5, 1.4),
    Cue.F0_SD: (2.5, 0.6, 0.35),
    Cue.LATENCY: (2.0, 0.7, 0.5),
    Cue.SEG_LEN: (3.6, 1.0, 0.6),
    Cue.PAUSE_LEN: (0.72, 0.15, 0.1),
    Cue.ANSWER_LEN: (62.0, 18.0, 12.0),
}
_LEAST: Mapping[Cue, float] = {Cue.LATENCY: 0.25, Cue.SEG_LEN: 0.8, Cue.PAUSE_LEN: 0.3, Cue.ANSWER_LEN: 14.0}
_SHARES = frozenset({Cue.GZ_DR, Cue.AM_CR, Cue.HD_TH, Cue.SMILE_SHARE})
# What practice may change within twelve weeks, in the unit of the cue.
_CHANGES: Mapping[Cue, float] = {
    Cue.LATENCY: -1.1,
    Cue.GZ_DR: 0.14,
    Cue.F0_SD: 0.7,
    Cue.ANSWER_LEN: 22.0,
    Cue.SEG_LEN: 1.1,
    Cue.HD_TH: -0.06,
}


@dataclass(frozen=True, slots=True)
class Persona:
    """One simulated person.

    `usual` and `spread` by cue; `change` is the difference between the first and the last of the twelve weeks;
    `pitch_hz` the usual F0. `weekly` is the chance to practise in a week; `voice_only` the chance that a session is
    without camera.
    """

    usual: Mapping[Cue, float]
    spread: Mapping[Cue, float]
    change: Mapping[Cue, float]
    pitch_hz: float
    weekly: float
    first_week: int
    last_week: int
    voice_only: float
    events_per_min: Mapping[Cue, float] = field(default_factory=dict)

    def expected(self, cue: Cue, progress: float) -> float:
        """The value to expect at `progress` of the twelve weeks, 0..1."""
        return self.usual[cue] + self.change.get(cue, 0.0) * progress


def someone(rng: Random) -> Persona:
    """A person drawn at random."""
    usual = {cue: bounded(cue, rng.normal(mean, between)) for cue, (mean, between, _) in _PEOPLE.items()}
    last = 11 if rng.random() > 0.2 else int(rng.integers(4, 9))
    return Persona(
        usual=usual,
        spread={cue: within * rng.uniform(0.8, 1.2) for cue, (_, _, within) in _PEOPLE.items()},
        change=_change(rng),
        pitch_hz=float(rng.choice([120.0, 205.0]) * rng.uniform(0.88, 1.14)),
        weekly=float(rng.beta(4, 2.2)) if rng.random() > 0.06 else 0.0,
        first_week=int(rng.choice([0, 0, 0, 1, 3])),
        last_week=last,
        voice_only=float(rng.choice([0.0, 0.05, 0.2, 1.0], p=[0.55, 0.25, 0.14, 0.06])),
        events_per_min=_rates(rng, usual[Cue.HD_TH]),
    )


def _change(rng: Random) -> dict[Cue, float]:
    """Half of the people change in one or two cues, the others in none."""
    if rng.random() < 0.5:
        return {}
    chosen = rng.choice(len(_CHANGES), size=int(rng.integers(1, 3)), replace=False)
    cues = list(_CHANGES)
    return {cues[i]: _CHANGES[cues[i]] * float(rng.uniform(0.5, 1.1)) for i in chosen}


def _rates(rng: Random, hand: float) -> dict[Cue, float]:
    return {
        Cue.NOD: float(rng.gamma(3, 1.0)),
        Cue.SHAKE: float(rng.gamma(1.5, 0.3)),
        Cue.SMILE: float(rng.gamma(3, 0.6)),
        Cue.GAZE_AWAY: float(rng.gamma(4, 1.1)),
        Cue.HAND_FACE: 20 * hand,
        Cue.ARMS_CROSSED: 0.08,
    }


def sam(rng: Random) -> Persona:
    """Sam waits less before answering and looks at the camera more than in the beginning; the rest stays as it is."""
    person = someone(rng)
    usual = {**person.usual, Cue.LATENCY: 2.9, Cue.GZ_DR: 0.54, Cue.F0_SD: 2.4, Cue.ANSWER_LEN: 58.0}
    usual |= {Cue.SMILE_SHARE: 0.14, Cue.HD_TH: 0.06, Cue.SEG_LEN: 3.4}
    spread = {cue: _PEOPLE[cue][2] for cue in _PEOPLE}
    return Persona(
        usual=usual,
        spread=spread,
        change={Cue.LATENCY: -1.6, Cue.GZ_DR: 0.16},
        pitch_hz=128.0,
        weekly=1.0,
        first_week=0,
        last_week=11,
        voice_only=0.0,
        events_per_min=_rates(rng, 0.06),
    )


def bounded(cue: Cue, value: float) -> float:
    if cue in _SHARES:
        return float(np.clip(value, 0.0, 0.97))
    return float(max(_LEAST.get(cue, value if cue is Cue.LOUD else 0.0), value))
