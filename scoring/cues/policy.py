"""Which hint is shown while somebody answers: at most one in 20 s, and silence when all is well.

Rhema (Tanveer et al. 2015) found sparse feedback to beat continuous feedback. A hint needs its cue to be out of
its dead band for some seconds; after it was given, the cue has to come back well inside before the same hint is
given again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import Band, Cue
from scoring.cues.values import Value

NO_TARGETS: Mapping[Cue, Band] = MappingProxyType({})
REST_MS = 20_000.0
"""Time between two hints, whichever they are."""


class HintCode(StrEnum):
    """The hints there are."""

    LOOK_UP = "LOOK_UP"
    HANDS_DOWN = "HANDS_DOWN"
    SIT_STILL = "SIT_STILL"
    LOUDER = "LOUDER"
    SOFTER = "SOFTER"
    VARY_PITCH = "VARY_PITCH"


HINTS: Mapping[HintCode, str] = {
    HintCode.LOOK_UP: "Look up",
    HintCode.HANDS_DOWN: "Hands down",
    HintCode.SIT_STILL: "Settle back",
    HintCode.LOUDER: "A little louder",
    HintCode.SOFTER: "A little softer",
    HintCode.VARY_PITCH: "Vary your voice",
}
"""The words of each hint, in English: to be translated where they are shown."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """A hint is due when its cue has been at `enter` or beyond for `hold_ms`; armed again when it is back at `leave`.

    Both are distances in the direction that the hint is against; `measure` gives None where nothing can be said.
    """

    code: HintCode
    cue: Cue
    enter: float
    leave: float
    hold_ms: float
    measure: Callable[[float, Baseline | None], float | None]


def _above_own(cue: Cue, sign: float) -> Callable[[float, Baseline | None], float | None]:
    def measure(value: float, baseline: Baseline | None) -> float | None:
        usual = baseline.usual(cue) if baseline else None
        return None if usual is None else sign * (value - usual.mean)

    return measure


def _times_own(cue: Cue) -> Callable[[float, Baseline | None], float | None]:
    def measure(value: float, baseline: Baseline | None) -> float | None:
        usual = baseline.usual(cue) if baseline else None
        return None if usual is None or usual.mean <= 0 else value / usual.mean

    return measure


_RULES: tuple[_Rule, ...] = (
    _Rule(HintCode.LOOK_UP, Cue.GZ_DR, 0.75, 0.4, 5_000, lambda value, _: 1 - value),
    _Rule(HintCode.HANDS_DOWN, Cue.HD_TH, 0.6, 0.1, 3_000, lambda value, _: value),
    _Rule(HintCode.LOUDER, Cue.LOUD, 6.0, 3.0, 4_000, _above_own(Cue.LOUD, -1.0)),
    _Rule(HintCode.SOFTER, Cue.LOUD, 9.0, 5.0, 4_000, _above_own(Cue.LOUD, 1.0)),
    _Rule(HintCode.SIT_STILL, Cue.CONT_MOV, 3.0, 1.5, 6_000, _times_own(Cue.CONT_MOV)),
    _Rule(HintCode.VARY_PITCH, Cue.F0_SD, -1.2, -1.8, 12_000, lambda value, _: -value),
)
"""In order of importance: of two hints that are due, the first is given."""


@dataclass(slots=True)
class _State:
    armed: bool = True
    beyond_since_ms: float | None = None


class HintPolicy:
    """Decides, about once a second, whether to show a hint. One instance for one session; times never go back.

    An accommodation profile leaves out the cues in `off`, and a value within one of its own `targets` is well.
    """

    def __init__(
        self,
        baseline: Baseline | None = None,
        off: frozenset[Cue] = frozenset(),
        targets: Mapping[Cue, Band] = NO_TARGETS,
    ) -> None:
        self._baseline = baseline
        self._targets = targets
        self._rules = tuple(rule for rule in _RULES if rule.cue not in off)
        self._states = {rule.code: _State() for rule in self._rules}
        self._last_ms: float | None = None

    def decide(self, values: Mapping[Cue, Value], now_ms: float) -> HintCode | None:
        """The hint to show now, or None. An absent cue asks for nothing and starts its time anew."""
        due = [rule.code for rule in self._rules if self._due(rule, values.get(rule.cue), now_ms)]
        resting = self._last_ms is not None and now_ms - self._last_ms < REST_MS
        if not due or resting:
            return None
        self._last_ms = now_ms
        self._states[due[0]].armed = False
        return due[0]

    def _due(self, rule: _Rule, value: Value | None, now_ms: float) -> bool:
        state = self._states[rule.code]
        number = value.value if value is not None else None
        distance = self._distance(rule, number)
        if distance is None or distance < rule.enter:
            state.beyond_since_ms = None
            state.armed = state.armed or (distance is not None and distance <= rule.leave)
            return False
        if state.beyond_since_ms is None:
            state.beyond_since_ms = now_ms
        return state.armed and now_ms - state.beyond_since_ms >= rule.hold_ms

    def _distance(self, rule: _Rule, number: float | None) -> float | None:
        target = self._targets.get(rule.cue)
        if number is not None and target is not None and _lies_in(number, target):
            return -math.inf
        return rule.measure(number, self._baseline) if number is not None else None


def _lies_in(number: float, target: Band) -> bool:
    above = target.low is None or number >= target.low
    return above and (target.high is None or number <= target.high)
