"""The arithmetic of a drill: which windows count, and where a cue should go."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cues.analysis import HOP_S, WINDOW_S, Track
from scoring.cues.baseline import Baseline, Usual
from scoring.cues.catalogue import CATALOGUE, Band, Cue
from scoring.performance.expectation import Direction, Expectation
from scoring.performance.index import NO_PROFILE, Profile
from sessions.drills import watching
from sessions.drills.aims import Aim, aim_of
from sessions.drills.measuring import as_measured, measured, windows_of

CONTINUOUS = [cue for cue, spec in CATALOGUE.items() if spec.kind == "continuous" and spec.available]
USUAL = Usual(0.5, 0.1, 5)


def a_track(**columns: list[float]) -> Track:
    n = len(next(iter(columns.values())))
    ends = 1000 * (WINDOW_S + HOP_S * np.arange(n))
    return Track(ends, {Cue(code): np.array(column, np.float32) for code, column in columns.items()})


def aim(cue: Cue, value: float | None, **known: Any) -> Aim:
    nothing = {"change": None, "expected": None, "usual": None, "profile": NO_PROFILE, "language": "en"}
    return aim_of(cue, value, **(nothing | known))


def test_windows_that_reach_into_the_question_do_not_count() -> None:
    track = a_track(HD_TH=[1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    # The fourth window is 750 to 1250 ms.
    assert windows_of(track, Cue.HD_TH, 750.0).tolist()[3:] == [0.0] * 3
    assert np.isnan(windows_of(track, Cue.HD_TH, 750.0)[:3]).all()


def test_of_a_long_window_the_whole_must_be_behind_the_question() -> None:
    track = a_track(EN_HA=[0.1] * 40)
    seen = np.isfinite(windows_of(track, Cue.EN_HA, 1000.0))
    first = track.times_ms[seen][0]
    assert first == 1000 + 1000 * (CATALOGUE[Cue.EN_HA].window_s or 0)


def test_gaze_counts_while_speaking_and_a_hand_always() -> None:
    track = a_track(GZ_DR=[1.0, 0.0, 1.0], HD_TH=[1.0, 0.0, 1.0], VOICE=[1.0, 0.0, 0.5])
    assert np.isfinite(windows_of(track, Cue.GZ_DR, 0)).tolist() == [True, False, True]
    assert np.isfinite(windows_of(track, Cue.HD_TH, 0)).all()


def test_what_has_no_column_has_no_windows() -> None:
    assert not len(windows_of(a_track(VOICE=[1.0]), Cue.WPM, 0))


@given(st.sampled_from(CONTINUOUS), st.floats(-1e3, 1e3), st.integers(0, 80))
def test_a_value_is_kept_as_it_was_and_an_error_is_never_negative(cue: Cue, value: float, n: int) -> None:
    column = np.random.default_rng(n).standard_normal(n + 1).tolist()
    track = a_track(**{cue.value: column})
    stored = measured({cue.value: {"v": value}}, track, [cue], since_ms=0, baseline=None)[cue.value]
    assert stored["v"] == value
    assert stored.get("error", 0.0) >= 0
    found = as_measured(stored)
    assert found is not None
    assert (found.value, found.error) == (value, stored.get("error"))


def test_an_absent_cue_keeps_its_reason() -> None:
    stored = measured({"GZ_DR": {"absent": "no_face"}}, None, [Cue.GZ_DR], since_ms=0, baseline=None)
    assert stored == {"GZ_DR": {"absent": "no_face"}}
    assert as_measured(stored["GZ_DR"]) is None


def test_without_a_track_the_spread_between_answers_is_the_error() -> None:
    baseline = Baseline({Cue.GZ_DR: USUAL})
    stored = measured({"GZ_DR": {"v": 0.4}}, None, [Cue.GZ_DR], since_ms=0, baseline=baseline)
    assert stored == {"GZ_DR": {"v": 0.4, "error": 0.1}}


# --- aims ---------------------------------------------------------------------------------------------


def test_the_advice_comes_before_everything_else() -> None:
    change = {"direction": "down", "after": 0.1}
    expected = Expectation(Cue.HD_TH, Direction.UP, 1.0)
    assert aim(Cue.HD_TH, 0.4, change=change, expected=expected, usual=USUAL) == Aim("down", None, 0.1)


def test_then_comes_what_the_question_expects_against_the_own_usual() -> None:
    expected = Expectation(Cue.SMILE_SHARE, Direction.UP, 1.0)
    assert aim(Cue.SMILE_SHARE, 0.1, expected=expected, usual=USUAL) == Aim("up", low=0.5)


@pytest.mark.parametrize(("value", "direction"), [(0.1, "up"), (0.9, "down"), (0.5, ""), (None, "")])
def test_a_band_is_approached_from_where_one_is(value: float | None, direction: str) -> None:
    band = Band(0.4, 0.6, 0.3, 0.7, "test")
    expected = Expectation(Cue.GZ_DR, Direction.BAND, 1.0, band)
    assert aim(Cue.GZ_DR, value, expected=expected) == Aim(direction, 0.4, 0.6)


def test_an_own_target_takes_the_place_of_every_band() -> None:
    profile = Profile(targets={Cue.GZ_DR: Band(0.1, 0.3, 0.0, 0.4, "own target")})
    expected = Expectation(Cue.GZ_DR, Direction.BAND, 1.0, Band(0.6, 0.8, 0.5, 0.9, "question"))
    assert aim(Cue.GZ_DR, 0.5, expected=expected, profile=profile) == Aim("down", 0.1, 0.3)


@given(st.sampled_from(CONTINUOUS), st.floats(-100, 100), st.sampled_from([None, USUAL]))
def test_every_cue_has_an_aim_that_can_be_kept(cue: Cue, value: float, usual: Usual | None) -> None:
    found = aim(cue, value, usual=usual)
    assert found.direction in {"", "up", "down"}
    assert found.low is None or found.high is None or found.low <= found.high
    assert Aim.from_json(found.to_json()) == found


# --- watching -----------------------------------------------------------------------------------------


@given(st.sets(st.sampled_from(sorted(Cue)), max_size=2), st.sets(st.sampled_from(sorted(Cue))))
def test_only_these_are_watched_and_never_what_was_left_out(cues: set[Cue], off: set[Cue]) -> None:
    profile = watching.only(cues, Profile(frozenset(off)))
    assert frozenset(Cue) - profile.off == cues - off


@pytest.mark.parametrize(
    ("cues", "needs"), [(["GZ_DR"], True), (["GZ_DR", "LOUD"], False), (["WPM"], False), ([], False)]
)
def test_whether_the_camera_is_needed(cues: list[str], needs: bool) -> None:
    assert watching.needs_camera([Cue(code) for code in cues]) is needs
