"""Sessions of simulated people over the last twelve weeks, as rows that are not saved yet."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

import numpy as np

from accounts.models import User
from analytics.demo import people
from analytics.demo.answers import SimulatedAnswer, setting, simulate
from analytics.demo.personas import Persona, Random
from analytics.demo.spoken import Told, told
from cohorts.models import Assignment, Cohort
from scoring.cues.catalogue import CATALOGUE_VERSION, Cue
from sessions.models import (
    Answer,
    AnswerResult,
    AnswerScore,
    AnswerState,
    AnswerTranscript,
    Mode,
    PracticeSession,
    Question,
    ResultState,
    Scenario,
    State,
)

WEEKS = 12
SEED = 20_260


@dataclass(frozen=True, slots=True)
class Interview:
    """A scenario with its standing questions in order."""

    scenario: Scenario
    questions: tuple[Question, ...]

    def shortened(self, most: int | None) -> Interview:
        """The same without its last questions: whoever ends early has not answered them."""
        return self if most is None else Interview(self.scenario, self.questions[:most])


@dataclass(slots=True)
class Rows:
    """Everything that will be written, in the order in which it may be."""

    sessions: list[PracticeSession] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    results: list[AnswerResult] = field(default_factory=list)
    transcripts: list[AnswerTranscript] = field(default_factory=list)
    scores: list[AnswerScore] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Taken:
    """One simulated session with its answers, for whoever needs more of it (the baseline, the tracks)."""

    session: PracticeSession
    simulated: tuple[SimulatedAnswer, ...]
    results: tuple[AnswerResult, ...]


@dataclass(frozen=True, slots=True)
class Student:
    """A simulated student in a cohort, with what the cohort was asked to do."""

    user: User
    cohort: Cohort
    persona: Persona
    interviews: Sequence[Interview]
    assignments: Sequence[Assignment]
    rng: Random
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """What is said in the last session, by scenario and question."""
    answers: int | None = None
    """How many questions they answer before they end; None: all."""
    last_time: Mapping[Cue, float] = field(default_factory=dict)
    """By how much the last session differs from the person's usual, beyond the day's chance."""


def generator(name: str) -> Random:
    """Each person has random numbers of their own: nobody's history moves when another person is added."""
    return np.random.default_rng([SEED, people.key("persona", name).int % 2**63])


def times(student: Student, now: datetime) -> list[datetime]:
    """When the student practised, oldest first: in some weeks once or twice, in others not at all."""
    person, rng = student.persona, student.rng
    found = []
    for week in range(person.first_week, person.last_week + 1):
        if rng.random() < person.weekly:
            found += [_moment(week, now, rng) for _ in range(1 + int(rng.random() < 0.22))]
    return sorted(moment for moment in found if moment < now - timedelta(hours=2))


def _moment(week: int, now: datetime, rng: Random) -> datetime:
    """Some time between nine and twenty o'clock of a day of that week; week 11 is the one that ends today."""
    ago = timedelta(days=7 * (WEEKS - 1 - week) + float(rng.integers(0, 7)))
    day = (now - ago).replace(hour=int(rng.integers(9, 20)), minute=int(rng.integers(0, 60)))
    return day.replace(second=int(rng.integers(0, 60)), microsecond=0)


def practise(student: Student, moments: Sequence[datetime], now: datetime, rows: Rows) -> list[Taken]:
    """Add the student's sessions to `rows`."""
    return [_session(student, moment, now, rows, is_last=moment is moments[-1]) for moment in moments]


def _session(student: Student, at: datetime, now: datetime, rows: Rows, *, is_last: bool) -> Taken:
    rng, person = student.rng, student.persona
    assignment = next((a for a in student.assignments if a.opens_at <= at < a.due_at), None)
    interview = _interview(student, assignment)
    camera = bool(rng.random() >= person.voice_only)
    progress = 1 - (now - at) / timedelta(weeks=WEEKS)
    day = setting(person, rng, progress=float(np.clip(progress, 0, 1)), camera=camera)
    day = day.shifted(student.last_time if is_last else {})
    interview = interview.shortened(student.answers)
    simulated = tuple(simulate(person, day, rng) for _ in interview.questions)
    spoken = _spoken(student, interview, simulated) if is_last else {}
    simulated = tuple(spoken[i].answer if i in spoken else one for i, one in enumerate(simulated))
    session = _row(student, interview, at, camera=camera, assignment=assignment, simulated=simulated)
    answers = list(answers_to(session, interview, simulated))
    results = [result_of(answer, found) for answer, found in zip(answers, simulated, strict=True)]
    rows.sessions.append(session)
    rows.answers += answers
    rows.results += results
    rows.transcripts += [_transcript(answers[i], told) for i, told in spoken.items()]
    return Taken(session, simulated, tuple(results))


def _spoken(student: Student, interview: Interview, simulated: Sequence[SimulatedAnswer]) -> dict[int, Told]:
    """The answers that have words, by their place. Their draws are their own: all others stay as they were."""
    rng = generator(f"{student.user.email} in words")
    slug = interview.scenario.slug
    places = [(i, (slug, question.key)) for i, question in enumerate(interview.questions)]
    return {i: told(simulated[i], student.texts[key], rng) for i, key in places if key in student.texts}


def _transcript(answer: Answer, found: Told) -> AnswerTranscript:
    return AnswerTranscript(
        answer=answer,
        institution_id=answer.institution_id,
        language=found.transcript.language,
        words=found.transcript.to_json()["words"],
        marks=[
            {"code": mark.code.value, "first": mark.first, "last": mark.last} for mark in found.verbal.marks
        ],
        remarks=[asdict(remark) for remark in found.verbal.remarks],
        model=found.transcript.model,
        made_at=answer.ended_at or answer.asked_at,
    )


def _interview(student: Student, assignment: Assignment | None) -> Interview:
    wanted = assignment.scenario_id if assignment else None
    asked = next((one for one in student.interviews if one.scenario.pk == wanted), None)
    return asked or student.interviews[int(student.rng.integers(0, len(student.interviews)))]


def _row(
    student: Student,
    interview: Interview,
    at: datetime,
    *,
    camera: bool,
    assignment: Assignment | None,
    simulated: Sequence[SimulatedAnswer],
) -> PracticeSession:
    used_ms = sum(answer.stream_ms for answer in simulated)
    return PracticeSession(
        id=_id(student.rng),
        institution_id=student.cohort.institution_id,
        user=student.user,
        scenario=interview.scenario,
        assignment=assignment,
        cohort=student.cohort,
        mode=Mode.CAMERA if camera else Mode.VOICE,
        state=State.DONE,
        question_ids=[question.pk for question in interview.questions],
        position=len(interview.questions) - 1,
        used_ms=used_ms,
        simulated=True,
        created_at=at,
        started_at=at + timedelta(seconds=50),
        ended_at=at + timedelta(seconds=50, milliseconds=used_ms),
    )


def answers_to(
    session: PracticeSession, interview: Interview, simulated: Sequence[SimulatedAnswer]
) -> Iterator[Answer]:
    at = session.started_at or session.created_at
    for position, (question, found) in enumerate(zip(interview.questions, simulated, strict=True)):
        ended = at + timedelta(milliseconds=found.stream_ms)
        yield Answer(
            id=uuid.uuid5(session.pk, str(position)),
            institution_id=session.institution_id,
            session=session,
            question=question,
            position=position,
            question_text=question.text,
            state=AnswerState.SAVED,
            asked_at=at,
            ended_at=ended,
            question_ended_ms=found.question_ended_ms,
            speech_started_ms=found.speech_started_ms,
            stream_ms=found.stream_ms,
            frames_dropped=found.quality["frames_dropped"],
        )
        at = ended


def result_of(answer: Answer, found: SimulatedAnswer) -> AnswerResult:
    return AnswerResult(
        answer=answer,
        institution_id=answer.institution_id,
        state=ResultState.READY,
        catalogue_version=CATALOGUE_VERSION,
        cues=found.cues,
        events=found.events,
        quality=found.quality,
        made_at=answer.ended_at,
    )


def _id(rng: Random) -> uuid.UUID:
    return uuid.UUID(bytes=rng.bytes(16), version=4)
