"""The estimated listener rating of an answer as its page shows it: in words, over time, and where it comes from.

For the learner alone. It is called "estimated listener rating: engagement" and nothing else: an estimate of how a
listener would rate what was seen and heard, not of what the person feels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics import cue_names, units
from analytics.charts import lanes
from analytics.charts.base import Table
from analytics.charts.timeline import Tick, ticks
from analytics.speech import percent
from scoring.models import ModelVersion
from scoring.performance.index import Profile
from scoring.registry.queries import card_of
from sessions.listener.estimates import NO_FEATURES, TOO_LITTLE
from sessions.listener.queries import engagement_of
from sessions.models import Answer, AnswerScore, Mode

HIGH = 0.5
"""From this probability on a listener would probably rate a second high."""

MISSING: Mapping[str, Any] = MappingProxyType(
    {
        TOO_LITTLE: gettext_lazy(
            "There is no estimate for this answer: in more than half of it too little was seen and heard."
        ),
        NO_FEATURES: gettext_lazy(
            "There is no estimate for this answer: nothing that it needs was measured over time."
        ),
    }
)
BY_VOICE = gettext_lazy(
    "There is no estimate for this answer: by voice alone there is too little for a listener's rating."
)
BEING_MADE = gettext_lazy(
    "You changed what is measured or your own targets. The estimate is being made anew; come back in a moment."
)
NONE_MADE = gettext_lazy("There is no estimate for this answer: it was analysed before there was one.")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seconds without an estimate, in per cent of the width."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The probability over the answer: one path in a box `width` wide, high on top, and the stretches without."""

    width: int
    path: str
    middle: float
    unknown: tuple[Stretch, ...]
    ticks: tuple[Tick, ...]
    table: Table


@dataclass(frozen=True, slots=True)
class Model:
    """Which model made it. `card` says whether there is a card to lead to."""

    name: str
    simulated: bool
    card: bool


@dataclass(frozen=True, slots=True)
class EngagementView:
    """`chart` and `model` are None where there is no estimate; `sentence` then says why."""

    sentence: str
    calibrated: str = ""
    abstained: str = ""
    chart: Chart | None = None
    model: Model | None = None
    left_out: tuple[str, ...] = ()


def engagement_view(answer: Answer, profile: Profile) -> EngagementView | None:
    """The panel of an opened answer; None where the institution's policy shows no listener ratings."""
    standing = engagement_of(answer, profile)
    if standing is None:
        return None
    if standing.row is None:
        return EngagementView(str(BEING_MADE if standing.being_made else NONE_MADE))
    return _view(standing.row, answer)


def _view(score: AnswerScore, answer: Answer) -> EngagementView:
    left_out = tuple(_names(score.details.get("off", ())))
    model = _model(score.version, card_of(score.version, answer.institution_id))
    if score.value is None:
        return EngagementView(_missing(score.missing, answer), model=model, left_out=left_out)
    first = math.ceil((answer.question_ended_ms or 0) / 1000)
    seconds = score.details["seconds"]
    return EngagementView(
        sentence=_sentence(score.details["high"], score.details["low"] + score.details["high"]),
        calibrated=_calibrated(score.value),
        abstained=_abstained(seconds[first:].count(None)),
        chart=_chart(seconds, first, max(1000, answer.stream_ms)),
        model=model,
        left_out=left_out,
    )


def _names(codes: Sequence[str]) -> Iterator[str]:
    known = (cue_names.as_cue(code) for code in codes)
    return (cue_names.name(cue) for cue in known if cue is not None)


def _model(name: str, version: ModelVersion | None) -> Model:
    return Model(name, simulated=bool(version and version.simulated), card=version is not None)


def _missing(why: str, answer: Answer) -> str:
    if answer.session.mode == Mode.VOICE:
        return str(BY_VOICE)
    return str(MISSING.get(why, NONE_MADE))


def _sentence(high: int, known: int) -> str:
    said = ngettext(
        "In %(high)s of %(n)s second a listener would probably give what was seen and heard a high rating.",
        "In %(high)s of %(n)s seconds a listener would probably give what was seen and heard a high rating.",
        known,
    )
    return said % {"high": high, "n": known}


def _calibrated(value: float) -> str:
    share = round(100 * value)
    said = _(
        "Over the whole answer the model gives %(share)s. "
        "Where it says so, about %(n)s of 100 listeners' ratings are high, and the others are not."
    )
    return said % {"share": units.in_unit("share", value), "n": share}


def _abstained(n: int) -> str:
    said = ngettext(
        "For %(n)s second there is no estimate: too little was seen or heard.",
        "For %(n)s seconds there is no estimate: too little was seen or heard.",
        n,
    )
    return said % {"n": n} if n else ""


# --- over time -----------------------------------------------------------------------------------------


def _chart(seconds: Sequence[float | None], first: int, duration_ms: int) -> Chart:
    """`first` is the second with which the answer begins: before it nothing is missing."""
    ys = [None if value is None else _y(value) for value in seconds]
    runs = [run for run in _runs(seconds, first) if run[2] is None]
    return Chart(
        width=round(duration_ms / 100),
        path=lanes.path([10 * i + 5 for i in range(len(ys))], ys),
        middle=_y(HIGH),
        unknown=tuple(
            Stretch(percent(1000 * start, duration_ms), percent(1000 * (end - start), duration_ms))
            for start, end, _high in runs
        ),
        ticks=tuple(Tick(percent(1000 * s, duration_ms), units.clock(1000 * s)) for s in ticks(duration_ms)),
        table=_table(seconds, first),
    )


def _y(probability: float) -> float:
    return round(lanes.HEIGHT - lanes.MARGIN - (lanes.HEIGHT - 2 * lanes.MARGIN) * probability, 1)


def _runs(seconds: Sequence[float | None], first: int) -> Iterator[tuple[int, int, bool | None]]:
    """Stretches (from, to, estimated high) in seconds from `first` on; None: no estimate."""
    at = first
    for kind, group in groupby(seconds[first:], key=lambda value: None if value is None else value >= HIGH):
        n = len(list(group))
        yield at, at + n, kind
        at += n


def _table(seconds: Sequence[float | None], first: int) -> Table:
    words = {True: _("rather high"), False: _("rather low"), None: _("no estimate")}
    rows = tuple(
        (units.clock(1000 * start), units.clock(1000 * end), words[kind], _mean(seconds[start:end]))
        for start, end, kind in _runs(seconds, first)
    )
    columns = (_("From"), _("To"), _("A listener's rating would probably be"), _("Probability of high"))
    return Table(_("The estimate over time"), columns, rows, words=frozenset({0, 1, 2}))


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return units.in_unit("share", sum(known) / len(known)) if known else "\N{EN DASH}"
