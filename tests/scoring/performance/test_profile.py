"""The accommodation profile: what may be asked for, and that it comes back as it was kept."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.performance.profile import (
    EVENTS_OF,
    OWN_TARGET,
    ProfileError,
    Wrong,
    checked,
    from_json,
    takes_target,
    to_json,
)

WITH_TARGET = [cue for cue in Cue if takes_target(cue)]
EVENTS = {cue for cue, spec in CATALOGUE.items() if spec.kind == "event"}


def refused(off: list[str], targets: dict[str, Any]) -> tuple[str, Wrong]:
    with pytest.raises(ProfileError) as error:
        checked(off, targets)
    return error.value.cue, error.value.wrong


def test_a_switched_off_cue_takes_its_events_with_it() -> None:
    assert checked(["GZ_DR", "HD_AC"], {}).off == {
        *(Cue.GZ_DR, Cue.GAZE_AWAY),
        *(Cue.HD_AC, Cue.NOD, Cue.SHAKE),
    }
    assert {event for events in EVENTS_OF.values() for event in events} == EVENTS


def test_an_own_target_tolerates_as_much_around_it_as_the_common_range() -> None:
    band = checked([], {"GZ_DR": {"low": 0.3, "high": 0.5}}).targets[Cue.GZ_DR]
    assert (band.low, band.high, band.basis, band.relative) == (0.3, 0.5, OWN_TARGET, False)
    assert (band.wide_low, band.wide_high) == (pytest.approx(0.15), pytest.approx(0.65))


def test_the_tolerated_range_ends_where_the_cue_does() -> None:
    band = checked([], {"GZ_DR": {"low": 0.05, "high": 0.99}}).targets[Cue.GZ_DR]
    assert (band.wide_low, band.wide_high) == (0, 1)


def test_one_end_may_be_open() -> None:
    band = checked([], {"FILLERS": {"high": 8}}).targets[Cue.FILLERS]
    assert (band.low, band.wide_low, band.high, band.wide_high) == (None, None, 8, 10)


@pytest.mark.parametrize(
    ("ends", "wrong"),
    [
        ({"low": 0.6, "high": 0.4}, Wrong.LOW_OVER_HIGH),
        ({"low": -0.1, "high": 0.4}, Wrong.OUT_OF_RANGE),
        ({"low": 0.4, "high": 40}, Wrong.OUT_OF_RANGE),
        ({"low": "0.4"}, Wrong.NOT_A_NUMBER),
        ({"low": True}, Wrong.NOT_A_NUMBER),
        ({"low": math.nan}, Wrong.NOT_A_NUMBER),
        ({"high": math.inf}, Wrong.NOT_A_NUMBER),
        ({"low": 0.4, "wide_low": 0.5}, Wrong.WIDE_INSIDE),
        ({"high": 0.4, "wide_high": 0.3}, Wrong.WIDE_INSIDE),
        ({}, Wrong.EMPTY),
        ("0.4", Wrong.EMPTY),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(ends: Any, wrong: Wrong) -> None:
    assert refused([], {"GZ_DR": ends}) == ("GZ_DR", wrong)


def test_unknown_cues_and_cues_without_a_band_are_refused() -> None:
    assert refused(["NERVES"], {}) == ("NERVES", Wrong.UNKNOWN_CUE)
    assert refused([], {"NERVES": {"low": 1}}) == ("NERVES", Wrong.UNKNOWN_CUE)
    assert refused([], {"HD_TH": {"low": 0.1}}) == ("HD_TH", Wrong.NO_TARGET)
    # A band relative to the own usual is one's own already.
    assert refused([], {"LOUD": {"low": -3, "high": 3}}) == ("LOUD", Wrong.NO_TARGET)


def test_what_a_later_version_kept_is_left_out() -> None:
    profile = from_json(["GZ_DR", "NEW"], {"NEW": {"low": 1}, "WPM": {"low": 9, "high": 1}})
    assert profile.off == {Cue.GZ_DR}
    assert not profile.targets


@given(
    st.sets(st.sampled_from(sorted(Cue))),
    st.dictionaries(st.sampled_from(WITH_TARGET), st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99))),
)
def test_what_is_kept_comes_back(off: set[str], ends: dict[str, tuple[float, float]]) -> None:
    targets = {code: {"low": min(two), "high": max(two)} for code, two in ends.items()}
    profile = checked(off, targets)
    codes, stored = json.loads(json.dumps(to_json(profile)))
    assert from_json(codes, stored) == profile
    assert checked(codes, stored) == profile
