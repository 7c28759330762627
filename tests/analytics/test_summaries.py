"""Stored JSON becomes values, and nothing that is absent becomes a number."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from analytics import summaries
from analytics.summaries import Measured
from scoring.cues.baseline import Baseline, Usual
from scoring.cues.catalogue import Cue


def event(code: str, t_ms: int, phase: str = "point") -> dict[str, Any]:
    return {"code": code, "t_ms": t_ms, "strength": 0.8, "phase": phase}


def test_values_and_reasons_are_told_apart() -> None:
    found = summaries.measured({"GZ_DR": {"v": 0}, "LOUD": {"absent": "noisy"}, "OF_TOMORROW": {"v": 1}})
    assert found == {Cue.GZ_DR: Measured(0.0, None), Cue.LOUD: Measured(None, "noisy")}


@given(
    st.dictionaries(
        st.sampled_from([cue.value for cue in Cue]),
        st.one_of(
            st.none(), st.text(), st.booleans(), st.fixed_dictionaries({"v": st.one_of(st.none(), st.text())})
        ),
    )
)
def test_whatever_is_no_number_is_absent(stored: dict[str, Any]) -> None:
    assert all(found.value is None for found in summaries.measured(stored).values())


def test_a_start_and_its_end_become_one_happening() -> None:
    found = summaries.happenings(
        [
            event("SMILE", 3000, "end"),
            event("SMILE", 1000, "start"),
            event("NOD", 2000),
            event("SMILE", 9000, "end"),
        ]
    )
    assert [(one.cue, one.start_ms, one.end_ms) for one in found] == [
        (Cue.SMILE, 1000, 3000),
        (Cue.NOD, 2000, None),
    ]
    assert summaries.counts(found) == {Cue.SMILE: 1, Cue.NOD: 1}


def test_what_never_ended_has_no_end() -> None:
    assert summaries.happenings([event("GAZE_AWAY", 1000, "start")])[0].end_ms is None


def test_a_session_is_the_mean_of_what_was_measured() -> None:
    answers = [
        {Cue.GZ_DR: Measured(0.4, None), Cue.LOUD: Measured(None, "noisy")},
        {Cue.GZ_DR: Measured(None, "too_dark"), Cue.LOUD: Measured(None, "noisy")},
        {Cue.GZ_DR: Measured(0.6, None), Cue.LOUD: Measured(None, "no_sound")},
    ]
    assert summaries.over_answers(answers) == {
        Cue.GZ_DR: Measured(0.5, None),
        Cue.LOUD: Measured(None, "noisy"),
    }


def test_usual_is_only_what_was_calibrated_and_never_without_a_spread() -> None:
    stored = Baseline({Cue.GZ_DR: Usual(0.6, 0.0, 3), Cue.LOUD: Usual(-20.0, 1.0, 2)})
    found = summaries.usual(stored)
    assert set(found) == {Cue.GZ_DR}
    assert found[Cue.GZ_DR].spread > 0
    assert summaries.usual(None) == {}


def test_learning_again_is_what_the_analysis_does() -> None:
    baseline = Baseline()
    for value in (0.5, 0.6, 0.7, 0.9):
        baseline = summaries.learnt(baseline, {"GZ_DR": {"v": value}, "LOUD": {"absent": "noisy"}})
    assert baseline.cues[Cue.GZ_DR].n == 4
    assert 0.6 < baseline.cues[Cue.GZ_DR].mean < 0.65
    assert Cue.LOUD not in baseline.cues
