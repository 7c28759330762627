"""Lanes and the axis of time: what is drawn is what was measured, and where."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import units
from analytics.charts.lanes import (
    HEIGHT,
    LANE_OF,
    LANES,
    SYMBOLS,
    Lane,
    by_second,
    lanes,
    path,
    thinned,
)
from analytics.charts.timeline import Timeline, groups, ticks, timeline
from analytics.speech import Span, from_windows, long_pauses, pauses, spoken
from analytics.summaries import Happening, Measured, Usual
from scoring.cues.analysis import Track
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.values import Absent

ENGAGEMENT = list(Cue)[:18]
SPEECH = [Span(1000, 9000), Span(9400, 20_000), Span(23_000, 58_000)]


def answer_lanes(**more: Any) -> list[Lane]:
    times = np.arange(250.0, 60_000.0, 250.0)
    columns = {Cue.GZ_DR: np.linspace(0, 1, len(times)), Cue.LOUD: np.full(len(times), np.nan)}
    columns[Cue.CONT_MOV] = np.where(times < 30_000, np.nan, 0.4)
    marks = [Happening(Cue.NOD, 4000, None, 0.7), Happening(Cue.GAZE_AWAY, 9000, 11_000, 0.6)]
    track = Track(times, {cue: column.astype(np.float32) for cue, column in columns.items()})
    values = {Cue.LOUD: Measured(None, "noisy")} | more.get("values", {})
    return lanes(track, marks, {Cue.GZ_DR: Usual(0.6, 0.1)}, values, duration_ms=60_000)


def answer_timeline() -> Timeline:
    found = timeline(answer_lanes(), SPEECH, {5000: "um"}, duration_ms=60_000, key="answer-1")
    assert found is not None
    return found


def lane_of(cue: Cue) -> Lane:
    return next(lane for lane in answer_lanes() if lane.cue is cue)


def test_every_engagement_feature_has_a_lane_and_every_event_a_lane_and_a_shape() -> None:
    assert set(ENGAGEMENT) <= set(LANES)
    events = {cue for cue, spec in CATALOGUE.items() if spec.kind == "event"}
    assert set(LANE_OF) == set(SYMBOLS) == events
    assert set(LANE_OF.values()) <= set(LANES)
    assert len({shape for shape, _ in SYMBOLS.values()}) == len(events)
    assert len({sign for _, sign in SYMBOLS.values()}) == len(events)


def test_voice_quality_in_hertz_and_percent_stays_among_the_numbers() -> None:
    assert not {Cue.JITTER, Cue.SHIMMER, Cue.HNR} & set(LANES)


def test_a_path_goes_through_the_values_and_rises_with_them() -> None:
    lane = lane_of(Cue.GZ_DR)
    points = [tuple(map(float, p.split())) for p in re.findall(r"[ML]([\d.]+ [\d.]+)", lane.path)]
    assert len(points) == 60
    assert [x for x, _ in points] == [10 * s + 5 for s in range(60)]
    ys = [y for _, y in points]
    assert ys == sorted(ys, reverse=True)
    assert all(0 <= y <= HEIGHT for y in ys)


def test_nothing_is_drawn_where_nothing_was_measured() -> None:
    assert lane_of(Cue.CONT_MOV).path.startswith("M305 ")
    assert path([5, 15, 25, 35], [None, 40.0, None, 20.0]) == "M15 40h0M35 20h0"
    assert path([5, 15, 25], [10.0, 20.0, None]) == "M5 10L15 20"


def test_a_lane_without_values_says_why() -> None:
    loud = lane_of(Cue.LOUD)
    assert loud.absent == "there was too much noise"
    assert not loud.is_first
    assert loud.path == ""


def test_what_happened_stands_on_the_lane_of_its_cue() -> None:
    (nod,) = lane_of(Cue.HD_AC).events
    assert (nod.cue, nod.x, nod.width) == (Cue.NOD, round(100 * 4 / 60, 3), 0.0)
    (away,) = lane_of(Cue.GZ_DR).events
    assert (away.x, away.width) == (15.0, round(100 * 2 / 60, 3))
    assert lane_of(Cue.HD_AC).is_first


def test_the_usual_and_the_common_range_lie_inside_the_lane() -> None:
    usual, common = lane_of(Cue.GZ_DR).bands
    assert (usual.kind, common.kind) == ("usual", "common")
    for box in (usual, common):
        assert 0 <= box.y < box.y + box.height <= HEIGHT


def test_values_beside_the_playhead_are_those_that_are_drawn() -> None:
    said = lane_of(Cue.CONT_MOV).said.split("|")
    assert len(said) == 60
    assert said[0] == ""
    assert said[40] == units.figures("shoulder widths/s", 0.4)


@given(st.lists(st.one_of(st.none(), st.floats(-50, 50)), min_size=1, max_size=3000), st.integers(10, 300))
def test_thinning_keeps_highest_and_lowest_and_stays_small(drawn: list[float | None], most: int) -> None:
    values = np.array([np.nan if v is None else v for v in drawn], dtype=float)
    places, kept = thinned(values, most)
    assert len(kept) <= max(len(values) if len(values) <= most else 0, most)
    assert (np.diff(places) > 0).all()
    if np.isfinite(values).any():
        assert np.nanmax(kept) == np.nanmax(values)
        assert np.nanmin(kept) == np.nanmin(values)


def test_means_by_second_leave_gaps_where_nothing_was_measured() -> None:
    means = by_second(np.array([100.0, 600.0, 2500.0, 9000.0]), np.array([1.0, 3.0, np.nan, 7.0]), 3)
    assert means[0] == 2.0
    assert np.isnan(means[1:]).all()


@pytest.mark.parametrize("duration_ms", [1_000, 12_000, 61_000, 900_000])
def test_ticks_are_few_and_within_the_answer(duration_ms: int) -> None:
    found = ticks(duration_ms)
    assert 1 <= len(found) <= 7
    assert found[-1] * 1000 <= duration_ms


# --- the axis, and what it says ---------------------------------------------------------------------


def test_the_axis_shows_speech_long_pauses_and_fillers_at_their_times() -> None:
    found = answer_timeline()
    assert [one.x for one in found.speech] == [round(100 * s.start_ms / 60_000, 3) for s in SPEECH]
    (pause,) = found.pauses
    assert (pause.x, pause.width) == (round(100 * 20 / 60, 3), 5.0)
    assert [(tick.x, tick.text) for tick in found.fillers] == [(round(100 * 5 / 60, 3), "um")]


def test_the_summary_and_the_table_say_what_is_drawn() -> None:
    found = answer_timeline()
    said = found.summary.replace("\N{NO-BREAK SPACE}", " ")
    assert "3 stretches of speech and 2 pauses in 1:00." in said
    assert "Pauses of 2.5 s or longer: 0:20 (3.0 s)." in said
    assert "Each line is a mean over one second." in said
    assert found.table.columns[:2] == ("Time", "Looking at the camera")
    assert "Loudness" not in found.table.columns
    assert found.table.rows[0][found.table.columns.index("Body movement")] == "\N{EN DASH}"
    assert found.table.rows[0][1] == units.quantity(Cue.GZ_DR, float(lane_of(Cue.GZ_DR).values[0]))


def test_groups_keep_their_order_and_a_reason_for_all_is_said_once() -> None:
    no_camera = {cue: Measured(None, Absent.NO_CAMERA) for cue in LANES if CATALOGUE[cue].group != "voice"}
    found = groups(lanes(None, [], {}, no_camera | {Cue.LOUD: Measured(None, "noisy")}, duration_ms=9000))
    assert [group.code for group in found] == ["face", "body", "voice"]
    assert {group.reason for group in found[:2]} == {"the practice was by voice alone"}
    assert all(not group.lanes for group in found[:2])
    assert [lane.absent for lane in found[2].lanes] == ["there was too much noise"]


def test_nothing_at_all_is_no_timeline() -> None:
    assert timeline([], [], {}, duration_ms=10_000, key="a") is None


# --- speech -----------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(600, 6000), st.integers(600, 6000)), min_size=1, max_size=8),
    st.integers(600, 5000),
)
def test_edges_of_speech_are_found_in_the_windows_of_the_track(
    turns: list[tuple[int, int]], first: int
) -> None:
    spans, at = [], first
    for talk, rest in turns:
        spans.append(Span(at, at + talk))
        at += talk + rest
    milliseconds = np.zeros(at + 1000)
    for span in spans:
        milliseconds[span.start_ms : span.end_ms] = 1
    ends = np.arange(500, at + 1000, 250)
    shares = np.array([milliseconds[end - 500 : end].mean() for end in ends])
    found = from_windows(ends.astype(float), shares)
    assert len(found) == len(spans)
    for one, made in zip(found, spans, strict=True):
        assert abs(one.start_ms - made.start_ms) <= 130
        assert abs(one.end_ms - made.end_ms) <= 130


def test_what_the_analysis_kept_is_taken_as_it_is() -> None:
    assert spoken({"speech": [[100, 900], [1200, 4000]]}, None) == [Span(100, 900), Span(1200, 4000)]
    assert spoken({}, None) == []


def test_only_silences_of_a_quarter_second_are_pauses_and_of_two_and_a_half_long_ones() -> None:
    speech = [Span(0, 1000), Span(1240, 2000), Span(2250, 3000), Span(5500, 6000)]
    assert pauses(speech) == [Span(2000, 2250), Span(3000, 5500)]
    assert long_pauses(speech) == [Span(3000, 5500)]
