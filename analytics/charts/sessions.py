"""One cue over a person's sessions: the values, the own usual, the common range, and what can be said of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import plotly.graph_objects as go
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import bands, cue_names, units
from analytics.charts.base import (
    GROUP_COLOUR,
    GROUP_DASH,
    GROUP_SYMBOL,
    INK,
    Chart,
    Table,
    axis,
    band_shape,
    label,
    layout,
    plain,
)
from analytics.progress import Comparison, Point, compare
from analytics.summaries import Usual
from analytics.verbal import language_name
from scoring.cues.catalogue import CATALOGUE, Band, Cue

HEIGHT = 190


def over_sessions(
    cue: Cue, points: Sequence[Point], usual: Usual | None, band: Band | None = None, *, own: bool = True
) -> Chart:
    """The chart of one cue, points oldest first (at least one), with the `band` that holds for the person.

    `own`: its reader is the person it is about.
    """
    figure = go.Figure(layout=_layout(cue, points, usual, band))
    figure.add_trace(_trace(cue, points))
    compared = compare(points)
    return Chart(
        key=f"cue-{cue.value.lower()}",
        headline=headline(cue, points, compared),
        summary=" ".join([summary(cue, compared, usual, band, own=own), *_spoken_in(cue, points)]),
        figure=plain(figure),
        table=_table(cue, points),
        picture=f"greenroom-{cue.value.lower()}",
    )


def headline(cue: Cue, points: Sequence[Point], compared: Comparison | None) -> str:
    """What is seen, in one line. A difference within the own spread is not called a change."""
    words: dict[str, Any] = {"name": cue_names.name(cue), "n": len(points)}
    words["now"] = units.quantity(cue, compared.after if compared else points[-1].mean)
    if compared is None:
        return (
            ngettext(
                "%(name)s: %(now)s in one session",
                "%(name)s: %(now)s in the latest of %(n)s sessions",
                len(points),
            )
            % words
        )
    if not compared.is_change:
        return _("%(name)s: about %(now)s, much the same over %(n)s sessions") % words
    words["before"] = units.quantity(cue, compared.before)
    return _("%(name)s: %(before)s → %(now)s over %(n)s sessions") % words


def summary(
    cue: Cue, compared: Comparison | None, usual: Usual | None, band: Band | None = None, *, own: bool = True
) -> str:
    """What the line means and how large a difference has to be."""
    said = [_difference(cue, compared, own=own)]
    if usual:
        words = {"usual": units.quantity(cue, usual.mean)}
        said.append(_("Your usual is %(usual)s.") % words if own else _("Usual: %(usual)s.") % words)
    if band and not band.relative:
        said.append(bands.said(cue, band))
    return " ".join(said)


def _spoken_in(cue: Cue, points: Sequence[Point]) -> list[str]:
    """Cues of words are of one language (`analytics.progress.of_one_language`)."""
    if CATALOGUE[cue].group != "words":
        return []
    return [_("From sessions in %(language)s.") % {"language": language_name(points[-1].language)}]


def _difference(cue: Cue, compared: Comparison | None, *, own: bool) -> str:
    if compared is None:
        return _("With four sessions the first and the latest can be compared.")
    words = {"spread": _amount(cue, compared.yardstick)}
    if not own:
        more = _("The first and the latest sessions differ by more than single answers vary (%(spread)s).")
        less = _("The first and the latest sessions differ by less than single answers vary (%(spread)s).")
    else:
        more = _(
            "The latest sessions differ from the first by more than your answers vary anyway (%(spread)s)."
        )
        less = _(
            "The first and the latest sessions differ by less than your answers vary anyway (%(spread)s)."
        )
    return (more if compared.is_change else less) % words


def _amount(cue: Cue, amount: float) -> str:
    """A difference: shares differ by percentage points."""
    if CATALOGUE[cue].unit == "share":
        n = max(1, round(amount * 100))
        return ngettext("%(n)s percentage point", "%(n)s percentage points", n) % {"n": n}
    return units.quantity(cue, amount)


def _layout(cue: Cue, points: Sequence[Point], usual: Usual | None, band: Band | None) -> dict[str, Any]:
    low, high = _range(cue, points, usual, band)
    unit = CATALOGUE[cue].unit
    marks = units.steps(low, high, unit)
    made = layout(HEIGHT, margin={"l": 44, "r": 52, "t": 22, "b": 28}, hovermode="x")
    marks_at = ticks(points)
    made["xaxis"] = axis(
        type="date",
        showline=True,
        tickvals=[moment.isoformat() for moment in marks_at],
        ticktext=[date_format(moment, "SHORT_DAY_FORMAT") for moment in marks_at],
        range=_x_range(points),
    )
    made["yaxis"] = axis(
        range=[low, high],
        tickvals=marks,
        ticktext=[units.tick(unit, mark) for mark in marks],
    )
    made["shapes"], notes = _bands(usual, band, (low, high), points)
    made["annotations"] = [*notes, _unit_label(cue), _last_label(cue, points)]
    made["meta"] = {"kind": "sessions"}
    return made


def ticks(points: Sequence[Point], most: int = 4) -> list[datetime]:
    """Days to be named below the axis: some of those on which there was a session, evenly apart."""
    first, last = points[0].at, points[-1].at
    if last - first < timedelta(days=1):
        return [timezone.localtime(last)]
    step = (last - first) / (most - 1)
    return [timezone.localtime(first + n * step) for n in range(most)]


def _x_range(points: Sequence[Point]) -> list[str]:
    """A margin of a twentieth on either side, so that the first and last marks are whole."""
    first, last = points[0].at, points[-1].at
    margin = max((last - first) / 20, timedelta(days=1))
    return [(first - margin).isoformat(), (last + margin).isoformat()]


def _unit_label(cue: Cue) -> dict[str, Any]:
    at = {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "yshift": 4,
    }
    return label(units.axis_unit(cue), **at)


def _last_label(cue: Cue, points: Sequence[Point]) -> dict[str, Any]:
    last = points[-1]
    return label(
        units.figures(CATALOGUE[cue].unit, last.mean),
        x=last.at.isoformat(),
        y=last.mean,
        xanchor="left",
        xshift=8,
        font={"color": INK, "size": 13},
    )


def _range(cue: Cue, points: Sequence[Point], usual: Usual | None, band: Band | None) -> tuple[float, float]:
    spec = CATALOGUE[cue]
    values = [point.mean for point in points]
    if usual:
        values += [usual.mean - usual.spread, usual.mean + usual.spread]
    if band and not band.relative:
        values += [edge for edge in (band.low, band.high) if edge is not None]
    low, high = min(values), max(values)
    margin = 0.25 * (high - low) or 0.5
    floor = -math.inf if spec.low is None else spec.low
    ceiling = math.inf if spec.high is None else spec.high
    return max(floor, low - margin), min(ceiling, high + margin)


def _bands(
    usual: Usual | None, band: Band | None, limits: tuple[float, float], points: Sequence[Point]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The own usual and the common range or own target, with their direct labels."""
    shapes, notes = [], []
    if usual and usual.spread > 0:
        low, high = max(limits[0], usual.mean - usual.spread), min(limits[1], usual.mean + usual.spread)
        shapes.append(band_shape(None, low, high, soft=True, yref="y"))
        # The word stands where the line does not begin.
        begins_high = points[0].mean > usual.mean
        notes.append(
            _band_label(_("usual"), low if begins_high else high, "left", "bottom" if begins_high else "top")
        )
    if band and not band.relative and band.high is not None:
        low, high = max(limits[0], band.low or limits[0]), min(limits[1], band.high)
        shapes.append(band_shape(None, low, high, soft=False, yref="y"))
        notes.append(
            _band_label(_("own target") if bands.is_own(band) else _("common range"), high, "right", "bottom")
        )
    return shapes, notes


def _band_label(text: str, y: float, xanchor: str, yanchor: str) -> dict[str, Any]:
    x = 0.01 if xanchor == "left" else 0.99
    return label(text, xref="paper", x=x, xanchor=xanchor, y=y, yanchor=yanchor, font={"size": 11})


def _trace(cue: Cue, points: Sequence[Point]) -> dict[str, Any]:
    group = CATALOGUE[cue].group
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": cue_names.name(cue),
        "x": [point.at.isoformat() for point in points],
        "y": [point.mean for point in points],
        "customdata": [_said(cue, point) for point in points],
        "hovertemplate": "%{customdata}<extra></extra>",
        "line": {"color": GROUP_COLOUR[group], "dash": GROUP_DASH[group], "width": 2},
        "marker": {"symbol": GROUP_SYMBOL[group], "size": 7, "color": GROUP_COLOUR[group]},
    }


def day(point: Point) -> str:
    return date_format(timezone.localtime(point.at), "SHORT_DATE_FORMAT")


def _said(cue: Cue, point: Point) -> str:
    return f"{day(point)}<br>{point.scenario}<br>{_value(cue, point)}"


def _value(cue: Cue, point: Point) -> str:
    """The value with its unit, and whether its person disputes it."""
    value = units.quantity(cue, point.mean)
    return _("%(value)s (disputed)") % {"value": value} if point.disputed else value


def _table(cue: Cue, points: Sequence[Point]) -> Table:
    rows = tuple((day(point), point.scenario, _value(cue, point), str(point.n)) for point in reversed(points))
    columns = (_("Session"), _("Scenario"), cue_names.name(cue), _("Answers measured"))
    return Table(
        _("%(name)s, session by session") % {"name": cue_names.name(cue)}, columns, rows, frozenset({0, 1})
    )
