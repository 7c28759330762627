"""Baseline, bands, hints and the track's file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cues import track_file
from scoring.cues.analysis import Track
from scoring.cues.bands import Judgement, Own, Zone, judge
from scoring.cues.baseline import CALIBRATION, REFRESH, Baseline, Usual
from scoring.cues.catalogue import CATALOGUE, Band, Cue
from scoring.cues.neutral import Neutral
from scoring.cues.policy import HINTS, REST_MS, HintCode, HintPolicy
from scoring.cues.values import Absent, Value

NUMBERS = st.floats(-1e3, 1e3)


def after(*values: float, code: Cue = Cue.LOUD) -> Baseline:
    baseline = Baseline()
    for value in values:
        baseline = baseline.with_answer({code: Value.of(value)})
    return baseline


# Baseline


@given(st.tuples(NUMBERS, NUMBERS, NUMBERS))
def test_three_answers_calibrate(values: tuple[float, float, float]) -> None:
    usual = after(*values).usual(Cue.LOUD)
    assert usual is not None
    assert usual.n == 3
    assert usual.mean == pytest.approx(np.mean(values), abs=1e-6)
    assert usual.spread == pytest.approx(np.std(values, ddof=1), abs=1e-4)


def test_before_that_nothing_is_usual() -> None:
    assert CALIBRATION == 3
    assert after(-20, -21).usual(Cue.LOUD) is None
    assert after(-20, -21, -22).usual(Cue.F0) is None


def test_afterwards_it_follows_slowly() -> None:
    baseline = after(-20, -20, -20, -10)
    assert baseline.cues[Cue.LOUD].mean == pytest.approx(-20 + REFRESH * 10)
    settled = after(-20, -21, -19, *[-10] * 60).cues[Cue.LOUD]
    assert settled.n == 63
    assert settled.mean == pytest.approx(-10, abs=0.05)
    assert settled.spread < 1


def test_an_absent_cue_does_not_count() -> None:
    baseline = after(-20, -20).with_answer({Cue.LOUD: Value.none(Absent.NOISY)})
    assert baseline.cues[Cue.LOUD].n == 2


def test_the_neutral_face_is_kept() -> None:
    first = Baseline().with_answer({}, Neutral(0.1, 0.3))
    second = first.with_answer({}, Neutral(0.2, 0.4))
    assert second.neutral is not None
    assert astuple(second.neutral)[:2] == pytest.approx((0.11, 0.31))
    assert second.with_answer({}).neutral == second.neutral


@given(st.dictionaries(st.sampled_from([c for c in Cue if CATALOGUE[c].kind == "continuous"]), NUMBERS))
def test_baseline_survives_json(values: dict[Cue, float]) -> None:
    baseline = Baseline().with_answer(
        {code: Value.of(value) for code, value in values.items()}, Neutral(0.1, 0.3)
    )
    assert Baseline.from_json(json.loads(json.dumps(baseline.to_json()))) == baseline


def test_an_unknown_code_in_json_is_left_out() -> None:
    assert Baseline.from_json({"GONE": {"mean": 1, "spread": 1, "n": 3}}) == Baseline()


# Bands


@pytest.mark.parametrize(
    ("code", "value", "zone"),
    [
        (Cue.LATENCY, 1.0, Zone.WITHIN),
        (Cue.LATENCY, 0.2, Zone.NEAR_BELOW),
        (Cue.LATENCY, 4.0, Zone.NEAR_ABOVE),
        (Cue.LATENCY, 6.0, Zone.FAR_ABOVE),
        (Cue.GZ_DR, 0.7, Zone.WITHIN),
        (Cue.GZ_DR, 0.3, Zone.FAR_BELOW),
        (Cue.FILLERS, 0.0, Zone.WITHIN),
        (Cue.FILLERS, 9.0, Zone.FAR_ABOVE),
        (Cue.HD_AC, 9.0, Zone.NONE),
        (Cue.LOUD, -20.0, Zone.NONE),
    ],
)
def test_zones(code: Cue, value: float, zone: Zone) -> None:
    assert judge(Value.of(value), None, CATALOGUE[code]) == Judgement(Own.UNKNOWN, None, zone)


def test_a_band_of_ones_own() -> None:
    band = Band(4, 10, 2, 12, "a hard question")
    assert judge(Value.of(5), None, CATALOGUE[Cue.LATENCY], band).zone is Zone.WITHIN


def test_against_the_own_baseline_first() -> None:
    baseline = after(-20, -23, -17)
    found = [judge(Value.of(value), baseline, CATALOGUE[Cue.LOUD]) for value in (-30, -21, -8)]
    assert [one.own for one in found] == [Own.BELOW, Own.USUAL, Own.ABOVE]
    assert [one.zone for one in found] == [Zone.FAR_BELOW, Zone.WITHIN, Zone.FAR_ABOVE]
    assert found[0].distance == pytest.approx(-10 / 3)


def test_answers_that_happen_to_be_alike_do_not_make_the_next_a_peak() -> None:
    assert judge(Value.of(-20.5), after(-20, -20, -20), CATALOGUE[Cue.LOUD]).own is Own.USUAL


def test_what_is_absent_is_not_judged() -> None:
    assert judge(Value.none(Absent.NO_VOICE), after(1, 2, 3), CATALOGUE[Cue.LOUD]).own is Own.UNKNOWN


# Hints


def seconds(
    policy: HintPolicy, values: Mapping[Cue, float | None], start: int, end: int
) -> list[tuple[int, HintCode]]:
    """Decide once a second with the same values; the hints with their second."""
    known = {code: Value.none(Absent.NO_FACE) if v is None else Value.of(v) for code, v in values.items()}
    given_ = [(t, policy.decide(known, 1000 * t)) for t in range(start, end)]
    return [(t, hint) for t, hint in given_ if hint is not None]


WELL = {Cue.GZ_DR: 0.7, Cue.HD_TH: 0.0, Cue.LOUD: -20.0, Cue.CONT_MOV: 0.2, Cue.F0_SD: 2.5}


def test_silence_when_all_is_well() -> None:
    assert seconds(HintPolicy(after(-20, -20, -20)), WELL, 0, 300) == []


def test_a_hint_needs_some_seconds_and_is_given_once() -> None:
    policy = HintPolicy()
    assert seconds(policy, WELL | {Cue.GZ_DR: 0.0}, 0, 60) == [(5, HintCode.LOOK_UP)]
    assert seconds(policy, WELL | {Cue.GZ_DR: 0.4}, 60, 90) == [], "not yet well inside: not armed"
    assert seconds(policy, WELL, 90, 92) == []
    assert seconds(policy, WELL | {Cue.GZ_DR: 0.0}, 92, 120) == [(97, HintCode.LOOK_UP)]


def test_at_most_one_in_twenty_seconds() -> None:
    bad = {Cue.GZ_DR: 0.0, Cue.HD_TH: 1.0, Cue.LOUD: -40.0, Cue.CONT_MOV: 9.0, Cue.F0_SD: 0.3}
    baseline = after(-20, -20, -20).with_answer({})
    given_ = seconds(HintPolicy(baseline), bad, 0, 200)
    assert len(given_) >= 4
    assert min(np.diff([t for t, _ in given_])) * 1000 >= REST_MS
    assert len({hint for _, hint in given_}) == len(given_)


def test_an_absent_cue_asks_for_nothing() -> None:
    policy = HintPolicy()
    assert seconds(policy, {Cue.GZ_DR: 0.0}, 0, 4) == []
    assert seconds(policy, {Cue.GZ_DR: None}, 4, 5) == []
    assert seconds(policy, {Cue.GZ_DR: 0.0}, 5, 9) == []
    assert policy.decide({}, 10_000) is None


def test_loudness_is_judged_against_the_person_alone() -> None:
    assert seconds(HintPolicy(), {Cue.LOUD: -60.0}, 0, 60) == []
    baseline = after(-20, -20, -20)
    assert seconds(HintPolicy(baseline), {Cue.LOUD: -28.0}, 0, 60) == [(4, HintCode.LOUDER)]
    assert seconds(HintPolicy(baseline), {Cue.LOUD: -8.0}, 0, 60) == [(4, HintCode.SOFTER)]


def test_a_cue_that_is_turned_off_gives_no_hint() -> None:
    assert seconds(HintPolicy(off=frozenset({Cue.GZ_DR})), {Cue.GZ_DR: 0.0}, 0, 60) == []


def test_words() -> None:
    assert set(HINTS) == set(HintCode)
    assert all(1 <= len(text.split()) <= 3 and text[-1].isalpha() for text in HINTS.values())


# The track's file


def test_a_track_survives_its_file() -> None:
    columns: dict[Cue, Any] = {
        Cue.F0: np.array([120.5, np.nan, 130.0], np.float32),
        Cue.VOICE: np.array([0, 0.5, 1], np.float32),
    }
    track = Track(np.array([500.0, 750, 1000]), columns)
    read = track_file.from_bytes(track_file.to_bytes(track))
    assert read.catalogue_version == track.catalogue_version
    np.testing.assert_array_equal(read.times_ms, track.times_ms)
    assert set(read.columns) == set(columns)
    for code, column in columns.items():
        np.testing.assert_array_equal(read.columns[code], column)


def test_what_is_no_track_is_refused() -> None:
    for data in (b"", b"nonsense"):
        with pytest.raises(ValueError, match="not a track"):
            track_file.from_bytes(data)


def test_usual_of_one_answer_has_no_spread() -> None:
    assert Usual(0, 0, 0).with_value(3.0) == Usual(3.0, 0.0, 1)


def test_a_value_within_an_own_target_is_well() -> None:
    seldom = {Cue.GZ_DR: Band(0.1, 0.3, 0.0, 0.4, "own target")}
    policy = HintPolicy(targets=seldom)
    assert seconds(policy, {Cue.GZ_DR: 0.2}, 0, 60) == []
    assert seconds(policy, {Cue.GZ_DR: 0.0}, 60, 120) == [(65, HintCode.LOOK_UP)]
    # Back in the target it is well inside: the hint may be given again.
    assert seconds(policy, {Cue.GZ_DR: 0.2}, 120, 130) == []
    assert seconds(policy, {Cue.GZ_DR: 0.0}, 130, 160) == [(135, HintCode.LOOK_UP)]
