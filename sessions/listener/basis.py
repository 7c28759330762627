"""What the accommodation profile had to do with a rating or an advice: kept with it, so that a change is noticed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.engagement.features import CODES
from scoring.performance.index import Profile


def left_out(profile: Profile) -> dict[str, Any]:
    """For an estimated rating: {"off": codes of the features that were left out}."""
    return {"off": [code.value for code in CODES if code in profile.off]}


def bounds(profile: Profile) -> dict[str, Any]:
    """For advice: the same, and {"targets": {code: [low, high]}} of the features with an own target."""
    targets = {code.value: profile.targets[code] for code in CODES if code in profile.targets}
    return {**left_out(profile), "targets": {code: [band.low, band.high] for code, band in targets.items()}}


def holds(details: Mapping[str, Any], profile: Profile) -> bool:
    """Whether a stored rating or advice was made by the profile of today, as far as that concerns it."""
    now = bounds(profile)
    return all(details.get(name, now[name]) == now[name] for name in ("off", "targets"))
