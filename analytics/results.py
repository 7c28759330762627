"""The result of one session, put together for its page: sentences, changes, and the state of each answer's analysis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog
from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import (
    cue_names,
    history,
    moments,
    quality,
    states,
    summaries,
    transcripts,
    units,
    verbal,
    words,
)
from analytics.bands import band_for, is_own
from analytics.charts.lanes import lanes
from analytics.charts.timeline import Timeline, timeline
from analytics.coach.panel import AnswerAdvice, answer_advice
from analytics.disputes import Mark, Marks
from analytics.engagement import EngagementView, engagement_view
from analytics.moments import Moment
from analytics.performance import PerformanceView, performance_view
from analytics.quality import Report
from analytics.review import Said, for_student
from analytics.speech import Span, long_pauses
from analytics.speech import spoken as spoken_spans
from analytics.summaries import Happening, Measured, Usual
from analytics.transcripts import Spoken
from analytics.verbal import Verbal
from scoring.cues.analysis import Track
from scoring.cues.catalogue import CATALOGUE, Band, Cue
from scoring.performance.index import NO_PROFILE, Profile
from scoring.queries import profile_of
from sessions.models import (
    About,
    Answer,
    AnswerResult,
    AnswerState,
    AnswerTranscript,
    Mode,
    PracticeSession,
    Recording,
    RecordingState,
    ResultState,
    State,
)
from sessions.queries import answers_of
from sessions.scores import performance_of
from sessions.tracks import track_of

log = structlog.get_logger(__name__)

WINDOW_S, HOP_S = 0.5, 0.25
"""Over which time a value of the timeline is taken, and how often (cues.md)."""
SHORT_MS = 8_000
"""A shorter answer has too little in it for most cues."""


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer in the list: what it was, and how far its analysis is."""

    answer: Answer
    result: AnswerResult | None

    @property
    def state(self) -> str:
        """skipped, open, waiting, ready, failed or stopped."""
        if self.answer.state != AnswerState.SAVED:
            return str(self.answer.state)
        return str(self.result.state) if self.result else ResultState.WAITING.value

    @property
    def number(self) -> int:
        return self.answer.position + 1

    @property
    def length(self) -> str:
        return units.clock(self.answer.stream_ms)

    @property
    def progress(self) -> states.Progress:
        """How far the analysis is."""
        return states.progress(self.result.progress if self.result else {})

    @property
    def problem(self) -> states.Problem:
        """Why there is no result; only of use where the state is failed."""
        return states.problem(self.result.problem if self.result else "")


@dataclass(frozen=True, slots=True)
class SessionResult:
    """Everything the result page shows before an answer is opened."""

    session: PracticeSession
    lines: tuple[AnswerLine, ...]
    values: Mapping[Cue, Measured]
    usual: Mapping[Cue, Usual]
    profile: Profile = NO_PROFILE
    """What the person left out, which is not in `values`, and their own targets."""

    @property
    def finished(self) -> bool:
        return self.session.state == State.DONE

    @property
    def waiting(self) -> int:
        return sum(1 for line in self.lines if line.state == ResultState.WAITING)

    @property
    def pending(self) -> list[AnswerLine]:
        return [line for line in self.lines if line.state == ResultState.WAITING]

    @property
    def analysed(self) -> int:
        """Answers whose analysis is over, one way or another."""
        over = (ResultState.READY, ResultState.FAILED, ResultState.STOPPED)
        return sum(1 for line in self.lines if line.state in over)

    @property
    def saved(self) -> int:
        return self.waiting + self.analysed

    @property
    def changes(self) -> list[words.Fact]:
        """At most three facts that lie beyond the person's own spread; none before there is a baseline."""
        if self.waiting:
            return []
        cues = (*cue_names.SHOWN, *verbal.SAID)
        language = self.session.scenario.language
        facts = words.facts(self.values, self.usual, cues=cues, language=language, profile=self.profile)
        return words.changed(facts)

    @property
    def ready(self) -> int:
        return sum(1 for line in self.lines if line.state == ResultState.READY)

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
    """The whole session; three queries, four in someone's first."""
    profile = profile_of(user_id=session.user_id, institution_id=session.institution_id)
    lines = tuple(AnswerLine(answer, _result_of(answer)) for answer in answers_of(session))
    ready = [line.result for line in lines if line.result and line.state == ResultState.READY]
    values = summaries.over_answers(summaries.measured(result.cues) for result in ready)
    values = summaries.without(values, profile.off)
    return SessionResult(session, lines, values, history.usual_before(session), profile)


def _result_of(answer: Answer) -> AnswerResult | None:
    try:
        return answer.result
    except ObjectDoesNotExist:
        return None


@dataclass(frozen=True, slots=True)
class Number:
    """One row of the table of all numbers; `code` leads to the page that explains the cue."""

    code: str
    name: str
    group: str
    value: str
    usual: str
    common: str
    signal: str
    absent: bool
    dispute: Mark | None = None
    """Where its reader may dispute it."""


@dataclass(frozen=True, slots=True)
class AnswerResultView:
    """One answer, opened."""

    line: AnswerLine
    chart: Timeline | None
    spoken: Spoken | None
    moments: tuple[Moment, ...]
    facts: tuple[words.Fact, ...]
    happened: tuple[str, ...]
    verbal: Verbal
    not_measured: tuple[words.NotMeasured, ...]
    not_yet: tuple[str, ...]
    quality: Report
    numbers: tuple[Number, ...]
    recording: Recording | None
    performance: PerformanceView | None
    engagement: EngagementView | None
    advice: AnswerAdvice | None
    said: Said
    """What people said of it: the person, and their teachers."""
    left_out: tuple[str, ...]
    """Names of what the person left out."""
    disputes: Marks

    @property
    def window(self) -> dict[str, str]:
        return {"window": units.in_unit("s", WINDOW_S), "hop": f"{HOP_S:g}\N{NO-BREAK SPACE}s"}

    @property
    def tools(self) -> list[str]:
        """The models and libraries that made the result, each with its version."""
        made_by = self.line.result.made_by if self.line.result else {}
        return [
            f"{name} {version}" for name, version in sorted(made_by.items()) if name not in quality.NO_TOOLS
        ]

    @property
    def kinds(self) -> list[tuple[str, int, str]]:
        """Kind, count and name of the moments, for the filter; one kind needs none."""
        return moments.kinds(self.moments)

    @property
    def is_short(self) -> bool:
        """Too short for most cues, which the page says before it lists them as absent."""
        return self.line.answer.stream_ms < SHORT_MS


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What is kept of one answer, read; all empty while there is no result."""

    values: Mapping[Cue, Measured]
    happened: Sequence[Happening]
    track: Track | None
    speech: Sequence[Span]
    long: Sequence[Span]
    spoken: Spoken | None
    report: Report


def answer_result(
    line: AnswerLine, usual: Mapping[Cue, Usual], profile: Profile = NO_PROFILE
) -> AnswerResultView:
    """One answer with its timeline, words and numbers. Reads its track from the storage, its transcript and index."""
    found = _read(line, profile)
    session = line.answer.session
    said = for_student(line.answer, session.user)
    language = found.spoken.language if found.spoken else session.scenario.language
    marks = Marks(line.answer)
    return AnswerResultView(
        line=line,
        chart=_timeline(line, found, usual, profile),
        spoken=found.spoken,
        moments=tuple(moments.moments(found.happened, found.long, found.spoken, said.comments)),
        facts=tuple(words.foremost(words.facts(found.values, usual, profile=profile))),
        happened=tuple(words.events(summaries.counts(found.happened))),
        verbal=verbal.verbal(found.values, usual, found.spoken, language, profile),
        not_measured=tuple(words.not_measured(found.values)),
        not_yet=tuple(words.not_yet(found.values)),
        quality=found.report,
        numbers=tuple(_marked(numbers(found.values, usual, language, profile), marks)),
        recording=_recording(line.answer),
        performance=_performance(line, found, profile),
        engagement=engagement_view(line.answer, profile) if line.state == ResultState.READY else None,
        advice=answer_advice(line.answer, profile) if line.state == ResultState.READY else None,
        said=said,
        left_out=tuple(cue_names.name(cue) for cue in cue_names.in_order(profile.off)),
        disputes=marks,
    )


def _marked(found: Iterable[Number], marks: Marks) -> list[Number]:
    """Each with the way to dispute it, and what its learner disputes of it."""
    return [replace(one, dispute=marks.of(About.CUE, one.code)) for one in found]


def _performance(line: AnswerLine, found: _Found, profile: Profile) -> PerformanceView | None:
    if line.state != ResultState.READY:
        return None
    score = performance_of(line.answer)
    return performance_view(score, found.values, profile, line.answer.session.scenario.language)


def _read(line: AnswerLine, profile: Profile) -> _Found:
    result = line.result
    if result is None or line.state != ResultState.READY:
        return _Found({}, (), None, (), (), None, Report((), ""))
    values, track = summaries.measured(result.cues), track_of(result)
    values = summaries.without(values, profile.off)
    speech = spoken_spans(result.quality, track)
    long = () if Cue.PAUSE_LONG_N in profile.off else long_pauses(speech)
    happened = [one for one in summaries.happenings(result.events) if one.cue not in profile.off]
    return _Found(
        values=values,
        happened=happened,
        track=track,
        speech=speech,
        long=long,
        spoken=_spoken(line.answer, long, profile),
        report=quality.report(
            result.quality, result.made_by, values, voice_only=line.answer.session.mode == Mode.VOICE
        ),
    )


def _spoken(answer: Answer, long: Sequence[Span], profile: Profile) -> Spoken | None:
    stored = AnswerTranscript.objects.filter(answer=answer).first()
    if stored is None:
        return None
    found = transcripts.spoken(stored, long, profile.off)
    if found is None:
        log.warning("transcript_unreadable", answer=str(answer.pk))
    return found


def _timeline(
    line: AnswerLine, found: _Found, usual: Mapping[Cue, Usual], profile: Profile
) -> Timeline | None:
    duration_ms = max(1000, line.answer.stream_ms)
    rows = lanes(found.track, found.happened, usual, found.values, duration_ms=duration_ms, profile=profile)
    fillers = found.spoken.fillers if found.spoken else {}
    key = f"answer-{line.number}-lanes"
    return timeline(rows, found.speech, fillers, duration_ms=duration_ms, key=key, long=found.long)


def _recording(answer: Answer) -> Recording | None:
    try:
        recording = answer.recording
    except ObjectDoesNotExist:
        return None
    return recording if recording.state == RecordingState.READY else None


def numbers(
    values: Mapping[Cue, Measured],
    usual: Mapping[Cue, Usual],
    language: str,
    profile: Profile = NO_PROFILE,
    *,
    own: bool = True,
) -> list[Number]:
    """Every cue that is measured in the language, with its value or the reason why there is none, and its band.

    `own`: the reader is the person themselves. Another one sees neither an own target nor what it takes the place of.
    """
    unsaid = frozenset() if own else frozenset(profile.targets)
    return [
        _number(
            cue,
            values[cue],
            usual.get(cue),
            None if cue in unsaid else band_for(profile, cue, language),
        )
        for cue in cue_names.in_order(values)
        if values[cue].absent not in set(cue_names.SAID_ONCE)
    ]


def _number(cue: Cue, found: Measured, usual: Usual | None, band: Band | None) -> Number:
    spec = CATALOGUE[cue]
    return Number(
        code=cue.value,
        name=cue_names.name(cue),
        group=str(cue_names.GROUPS[spec.group]),
        value=cue_names.reason(found.absent or "")
        if found.value is None
        else units.quantity(cue, found.value),
        usual=units.quantity(cue, usual.mean) if usual else "",
        common=_common(cue, band) if band and not band.relative else "",
        signal=cue_names.signal(cue),
        absent=found.value is None,
    )


def _common(cue: Cue, band: Band) -> str:
    range_ = units.band_words(cue, band)
    return _("%(range)s (your own target)") % {"range": range_} if is_own(band) else range_
