"""The accommodation profile: what a learner does not want to be measured against, and targets of their own.

Kept as a list of cue codes and {code: {"low", "high", "wide_low", "wide_high"}}; this module reads, checks and writes
that. A switched-off cue takes the events of the same behaviour with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from scoring.cues.catalogue import CATALOGUE, Band, Cue
from scoring.performance.index import Profile

EVENTS_OF: Mapping[Cue, tuple[Cue, ...]] = MappingProxyType(
    {
        Cue.GZ_DR: (Cue.GAZE_AWAY,),
        Cue.SMILE_SHARE: (Cue.SMILE,),
        Cue.HD_AC: (Cue.NOD, Cue.SHAKE),
        Cue.HD_TH: (Cue.HAND_FACE,),
        Cue.AM_CR: (Cue.ARMS_CROSSED,),
        Cue.CONT_MOV: (Cue.LEAN_IN, Cue.LEAN_OUT),
    }
)
"""The events that show the same behaviour as a cue."""

OWN_TARGET = "own target"
"""The `basis` of a band that the learner set."""

ENDS = ("low", "high", "wide_low", "wide_high")


class Wrong(StrEnum):
    """What is wrong with a profile. The words for it belong to the pages."""

    UNKNOWN_CUE = "unknown_cue"
    NO_TARGET = "no_target"
    """The cue has no band, so there is nothing that an own target could take the place of."""
    NOT_A_NUMBER = "not_a_number"
    EMPTY = "empty"
    OUT_OF_RANGE = "out_of_range"
    LOW_OVER_HIGH = "low_over_high"
    WIDE_INSIDE = "wide_inside"
    """The tolerated range ends within the target."""


class ProfileError(ValueError):
    """`cue` is the code as it was given, `wrong` says what is wrong with it."""

    def __init__(self, cue: str, wrong: Wrong) -> None:
        super().__init__(f"{cue}: {wrong}")
        self.cue = cue
        self.wrong = wrong


def takes_target(cue: Cue) -> bool:
    """Whether a cue has a band in its own unit, which an own target can replace."""
    band = CATALOGUE[cue].band
    return band is not None and not band.relative


def checked(off: Iterable[str], targets: Mapping[str, Mapping[str, Any]]) -> Profile:
    """A profile from what was asked for; the events of switched-off cues are added.

    A target without tolerated ends tolerates as much around it as the catalogue's band does.

    Raises:
        ProfileError: an unknown cue, a target where there is no band, ends that are no numbers, lie outside of what the
            cue can be, or stand in the wrong order.
    """
    named = frozenset(_cue(code) for code in off)
    events = frozenset(event for cue in named for event in EVENTS_OF.get(cue, ()))
    return Profile(named | events, {_cue(code): _target(code, ends) for code, ends in targets.items()})


def from_json(off: Iterable[str], targets: Mapping[str, Mapping[str, Any]]) -> Profile:
    """A stored profile. Codes and targets that this version does not understand are left out."""
    known = {code.value for code in Cue}
    found: dict[Cue, Band] = {}
    for code, ends in targets.items():
        try:
            found[Cue(code)] = _target(code, ends)
        except (ProfileError, ValueError):
            continue
    return Profile(frozenset(Cue(code) for code in off if code in known), found)


def to_json(profile: Profile) -> tuple[list[str], dict[str, dict[str, float | None]]]:
    """`off` and `targets` as they are stored, in the catalogue's order."""
    targets = {
        cue.value: {end: getattr(profile.targets[cue], end) for end in ENDS}
        for cue in CATALOGUE
        if cue in profile.targets
    }
    return [cue.value for cue in CATALOGUE if cue in profile.off], targets


def _cue(code: str) -> Cue:
    try:
        return Cue(code)
    except ValueError:
        raise ProfileError(code, Wrong.UNKNOWN_CUE) from None


def _target(code: str, ends: Mapping[str, Any]) -> Band:
    cue = _cue(code)
    usual = CATALOGUE[cue].band
    if usual is None or usual.relative:
        raise ProfileError(code, Wrong.NO_TARGET)
    low, high = _end(code, ends, "low"), _end(code, ends, "high")
    if low is None and high is None:
        raise ProfileError(code, Wrong.EMPTY)
    wide_low, wide_high = _end(code, ends, "wide_low"), _end(code, ends, "wide_high")
    if wide_low is None and low is not None:
        wide_low = _within(cue, low - _room(low, usual.low, usual.wide_low))
    if wide_high is None and high is not None:
        wide_high = _within(cue, high + _room(high, usual.high, usual.wide_high))
    band = Band(low, high, wide_low, wide_high, OWN_TARGET)
    _check(code, CATALOGUE[cue].low, CATALOGUE[cue].high, band)
    return band


def _end(code: str, ends: Mapping[str, Any], name: str) -> float | None:
    end = ends.get(name) if isinstance(ends, Mapping) else None
    if end is None:
        return None
    if isinstance(end, bool) or not isinstance(end, int | float) or not math.isfinite(end):
        raise ProfileError(code, Wrong.NOT_A_NUMBER)
    return float(end)


def _room(edge: float, usual: float | None, wide: float | None) -> float:
    """How far beyond its edge the catalogue's band still tolerates a value; half the edge where it does not say."""
    return abs(usual - wide) if usual is not None and wide is not None else abs(edge) / 2


def _within(cue: Cue, value: float) -> float:
    least, most = CATALOGUE[cue].low, CATALOGUE[cue].high
    value = value if least is None else max(least, value)
    return value if most is None else min(most, value)


def _check(code: str, least: float | None, most: float | None, band: Band) -> None:
    ends = [end for end in (band.low, band.high, band.wide_low, band.wide_high) if end is not None]
    if any((least is not None and end < least) or (most is not None and end > most) for end in ends):
        raise ProfileError(code, Wrong.OUT_OF_RANGE)
    if band.low is not None and band.high is not None and band.low > band.high:
        raise ProfileError(code, Wrong.LOW_OVER_HIGH)
    below = band.low is not None and band.wide_low is not None and band.wide_low > band.low
    above = band.high is not None and band.wide_high is not None and band.wide_high < band.high
    if below or above:
        raise ProfileError(code, Wrong.WIDE_INSIDE)
