"""Practice by week: of one cohort as bars, of an institution as a line per cohort."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.charts.base import (
    MUTED,
    SERIES,
    SERIES_DASH,
    SERIES_SYMBOL,
    Chart,
    Table,
    axis,
    label,
    layout,
    plain,
)
from analytics.usage import CohortUsage, Usage, Week


def participation(weeks: Sequence[Week], *, enrolled: int) -> Chart:
    """How many students of a cohort practised in each week (bars), of how many."""
    figure = go.Figure(layout=_bar_layout(weeks))
    figure.add_trace(_bars(weeks))
    last = weeks[-2] if len(weeks) > 1 else weeks[-1]
    words = {"n": last.students, "of": enrolled}
    return Chart(
        key="participation",
        headline=ngettext(
            "Last week one of %(of)s students practised",
            "Last week %(n)s of %(of)s students practised",
            words["n"],
        )
        % words,
        summary=_total(weeks),
        figure=plain(figure),
        table=_weeks_table(weeks),
        picture="greenroom-participation",
    )


def _total(weeks: Sequence[Week]) -> str:
    n = sum(week.sessions for week in weeks)
    return ngettext(
        "One session in the last %(weeks)s weeks. A bar is the number of students who practised in that week.",
        "%(n)s sessions in the last %(weeks)s weeks. A bar is the number of students who practised in that week.",
        n,
    ) % {"n": n, "weeks": len(weeks)}


def _bar_layout(weeks: Sequence[Week]) -> dict[str, Any]:
    top = max([week.students for week in weeks] + [1])
    made = layout(170, margin={"l": 8, "r": 8, "t": 20, "b": 28}, bargap=0.35)
    shown = weeks[:: 3 if len(weeks) > 8 else 1]
    made["xaxis"] = axis(
        type="category",
        showline=True,
        tickvals=[week.monday.isoformat() for week in shown],
        ticktext=[short(week.monday) for week in shown],
    )
    made["yaxis"] = axis(range=[0, top * 1.15], visible=False)
    made["meta"] = {"kind": "weeks"}
    return made


def _bars(weeks: Sequence[Week]) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": _("Students who practised"),
        "x": [week.monday.isoformat() for week in weeks],
        "y": [week.students for week in weeks],
        "text": [str(week.students) for week in weeks],
        "textposition": "outside",
        "textfont": {"color": MUTED, "size": 12},
        "cliponaxis": False,
        "customdata": [_said(week) for week in weeks],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {"color": SERIES[0]},
    }


def short(day: date) -> str:
    return date_format(day, "SHORT_DAY_FORMAT")


def _said(week: Week) -> str:
    return _("Week of %(day)s<br>%(students)s students, %(sessions)s sessions") % {
        "day": short(week.monday),
        "students": week.students,
        "sessions": week.sessions,
    }


def _weeks_table(weeks: Sequence[Week]) -> Table:
    rows = tuple(
        (short(week.monday), str(week.students), str(week.sessions), str(week.minutes))
        for week in reversed(weeks)
    )
    columns = (_("Week of"), _("Students who practised"), _("Sessions"), _("Minutes practised"))
    return Table(_("Practice by week"), columns, rows)


def usage(usage: Usage) -> Chart:
    """Sessions by week, one line for each of the cohorts that practise most; the table has all of them."""
    drawn = sorted(usage.cohorts, key=lambda cohort: -cohort.sessions)[: len(SERIES)]
    figure = go.Figure(layout=_usage_layout(usage, drawn))
    for number, cohort in enumerate(drawn):
        figure.add_trace(_usage_line(cohort, number))
    n = usage.sessions
    headline = ngettext("One session in %(weeks)s weeks", "%(n)s sessions in %(weeks)s weeks", n)
    return Chart(
        key="usage",
        headline=headline % {"n": n, "weeks": len(usage.mondays)},
        summary=_usage_summary(usage, len(drawn)),
        figure=plain(figure),
        table=_usage_table(usage),
        picture="greenroom-usage",
    )


def cohort_name(cohort: CohortUsage) -> str:
    return cohort.name if cohort.cohort_id else _("Outside any cohort")


def _usage_summary(usage: Usage, drawn: int) -> str:
    hidden = len(usage.cohorts) - drawn
    said = _("A line is the number of finished sessions of one cohort in each week.")
    if hidden > 0:
        more = ngettext("One more cohort is in the table.", "%(n)s more cohorts are in the table.", hidden)
        said = f"{said} {more % {'n': hidden}}"
    return said


def _usage_layout(usage: Usage, drawn: Sequence[CohortUsage]) -> dict[str, Any]:
    top = max([week.sessions for cohort in drawn for week in cohort.weeks] + [1])
    made = layout(240, margin={"l": 36, "r": 12, "t": 12, "b": 28}, hovermode="x")
    shown = usage.mondays[::3]
    made["xaxis"] = axis(
        type="category",
        showline=True,
        tickvals=[monday.isoformat() for monday in shown],
        ticktext=[short(monday) for monday in shown],
    )
    made["yaxis"] = axis(range=[0, top * 1.2], nticks=4, tickformat="d")
    made["annotations"] = [_line_label(cohort, number) for number, cohort in enumerate(drawn)]
    made["meta"] = {"kind": "weeks"}
    return made


def _line_label(cohort: CohortUsage, number: int) -> dict[str, Any]:
    """The cohort's name at its highest week, so that no legend is needed."""
    peak = max(range(len(cohort.weeks)), key=lambda index: cohort.weeks[index].sessions)
    side = "left" if peak < len(cohort.weeks) / 2 else "right"
    return label(
        cohort_name(cohort),
        x=cohort.weeks[peak].monday.isoformat(),
        y=cohort.weeks[peak].sessions,
        yanchor="bottom",
        xanchor=side,
        yshift=6,
        font={"color": SERIES[number], "size": 12},
    )


def _usage_line(cohort: CohortUsage, number: int) -> dict[str, Any]:
    name = cohort_name(cohort)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": [week.monday.isoformat() for week in cohort.weeks],
        "y": [week.sessions for week in cohort.weeks],
        "customdata": [f"{name}<br>{_said(week)}" for week in cohort.weeks],
        "hovertemplate": "%{customdata}<extra></extra>",
        "line": {"color": SERIES[number], "dash": SERIES_DASH[number], "width": 2},
        "marker": {"symbol": SERIES_SYMBOL[number], "size": 7, "color": SERIES[number]},
    }


def _usage_table(usage: Usage) -> Table:
    columns = (_("Cohort"), _("Students"), _("Sessions"), *(short(monday) for monday in usage.mondays))
    rows = tuple(
        (
            cohort_name(cohort),
            str(cohort.enrolled) if cohort.cohort_id else "\N{EN DASH}",
            str(cohort.sessions),
            *(str(week.sessions) for week in cohort.weeks),
        )
        for cohort in usage.cohorts
    )
    return Table(_("Finished sessions by cohort and week"), columns, rows)
