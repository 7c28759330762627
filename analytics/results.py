"""The result of one session, put together for its page: sentences, changes, and the state of each answer's analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import cue_names, history, summaries, tracks, units, words
from analytics.charts import Chart
from analytics.charts.timeline import SYMBOLS, timeline
from analytics.summaries import Happening, Measured, Usual
from scoring.cues.catalogue import CATALOGUE, Cue
from sessions.models import (
    Answer,
    AnswerResult,
    AnswerState,
    PracticeSession,
    Recording,
    RecordingState,
    ResultState,
    State,
)
from sessions.queries import answers_of

WINDOW_S, HOP_S = 0.5, 0.25
"""Over which time a value of the timeline is taken, and how often (cues.md)."""


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer in the list: what it was, and how far its analysis is."""

    answer: Answer
    result: AnswerResult | None

    @property
    def state(self) -> str:
        """skipped, open, waiting, ready or failed."""
        if self.answer.state != AnswerState.SAVED:
            return str(self.answer.state)
        return str(self.result.state) if self.result else ResultState.WAITING.value

    @property
    def number(self) -> int:
        return self.answer.position + 1

    @property
    def length(self) -> str:
        return units.clock(self.answer.stream_ms)


@dataclass(frozen=True, slots=True)
class SessionResult:
    """Everything the result page shows before an answer is opened."""

    session: PracticeSession
    lines: tuple[AnswerLine, ...]
    values: Mapping[Cue, Measured]
    usual: Mapping[Cue, Usual]

    @property
    def finished(self) -> bool:
        return self.session.state == State.DONE

    @property
    def waiting(self) -> int:
        return sum(1 for line in self.lines if line.state == ResultState.WAITING)

    @property
    def analysed(self) -> int:
        return sum(1 for line in self.lines if line.state in (ResultState.READY, ResultState.FAILED))

    @property
    def saved(self) -> int:
        return self.waiting + self.analysed

    @property
    def changes(self) -> list[words.Fact]:
        """At most three facts that lie beyond the person's own spread; none before there is a baseline."""
        return words.changed(words.facts(self.values, self.usual)) if not self.waiting else []

    @property
    def sentence(self) -> str:
        """What this session was, in one sentence."""
        skipped = sum(1 for line in self.lines if line.state == AnswerState.SKIPPED)
        n, minutes = len(self.lines) - skipped, max(1, round(self.session.used_ms / 60_000))
        answers = ngettext("You answered one question", "You answered %(n)s questions", n) % {"n": n}
        length = ngettext("in about one minute", "in about %(n)s minutes", minutes) % {"n": minutes}
        said = _("%(answers)s %(length)s.") % {"answers": answers, "length": length}
        if skipped:
            more = ngettext("You skipped one question.", "You skipped %(n)s questions.", skipped)
            said = f"{said} {more % {'n': skipped}}"
        return said


def session_result(session: PracticeSession) -> SessionResult:
    """The whole session; two queries, three in someone's first."""
    lines = tuple(AnswerLine(answer, _result_of(answer)) for answer in answers_of(session))
    ready = [line.result for line in lines if line.result and line.state == ResultState.READY]
    values = summaries.over_answers(summaries.measured(result.cues) for result in ready)
    return SessionResult(session, lines, values, history.usual_before(session))


def _result_of(answer: Answer) -> AnswerResult | None:
    try:
        return answer.result
    except ObjectDoesNotExist:
        return None


@dataclass(frozen=True, slots=True)
class Mark:
    """An event in the list beside the chart: `t_ms` is where the playhead goes."""

    t_ms: int
    at: str
    name: str
    lasted: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Number:
    """One row of the table of all numbers."""

    name: str
    group: str
    value: str
    usual: str
    common: str
    signal: str
    absent: bool


@dataclass(frozen=True, slots=True)
class AnswerResultView:
    """One answer, opened."""

    line: AnswerLine
    chart: Chart | None
    marks: tuple[Mark, ...]
    facts: tuple[words.Fact, ...]
    happened: tuple[str, ...]
    not_measured: tuple[words.NotMeasured, ...]
    not_yet: tuple[str, ...]
    numbers: tuple[Number, ...]
    recording: Recording | None

    @property
    def window(self) -> dict[str, str]:
        return {"window": units.in_unit("s", WINDOW_S), "hop": f"{HOP_S:g}\N{NO-BREAK SPACE}s"}


def answer_result(line: AnswerLine, usual: Mapping[Cue, Usual]) -> AnswerResultView:
    """One answer with its chart, its words and its numbers. Reads the track from the storage."""
    result = line.result
    ready = result is not None and line.state == ResultState.READY
    values = summaries.measured(result.cues) if result and ready else {}
    happened = summaries.happenings(result.events) if result and ready else []
    chart = _chart(line, result, happened, usual) if result and ready else None
    return AnswerResultView(
        line=line,
        chart=chart,
        marks=tuple(map(_mark, happened)),
        facts=tuple(words.foremost(words.facts(values, usual))),
        happened=tuple(words.events(summaries.counts(happened))),
        not_measured=tuple(words.not_measured(values)),
        not_yet=tuple(words.not_yet(values)),
        numbers=tuple(numbers(values, usual)),
        recording=_recording(line.answer),
    )


def _chart(
    line: AnswerLine, result: AnswerResult, happened: Sequence[Happening], usual: Mapping[Cue, Usual]
) -> Chart | None:
    track = tracks.track_of(result)
    return timeline(
        track.times_ms if track else np.zeros(0),
        track.columns if track else {},
        happened,
        usual,
        duration_ms=max(1000, line.answer.stream_ms),
        key=f"answer-{line.number}",
    )


def _mark(one: Happening) -> Mark:
    lasted = "" if one.end_ms is None else units.in_unit("s", (one.end_ms - one.start_ms) / 1000)
    return Mark(one.start_ms, units.clock(one.start_ms), cue_names.name(one.cue), lasted, SYMBOLS[one.cue][1])


def _recording(answer: Answer) -> Recording | None:
    try:
        recording = answer.recording
    except ObjectDoesNotExist:
        return None
    return recording if recording.state == RecordingState.READY else None


def numbers(values: Mapping[Cue, Measured], usual: Mapping[Cue, Usual]) -> list[Number]:
    """Every cue that this version measures, with its value or the reason why there is none."""
    return [
        _number(cue, values[cue], usual.get(cue))
        for cue in cue_names.in_order(values)
        if values[cue].absent not in set(cue_names.NOT_YET)
    ]


def _number(cue: Cue, found: Measured, usual: Usual | None) -> Number:
    spec = CATALOGUE[cue]
    band = spec.band
    return Number(
        name=cue_names.name(cue),
        group=str(cue_names.GROUPS[spec.group]),
        value=cue_names.reason(found.absent or "")
        if found.value is None
        else units.quantity(cue, found.value),
        usual=units.quantity(cue, usual.mean) if usual else "",
        common=units.band_words(cue, band) if band and not band.relative else "",
        signal=cue_names.signal(cue),
        absent=found.value is None,
    )
