"""Where a value lies: against the person's own baseline first, against the band second (TARDIS, section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scoring.cues.baseline import Baseline, Usual
from scoring.cues.catalogue import BANDS_IN, CATALOGUE, Band, Cue, CueSpec
from scoring.cues.values import Value

PEAK = 1.5
"""Spreads from the own mean at which a value is a peak."""

LEAST_SPREAD: dict[Cue, float] = {
    Cue.GZ_DR: 0.08,
    Cue.LOUD: 1.5,
    Cue.ENERGY: 1.5,
    Cue.F0: 5.0,
    Cue.F0_ST: 0.5,
    Cue.F0_SD: 0.4,
    Cue.F0_RANGE: 1.2,
    Cue.JITTER: 0.3,
    Cue.SHIMMER: 0.15,
    Cue.HNR: 1.5,
    Cue.BREAKS: 0.03,
    Cue.SYLL_RATE: 0.3,
    Cue.ARTIC: 0.3,
    Cue.LATENCY: 0.3,
    Cue.HD_AC: 2.0,
    Cue.VAL_F: 0.08,
    Cue.SMILE_SHARE: 0.05,
    Cue.SDX_HD: 0.02,
    Cue.SDXROT_HD: 1.0,
    Cue.AM_CR: 0.05,
    Cue.HD_TH: 0.05,
    Cue.DIST_LW: 0.1,
    Cue.DIST_RW: 0.1,
    Cue.FO_LW: 0.1,
    Cue.FO_RW: 0.1,
    Cue.XROT_LE: 10.0,
    Cue.XROT_RE: 10.0,
    Cue.YROT_LE: 15.0,
    Cue.YROT_RE: 15.0,
    Cue.CONT_MOV: 0.1,
    Cue.EN_HA: 0.1,
    Cue.ANSWER_LEN: 5.0,
}
"""The measurement's own error: three answers that happen to be alike do not make the fourth a peak."""

LEAST_RELATIVE_SPREAD = 0.1
"""The same for other cues, as a share of the mean."""


class Own(StrEnum):
    """Against the own baseline."""

    UNKNOWN = "unknown"
    BELOW = "below"
    USUAL = "usual"
    ABOVE = "above"


class Zone(StrEnum):
    """Against the band. NEAR is outside the band but still tolerated."""

    NONE = "none"
    FAR_BELOW = "far_below"
    NEAR_BELOW = "near_below"
    WITHIN = "within"
    NEAR_ABOVE = "near_above"
    FAR_ABOVE = "far_above"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where a value lies. `distance` is in own spreads, signed; None without a baseline. No pass, no fail."""

    own: Own
    distance: float | None
    zone: Zone


NOTHING = Judgement(Own.UNKNOWN, None, Zone.NONE)


def band_of(code: Cue, language: str) -> Band | None:
    """The catalogue's band of a cue for answers in a language (`de`, `en-GB`); None: there is none."""
    spoken = language.lower().replace("_", "-").split("-")[0]
    return BANDS_IN.get((code, spoken), CATALOGUE[code].band)


def judge(
    value: Value,
    baseline: Baseline | None,
    spec: CueSpec,
    band: Band | None = None,
    *,
    language: str = "en",
) -> Judgement:
    """Judge a value against the baseline and the band: the catalogue's for the language, or `band` (of a question, ..).

    An absent value is not judged.
    """
    if value.value is None:
        return NOTHING
    usual = baseline.usual(spec.code) if baseline else None
    distance = None if usual is None else (value.value - usual.mean) / spread_of(spec.code, usual)
    return Judgement(_own(distance), distance, _zone(value.value, band or _usual_band(spec, language), usual))


def _usual_band(spec: CueSpec, language: str) -> Band | None:
    catalogued = CATALOGUE[spec.code].band
    # A specification with a band of its own has it in every language.
    return band_of(spec.code, language) if spec.band == catalogued else spec.band


def spread_of(code: Cue, usual: Usual) -> float:
    """How far a person's answers vary anyway: their own spread, at least the measurement's error."""
    least = LEAST_SPREAD.get(code, LEAST_RELATIVE_SPREAD * abs(usual.mean))
    return max(usual.spread, least, 1e-9)


def _own(distance: float | None) -> Own:
    if distance is None:
        return Own.UNKNOWN
    if abs(distance) < PEAK:
        return Own.USUAL
    return Own.ABOVE if distance > 0 else Own.BELOW


def _zone(value: float, band: Band | None, usual: Usual | None) -> Zone:
    if band is None or (band.relative and usual is None):
        return Zone.NONE
    if band.relative and usual is not None:
        value -= usual.mean
    if band.low is not None and value < band.low:
        return Zone.FAR_BELOW if band.wide_low is None or value < band.wide_low else Zone.NEAR_BELOW
    if band.high is not None and value > band.high:
        return Zone.FAR_ABOVE if band.wide_high is None or value >= band.wide_high else Zone.NEAR_ABOVE
    return Zone.WITHIN
