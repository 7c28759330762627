"""From a track to seconds: which windows count, what is absent, and that nothing left out comes back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scoring.cues.analysis import Track
from scoring.cues.catalogue import Cue
from scoring.engagement.features import CODES, FEATURES, seconds_of

GAZE, TURN, SWAY = (CODES.index(code) for code in (Cue.GZ_DR, Cue.TN_HD, Cue.SDX_HD))


def ends(seconds: float) -> np.ndarray:
    return np.arange(500.0, 1000 * seconds + 1, 250.0)


def a_track(seconds: float, **columns: np.ndarray) -> Track:
    return Track(ends(seconds), {Cue(code): column.astype(np.float32) for code, column in columns.items()})


def test_the_order_is_the_papers() -> None:
    assert len(FEATURES) == 18
    assert (FEATURES[0], FEATURES[15], FEATURES[17]) == ("VAL_F", "TN_HD", "EN_HA")


def test_a_second_is_the_mean_of_the_windows_within_it() -> None:
    # Windows end at 500, 750, 1000 (second 0), 1250 (over the edge of two), 1500, 1750, 2000 (second 1).
    track = a_track(2, GZ_DR=np.array([0.1, 0.2, 0.3, 99.0, 0.4, 0.5, 0.9]))
    found = seconds_of(track, question_ended_ms=None)
    assert found.features[:, GAZE] == pytest.approx([0.2, 0.6])


def test_a_window_that_is_absent_is_made_up_by_the_others_of_its_second() -> None:
    track = a_track(2, GZ_DR=np.array([np.nan, 0.2, 0.4, 0.9, np.nan, np.nan, np.nan]))
    found = seconds_of(track, question_ended_ms=None).features[:, GAZE]
    assert found[0] == pytest.approx(0.3)
    assert np.isnan(found[1])


def test_a_longer_window_counts_where_it_ends() -> None:
    track = a_track(2, SDX_HD=np.array([1.0, 2, 3, 4, 5, 6, 7]))
    assert seconds_of(track, question_ended_ms=None).features[:, SWAY].tolist() == [3.0, 7.0]


def test_only_whole_seconds_after_the_question_count() -> None:
    found = seconds_of(a_track(9.6, GZ_DR=np.ones(37)), question_ended_ms=3200)
    assert found.first == 4
    assert found.t_s.tolist() == [4, 5, 6, 7, 8]
    assert found.features.shape == (5, 18)


def test_the_recruiters_turn_does_not_count_against_the_learners() -> None:
    """Who speaks from the question's end on holds the turn, though half of the ten seconds were the recruiter's."""
    t = ends(20)
    held = np.clip(t - 5000, 0, 10_000) / np.minimum(t, 10_000)
    found = seconds_of(a_track(20, TN_HD=held), question_ended_ms=5000)
    assert found.features[:, TURN] == pytest.approx(np.ones(15))


def test_what_was_left_out_is_absent() -> None:
    track = a_track(3, GZ_DR=np.ones(11), SDX_HD=np.ones(11))
    found = seconds_of(track, question_ended_ms=None, off={Cue.GZ_DR})
    assert np.isnan(found.features[:, GAZE]).all()
    assert np.isfinite(found.features[:, SWAY]).all()


def test_an_empty_track_has_no_second() -> None:
    assert seconds_of(Track(np.zeros(0), {}), question_ended_ms=None).features.shape == (0, 18)
    assert seconds_of(a_track(3, GZ_DR=np.ones(11)), question_ended_ms=60_000).features.shape == (0, 18)


@given(
    st.data(),
    st.integers(0, 40),
    st.one_of(st.none(), st.integers(0, 12_000)),
    st.sets(st.sampled_from(CODES)),
)
def test_every_row_lies_within_what_was_measured(
    data: st.DataObject, windows: int, asked: int | None, off: set[Cue]
) -> None:
    shares = st.one_of(st.just(float("nan")), st.floats(0, 1, width=32))
    columns = {
        code: data.draw(arrays(np.float32, windows, elements=shares)) for code in (Cue.GZ_DR, Cue.EN_HA)
    }
    track = Track(500.0 + 250.0 * np.arange(windows), columns)
    found = seconds_of(track, question_ended_ms=asked, off=off)
    assert found.features.shape == (len(found.t_s), 18)
    assert not len(found.t_s) or found.first * 1000 >= (asked or 0)
    for place, code in enumerate(CODES):
        present = found.features[np.isfinite(found.features[:, place]), place]
        assert not len(present) or code in columns.keys() - off
        if len(present):
            known = columns[code][np.isfinite(columns[code])]
            assert known.min() - 1e-6 <= present.min() <= present.max() <= known.max() + 1e-6
