"""A finished interview with saved answers that have words, and a second teacher."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Institution, Membership, Purpose, Role, User
from cohorts.models import Cohort, CohortRole, Enrolment
from sessions.models import (
    Answer,
    AnswerResult,
    AnswerState,
    AnswerTranscript,
    PracticeSession,
    ResultState,
    Scenario,
    State,
)

Interview = Callable[..., list[Answer]]
AT = timezone.now() - timedelta(days=3)


@pytest.fixture
def interview(cohort: Cohort, scenario: Scenario) -> Interview:
    """`interview(sam, 3)` makes a finished session of so many saved answers, a minute later than the one before it."""
    numbers = itertools.count()

    def make(user: User, n: int = 1, **fields: Any) -> list[Answer]:
        questions = list(scenario.questions.all())
        at = AT + timedelta(minutes=next(numbers))
        session = PracticeSession.objects.create(
            institution=cohort.institution,
            user=user,
            scenario=scenario,
            cohort=cohort,
            state=State.DONE,
            question_ids=[question.pk for question in questions],
            created_at=at,
            **fields,
        )
        return [_answer(session, questions[position % len(questions)], position) for position in range(n)]

    return make


def _answer(session: PracticeSession, question: Any, position: int) -> Answer:
    answer = Answer.objects.create(
        institution=session.institution,
        session=session,
        question=question,
        position=position,
        question_text=question.text,
        state=AnswerState.SAVED,
        stream_ms=60_000,
    )
    AnswerResult.objects.create(answer=answer, institution=session.institution, state=ResultState.WAITING)
    AnswerTranscript.objects.create(
        answer=answer,
        institution=session.institution,
        language="en",
        words=[["Yes", 100, 400, 0.9]],
        model="t",
    )
    return answer


@pytest.fixture
def teacher_of() -> Callable[..., User]:
    """`teacher_of(northfield, cohort)` is another teacher; without a cohort one who teaches nobody."""

    def make(institution: Institution, cohort: Cohort | None = None, name: str = "Nia Stone") -> User:
        email = f"{name.split(maxsplit=1)[0].lower()}@{institution.pk}.example"
        user = User.objects.create_user(email, "a long quiet evening", name=name)
        Membership.objects.create(institution=institution, user=user, role=Role.TEACHER)
        if cohort is not None:
            Enrolment.objects.create(
                institution=institution, cohort=cohort, user=user, role=CohortRole.TEACHER
            )
        return user

    return make


@pytest.fixture
def teo(northfield: Institution, cohort: Cohort, teacher_of: Callable[..., User]) -> User:
    """A second teacher of the cohort."""
    return teacher_of(northfield, cohort, "Teo Varga")


@pytest.fixture
def lets_rate(sam: User, northfield: Institution, agree: Callable[..., None]) -> None:
    """Sam lets his teachers rate."""
    agree(sam, northfield, Purpose.REVIEW)
