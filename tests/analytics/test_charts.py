"""Figures: nothing by colour alone, colours by token, and a table that holds what is drawn."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from analytics import units
from analytics.charts import Chart
from analytics.charts.sessions import over_sessions
from analytics.charts.weeks import participation, usage
from analytics.progress import Point
from analytics.summaries import Usual
from analytics.usage import CohortUsage, Usage, Week
from scoring.cues.catalogue import Cue

START = datetime(2026, 9, 1, 12, tzinfo=UTC)
MONDAY = date(2026, 9, 7)


def session_points(n: int = 6) -> list[Point]:
    return [Point(START + timedelta(days=6 * i), "Shop", 0.5 + 0.05 * i, 0.002, 6) for i in range(n)]


def weeks(cohort_id: Any, counts: list[int]) -> tuple[Week, ...]:
    return tuple(Week(cohort_id, MONDAY + timedelta(days=7 * i), n, n, 9 * n) for i, n in enumerate(counts))


def usage_chart(cohorts: int = 3) -> Chart:
    ids = [uuid4() for _ in range(cohorts)]
    found = [CohortUsage(key, f"Cohort {i}", 20, weeks(key, [i, 4, 2 + i])) for i, key in enumerate(ids)]
    return usage(Usage(tuple(MONDAY + timedelta(days=7 * i) for i in range(3)), tuple(found)))


def all_charts() -> dict[str, Chart]:
    return {
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


@pytest.mark.parametrize("name", ["sessions", "participation", "usage"])
def test_colours_are_design_tokens(name: str) -> None:
    found = set(colours(all_charts()[name].figure))
    assert found
    assert all(re.fullmatch(r"var\(--[\w-]+\)|rgba\(0,0,0,0\)", colour) for colour in found)


@pytest.mark.parametrize("name", ["sessions", "participation", "usage"])
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


def test_the_table_of_a_progress_chart_holds_its_points() -> None:
    points = session_points()
    chart = over_sessions(Cue.GZ_DR, points, None)
    drawn = [units.quantity(Cue.GZ_DR, y) for y in chart.figure["data"][0]["y"]]
    assert [row[2] for row in reversed(chart.table.rows)] == drawn
    assert len(chart.figure["data"][0]["x"]) == len(points)


def test_the_table_of_the_weeks_holds_the_bars() -> None:
    chart = participation(weeks(uuid4(), [3, 0, 5]), enrolled=8)
    assert [int(row[1]) for row in reversed(chart.table.rows)] == chart.figure["data"][0]["y"]


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
