"""Where a cue should go in a drill: by the advice, else by what the question expects, else by the band."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.cues.bands import band_of
from scoring.cues.baseline import Usual
from scoring.cues.catalogue import CATALOGUE, Band, Cue
from scoring.performance.expectation import Direction, Expectation
from scoring.performance.index import Profile


@dataclass(frozen=True, slots=True)
class Aim:
    """`direction` is up, down or empty (where it is, it may stay); from `low` to `high` it is there, None is open."""

    direction: str = ""
    low: float | None = None
    high: float | None = None

    def to_json(self) -> dict[str, Any]:
        fields = {"direction": self.direction or None, "low": self.low, "high": self.high}
        return {name: value for name, value in fields.items() if value is not None}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Aim:
        return cls(str(stored.get("direction", "")), stored.get("low"), stored.get("high"))


NO_AIM = Aim()


def aim_of(
    cue: Cue,
    value: float | None,
    *,
    change: Mapping[str, Any] | None,
    expected: Expectation | None,
    usual: Usual | None,
    profile: Profile,
    language: str,
) -> Aim:
    """The first of: the advised change (`Advice.changes`), the expectation, the own target or the band."""
    if change is not None:
        return _towards(str(change["direction"]), float(change["after"]))
    if expected is not None and expected.direction is not Direction.BAND and usual is not None:
        return _towards(expected.direction.value, usual.mean)
    band = profile.targets.get(cue) or (expected.band if expected else None) or band_of(cue, language)
    if band is not None and (not band.relative or usual is not None):
        return _into(band, value, usual.mean if band.relative and usual else 0.0)
    lower = CATALOGUE[cue].direction == "lower"
    return Aim("down") if lower else NO_AIM


def _towards(direction: str, place: float) -> Aim:
    return Aim(direction, low=place) if direction == "up" else Aim(direction, high=place)


def _into(band: Band, value: float | None, zero: float) -> Aim:
    low = None if band.low is None else band.low + zero
    high = None if band.high is None else band.high + zero
    if value is not None and low is not None and value < low:
        return Aim("up", low, high)
    if value is not None and high is not None and value > high:
        return Aim("down", low, high)
    return Aim("", low, high)
