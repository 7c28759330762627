"""Figures: nothing by colour alone, colours by token, and a table that holds what is drawn."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from analytics import units
from analytics.charts import Chart
from analytics.charts.sessions import over_sessions
from analytics.charts.timeline import LANE_OF, SYMBOLS, by_second, ticks, timeline
from analytics.charts.weeks import participation, usage
from analytics.progress import Point
from analytics.summaries import Happening, Usual
from analytics.usage import CohortUsage, Usage, Week
from scoring.cues.catalogue import CATALOGUE, Cue

START = datetime(2026, 9, 1, 12, tzinfo=UTC)
MONDAY = date(2026, 9, 7)


def session_points(n: int = 6) -> list[Point]:
    return [Point(START + timedelta(days=6 * i), "Shop", 0.5 + 0.05 * i, 0.002, 6) for i in range(n)]


def answer_chart() -> Chart:
    times = np.arange(250.0, 60_000.0, 250.0)
    columns = {Cue.GZ_DR: np.linspace(0, 1, len(times)), Cue.LOUD: np.full(len(times), np.nan)}
    columns[Cue.CONT_MOV] = np.where(times < 30_000, np.nan, 0.4)
    marks = [Happening(Cue.NOD, 4000, None, 0.7), Happening(Cue.GAZE_AWAY, 9000, 11_000, 0.6)]
    chart = timeline(times, columns, marks, {Cue.GZ_DR: Usual(0.6, 0.1)}, duration_ms=60_000, key="answer-1")
    assert chart is not None
    return chart


def weeks(cohort_id: Any, counts: list[int]) -> tuple[Week, ...]:
    return tuple(Week(cohort_id, MONDAY + timedelta(days=7 * i), n, n, 9 * n) for i, n in enumerate(counts))


def usage_chart(cohorts: int = 3) -> Chart:
    ids = [uuid4() for _ in range(cohorts)]
    found = [CohortUsage(key, f"Cohort {i}", 20, weeks(key, [i, 4, 2 + i])) for i, key in enumerate(ids)]
    return usage(Usage(tuple(MONDAY + timedelta(days=7 * i) for i in range(3)), tuple(found)))


def all_charts() -> dict[str, Chart]:
    return {
        "answer": answer_chart(),
        "sessions": over_sessions(Cue.GZ_DR, session_points(), Usual(0.6, 0.08)),
        "participation": participation(weeks(uuid4(), [3, 0, 5]), enrolled=8),
        "usage": usage_chart(),
    }


def colours(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, str) and "color" in key.lower():
                yield value
            else:
                yield from colours(value)
    elif isinstance(part, list):
        for value in part:
            yield from colours(value)


@pytest.mark.parametrize("name", ["answer", "sessions", "participation", "usage"])
def test_colours_are_design_tokens(name: str) -> None:
    found = set(colours(all_charts()[name].figure))
    assert found
    assert all(re.fullmatch(r"var\(--[\w-]+\)|rgba\(0,0,0,0\)", colour) for colour in found)


@pytest.mark.parametrize("name", ["answer", "sessions", "participation", "usage"])
def test_figures_are_plain_json_without_nan_html_styles_or_templates(name: str) -> None:
    chart = all_charts()[name]
    text = json.dumps(chart.figure, allow_nan=False)
    # Plotly writes style attributes for these tags, which our content security policy refuses.
    assert not re.search(r"<(b|i|em|strong|sub|sup|span|a)\b", text)
    assert "colorscale" not in text
    assert chart.headline
    assert chart.summary
    assert chart.table.rows
    assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)


def test_lines_of_several_cohorts_differ_in_dash_and_shape_and_are_named_in_the_chart() -> None:
    chart = usage_chart(5)
    traces = chart.figure["data"]
    looks = [(trace["line"]["dash"], trace["marker"]["symbol"]) for trace in traces]
    assert len(set(looks)) == len(looks)
    named = {note["text"] for note in chart.figure["layout"]["annotations"]}
    assert {trace["name"] for trace in traces} == named


def test_more_cohorts_than_lines_are_in_the_table_and_said_so() -> None:
    chart = usage_chart(9)
    assert len(chart.figure["data"]) == 6
    assert len(chart.table.rows) == 9
    assert "3 more cohorts" in chart.summary


def test_the_groups_of_lanes_differ_in_dash() -> None:
    lanes = [t for t in answer_chart().figure["data"] if t.get("mode") == "lines" and "dash" in t["line"]]
    by_group = {CATALOGUE[cue].group for cue in (Cue.GZ_DR, Cue.CONT_MOV)}
    assert len({lane["line"]["dash"] for lane in lanes}) == len(by_group)


def test_every_event_has_a_lane_and_a_shape_of_its_own() -> None:
    events = {cue for cue, spec in CATALOGUE.items() if spec.kind == "event"}
    assert set(LANE_OF) == set(SYMBOLS) == events
    assert len({symbol for symbol, _ in SYMBOLS.values()}) == len(events)
    assert len({sign for _, sign in SYMBOLS.values()}) == len(events)


def test_the_table_of_a_progress_chart_holds_its_points() -> None:
    points = session_points()
    chart = over_sessions(Cue.GZ_DR, points, None)
    drawn = [units.quantity(Cue.GZ_DR, y) for y in chart.figure["data"][0]["y"]]
    assert [row[2] for row in reversed(chart.table.rows)] == drawn
    assert len(chart.figure["data"][0]["x"]) == len(points)


def test_the_table_of_the_weeks_holds_the_bars() -> None:
    chart = participation(weeks(uuid4(), [3, 0, 5]), enrolled=8)
    assert [int(row[1]) for row in reversed(chart.table.rows)] == chart.figure["data"][0]["y"]


def test_the_table_of_an_answer_holds_drawn_values_and_a_dash_where_nothing_was_measured() -> None:
    chart = answer_chart()
    assert chart.table.columns == ("Time", "Looking at the camera", "Body movement")
    assert chart.table.rows[0][2] == "\N{EN DASH}"
    line = next(trace for trace in chart.figure["data"] if trace.get("name") == "Looking at the camera")
    assert chart.table.rows[0][1] == units.quantity(Cue.GZ_DR, line["y"][0])


def test_a_lane_without_any_value_or_mark_is_not_drawn_and_nothing_at_all_is_no_chart() -> None:
    names = [trace.get("name") for trace in answer_chart().figure["data"]]
    assert "Loudness" not in names
    assert timeline(np.zeros(0), {}, [], {}, duration_ms=10_000, key="a") is None


def test_means_by_second_leave_gaps_where_nothing_was_measured() -> None:
    means = by_second(np.array([100.0, 600.0, 2500.0, 9000.0]), np.array([1.0, 3.0, np.nan, 7.0]), 3)
    assert means[0] == 2.0
    assert np.isnan(means[1:]).all()


@pytest.mark.parametrize("duration_ms", [1_000, 12_000, 61_000, 900_000])
def test_ticks_are_few_and_within_the_answer(duration_ms: int) -> None:
    found = ticks(duration_ms)
    assert 1 <= len(found) <= 7
    assert found[-1] * 1000 <= duration_ms


def test_headlines_call_a_change_only_what_is_one() -> None:
    rising = over_sessions(Cue.GZ_DR, session_points(), None)
    assert "→" in rising.headline
    assert "55" in rising.headline
    flat = [Point(START + timedelta(days=i), "Shop", 0.5, 0.01, 5) for i in range(5)]
    assert "much the same" in over_sessions(Cue.GZ_DR, flat, None).headline
    assert "one session" in over_sessions(Cue.GZ_DR, flat[:1], None).headline


def test_the_reader_who_is_not_the_student_is_not_addressed() -> None:
    chart = over_sessions(Cue.GZ_DR, session_points(), Usual(0.6, 0.08), own=False)
    assert not re.search(r"\byour?\b", json.dumps(chart.figure) + chart.headline + chart.summary, re.I)
