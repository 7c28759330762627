"""Histories for the pages: sessions with answers and results, as many as a test asks for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from cohorts.models import Assignment, Cohort
from sessions.models import (
    Answer,
    AnswerResult,
    AnswerState,
    AnswerTranscript,
    Mode,
    PracticeSession,
    ResultState,
    Scenario,
    State,
)

Practise = Callable[..., PracticeSession]
VALUES: dict[str, Any] = {
    "GZ_DR": {"v": 0.65},
    "LATENCY": {"v": 1.4},
    "F0_SD": {"v": 2.5},
    "ANSWER_LEN": {"v": 62.0},
    "SMILE_SHARE": {"absent": "too_dark"},
    "WPM": {"absent": "no_transcript"},
}


@pytest.fixture
def practise(cohort: Cohort, scenario: Scenario) -> Practise:
    """`practise(sam, at=..., cues=[...])` makes a finished session, an answer for each mapping of cues."""
    numbers = itertools.count()

    def make(
        user: User,
        *,
        at: datetime | None = None,
        cues: Sequence[Mapping[str, Any]] = (VALUES, VALUES, VALUES),
        assignment: Assignment | None = None,
        result_state: ResultState = ResultState.READY,
        events: Sequence[Mapping[str, Any]] = (),
    ) -> PracticeSession:
        at = at or timezone.now() - timedelta(days=30) + timedelta(hours=next(numbers))
        questions = list(scenario.questions.all())
        session = PracticeSession.objects.create(
            institution=cohort.institution,
            user=user,
            scenario=scenario,
            assignment=assignment,
            cohort=cohort,
            mode=Mode.CAMERA,
            state=State.DONE,
            question_ids=[question.pk for question in questions],
            used_ms=180_000,
            created_at=at,
            started_at=at,
            ended_at=at + timedelta(minutes=4),
        )
        for position, values in enumerate(cues):
            answer = Answer.objects.create(
                institution=cohort.institution,
                session=session,
                question=questions[position % len(questions)],
                position=position,
                question_text=questions[position % len(questions)].text,
                state=AnswerState.SAVED,
                asked_at=at,
                ended_at=at + timedelta(minutes=position + 1),
                stream_ms=60_000,
            )
            AnswerResult.objects.create(
                answer=answer,
                institution=cohort.institution,
                state=result_state,
                catalogue_version=1,
                cues=dict(values) if result_state == ResultState.READY else {},
                events=list(events),
                made_at=at,
            )
        return session

    return make


Say = Callable[..., AnswerTranscript]


@pytest.fixture
def say(db: None) -> Say:
    """`say(session)` gives the session's first answer a transcript with a filler, a hedge and a remark."""

    def make(session: PracticeSession, text: str = SAID, **more: Any) -> AnswerTranscript:
        words = [[word, 2000 + 500 * i, 2400 + 500 * i, 0.9] for i, word in enumerate(text.split())]
        fields: dict[str, Any] = {
            "language": "en",
            "words": words,
            "marks": [{"code": "FILLERS", "first": 1, "last": 1}, {"code": "HEDGES", "first": 3, "last": 4}],
            "remarks": [
                {
                    "first": 6,
                    "last": 6,
                    "kind": "agreement",
                    "message": "Other verb.",
                    "suggestions": ["were"],
                }
            ],
            "model": "test 1",
        }
        answer = session.answers.get(position=0)
        return AnswerTranscript.objects.create(
            answer=answer, institution=session.institution, **(fields | more)
        )

    return make


SAID = "Well, um, customers I think they was glad of zealous help."
