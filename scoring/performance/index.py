"""Pd in [-1, 1]: a weighted sum of the differences between expected and shown cues (TARDIS, section 5).

A term compares first with the person's own usual: only a peak, a value further away than their answers vary anyway,
counts. It then compares with the band: 1 inside it, falling to -1 where even the tolerated range ends. Both are
added and kept within [-1, 1], so that coming nearer to what is expected never lowers a term. Before the third answer
there is no own usual, and the band alone speaks. Every term is kept, to be shown; what has no value, or is switched
off by the learner, leaves the sum, and the weights of the others take its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scoring.cues.bands import PEAK, spread_of
from scoring.cues.baseline import Baseline, Usual
from scoring.cues.catalogue import CATALOGUE, Band, Cue
from scoring.cues.values import Value
from scoring.performance.expectation import Direction, Expectation

FULL_PEAK = 2 * PEAK
"""Own spreads from which a peak counts in full."""

TREND = 0.5
"""What a band counts for where a direction is expected: being in it is well, but more or less was asked for."""

LEAST_WEIGHT = 0.5
"""Share of the expected weight below which Pd is absent."""

LEAST_TERMS = 2
"""Terms below which Pd is absent: one cue is not a performance."""


class Missing(StrEnum):
    """Why a term, or Pd itself, is missing. The words for it belong to the pages."""

    NO_SIGNAL = "no_signal"
    SWITCHED_OFF = "switched_off"
    CALIBRATING = "calibrating"
    NOTHING_EXPECTED = "nothing_expected"


@dataclass(frozen=True, slots=True)
class Profile:
    """What the learner asked for: cues that are left out everywhere, and own targets in the bands' place."""

    off: frozenset[Cue] = frozenset()
    targets: Mapping[Cue, Band] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Term:
    """One cue's part. `score` is in [-1, 1], `weight` its share of all weights, `contribution` their product.

    `own` is the part from the person's own usual, `band` that from the band; None where there is none.
    """

    cue: Cue
    direction: Direction
    value: float
    weight: float
    score: float
    own: float | None
    band: float | None

    @property
    def contribution(self) -> float:
        return self.weight * self.score


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An expected cue that is not in the sum."""

    cue: Cue
    why: Missing


@dataclass(frozen=True, slots=True)
class Performance:
    """Pd with its terms, the largest contribution first. Exactly one of `value` and `missing` is set."""

    value: float | None
    missing: Missing | None
    terms: tuple[Term, ...]
    left_out: tuple[LeftOut, ...]


BandOf = Callable[[Cue], Band | None]
NO_PROFILE = Profile()


def performance(
    values: Mapping[Cue, Value],
    expected: Iterable[Expectation],
    *,
    baseline: Baseline | None,
    profile: Profile = NO_PROFILE,
    band_of: BandOf = lambda cue: CATALOGUE[cue].band,
) -> Performance:
    """Pd of one answer: its values, what its question expects, and the baseline as it was before this answer.

    `band_of` gives the band of a cue where neither the question nor the profile names one (it may depend on the
    language).
    """
    expected = tuple(expected)
    found: list[tuple[Expectation, Term]] = []
    left_out: list[LeftOut] = []
    for one in expected:
        term = _term(one, values.get(one.cue), baseline, profile, band_of)
        if isinstance(term, Missing):
            left_out.append(LeftOut(one.cue, term))
        else:
            found.append((one, term))
    total, present = sum(one.weight for one in expected), sum(one.weight for one, _ in found)
    terms = [_weighed(term, one.weight / present) for one, term in found]
    ordered = tuple(sorted(terms, key=lambda term: -abs(term.contribution)))
    if not expected:
        return Performance(None, Missing.NOTHING_EXPECTED, (), ())
    if len(found) < LEAST_TERMS or present < LEAST_WEIGHT * total:
        return Performance(None, _commonest(left_out), ordered, tuple(left_out))
    pd = sum(term.contribution for term in ordered)
    return Performance(min(1.0, max(-1.0, pd)), None, ordered, tuple(left_out))


def _term(
    one: Expectation, value: Value | None, baseline: Baseline | None, profile: Profile, band_of: BandOf
) -> Term | Missing:
    if one.cue in profile.off:
        return Missing.SWITCHED_OFF
    if value is None or value.value is None:
        return Missing.NO_SIGNAL
    usual = baseline.usual(one.cue) if baseline else None
    band = profile.targets.get(one.cue) or one.band or band_of(one.cue)
    if band is not None and band.relative:
        band = None if usual is None else _absolute(band, usual)
    own = None if usual is None else own_score(one, value.value, usual, band)
    by_band = None if band is None else band_score(value.value, band, one.direction)
    if own is None and by_band is None:
        return Missing.CALIBRATING
    score = min(1.0, max(-1.0, (own or 0.0) + (by_band or 0.0)))
    return Term(one.cue, one.direction, value.value, 0.0, score, own, by_band)


def _weighed(term: Term, weight: float) -> Term:
    return Term(term.cue, term.direction, term.value, weight, term.score, term.own, term.band)


def _commonest(left_out: list[LeftOut]) -> Missing:
    counts = Counter(one.why for one in left_out)
    return counts.most_common(1)[0][0] if counts else Missing.NOTHING_EXPECTED


def own_score(one: Expectation, value: float, usual: Usual, band: Band | None) -> float:
    """How far a peak above or below the own usual goes in the expected direction, -1..1; 0 for what is usual.

    In a band, the expected direction is towards it: a peak that brings the value nearer is positive.
    """
    spread = spread_of(one.cue, usual)
    if one.direction is Direction.BAND:
        if band is None:
            return 0.0
        return peak((_outside(usual.mean, band) - _outside(value, band)) / spread)
    distance = (value - usual.mean) / spread
    return peak(distance if one.direction is Direction.UP else -distance)


def peak(distance: float) -> float:
    """A distance in own spreads as -1..1: nothing up to `PEAK`, everything from `FULL_PEAK` on."""
    size = min(1.0, max(0.0, (abs(distance) - PEAK) / (FULL_PEAK - PEAK)))
    return size if distance > 0 else -size


def band_score(value: float, band: Band, direction: Direction) -> float:
    """1 in the band, falling to -1 where the tolerated range ends; half of that where a direction is expected.

    Then, too, only the side that the direction is against counts: more than the band is no fault where more is asked.
    """
    if direction is not Direction.DOWN and band.low is not None and value < band.low:
        score = _falling(band.low - value, band.low, band.wide_low)
    elif direction is not Direction.UP and band.high is not None and value > band.high:
        score = _falling(value - band.high, band.high, band.wide_high)
    else:
        score = 1.0
    return score if direction is Direction.BAND else TREND * score


def _falling(beyond: float, edge: float, wide: float | None) -> float:
    """From 1 at the edge to -1 at the end of what is tolerated; a missing end counts as half the edge away."""
    room = abs(edge - wide) if wide is not None else abs(edge) / 2
    return max(-1.0, 1.0 - 2.0 * beyond / room) if room > 0 else -1.0


def _outside(value: float, band: Band) -> float:
    below = 0.0 if band.low is None else max(0.0, band.low - value)
    above = 0.0 if band.high is None else max(0.0, value - band.high)
    return below + above


def _absolute(band: Band, usual: Usual) -> Band:
    """A band that is relative to the own usual, in the cue's own unit."""

    def shift(end: float | None) -> float | None:
        return None if end is None else end + usual.mean

    return Band(
        shift(band.low), shift(band.high), shift(band.wide_low), shift(band.wide_high), basis=band.basis
    )
