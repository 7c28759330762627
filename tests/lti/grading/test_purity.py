"""No estimate of a model can become a grade: whatever models say of a student, the platform is told the same bytes.

The imports are import-linter's to forbid (contract `grades`); here is the proof by what arrives, and by what is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Purpose, User
from cohorts.models import Assignment
from lti import tasks
from lti.grading import sending
from lti.grading.actions import confirm_rubric
from lti.grading.rubric import proposal_for
from lti.models import Grade, Identity, ResourceLink
from sessions.models import (
    Advice,
    Answer,
    AnswerResult,
    AnswerScore,
    AnswerState,
    PracticeSession,
    Rating,
    RatingKind,
    ResultState,
    ScoreKind,
    SelfRating,
)
from sessions.ratings.actions import Said, rate
from tests.lti.emulated_services import Services
from tests.lti.served import practised

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LOW, HIGH, NONE = -1e9, 1e9, None
MAY_READ = {
    *("lti_grade", "lti_resourcelink", "lti_identity", "lti_registration", "lti_course", "lti_signingkey"),
    *("practice_practicesession", "practice_scenario", "practice_rating", "practice_answer"),
    *("cohorts_assignment", "cohorts_cohort", "cohorts_enrolment"),
    *(
        "accounts_user",
        "accounts_institution",
        "accounts_membership",
        "accounts_consent",
        "accounts_auditentry",
    ),
    *("procrastinate_jobs",),
}
"""The tables from which a grade may come, or that sending it needs. None holds what a model made."""


@pytest.fixture
def answers(
    sam: User, assignment: Assignment, sams_identity: Identity, agree: Callable[..., None]
) -> list[Answer]:
    agree(sam, assignment.institution, Purpose.REVIEW)
    question = assignment.scenario.questions.first()
    return [
        Answer.objects.create(
            institution=assignment.institution,
            session=session,
            question=question,
            position=0,
            question_text="?",
            state=AnswerState.SAVED,
            stream_ms=60_000,
        )
        for session in practised(sam, assignment, 2)
    ]


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Grades are stamped at one and the same time, so that the bytes may be compared."""

    class Clock:
        now = staticmethod(lambda: NOON)

    monkeypatch.setattr(sending, "timezone", Clock)


def estimate(answers: list[Answer], value: float | None) -> None:
    """Every kind of estimate and measurement that the product keeps of an answer, all at one extreme, or none."""
    for model in (AnswerScore, Advice, AnswerResult):
        model.objects.all().delete()
    if value is None:
        return
    for answer in answers:
        of_it: dict[str, Any] = {"answer": answer, "institution": answer.institution}
        for kind in ScoreKind:
            AnswerScore.objects.create(kind=kind, version="x", value=value, **of_it)
        Advice.objects.create(
            version="x",
            engagement_version="x",
            changes=[],
            details={"after": value, "before": -value},
            **of_it,
        )
        AnswerResult.objects.create(
            state=ResultState.READY,
            cues={"GZ_DR": {"v": value}},
            quality={"face": value},
            made_by={"engagement": "x"},
            made_at=timezone.now(),
            **of_it,
        )


def say(answers: list[Answer], sam: User, tia: User, value: float | None) -> None:
    """The ratings that are no rubric of the teacher's: engagement, opinion, and what Sam says of himself."""
    level = {LOW: 1, HIGH: 5}.get(value) if value is not None else None
    Rating.objects.filter(kind=RatingKind.SELF).delete()
    for answer in answers:
        Rating.objects.filter(answer=answer, rater=tia).update(engagement=level, shortlisted=value == HIGH)
        if level is not None:
            said = [{"key": "answered", "name": "Answered the question", "level": level}]
            kept = {"kind": RatingKind.SELF, "criteria": said, "engagement": level}
            Rating.objects.create(institution=answer.institution, answer=answer, rater=sam, **kept)
    PracticeSession.objects.update(self_rating=SelfRating.GIVEN, used_ms=0 if level == 1 else 3_600_000)


def told(services: Services, link: ResourceLink) -> bytes:
    """What the platform is told of Sam when everything is done anew."""
    tasks.note_link(link.pk)
    return sent(services, link)


def sent(services: Services, link: ResourceLink) -> bytes:
    services.grades.clear()
    before = len(services.scores)
    tasks.send_grades(link.pk)
    [asked] = services.scores[before:]
    return asked.body


def test_completion_is_told_byte_for_byte_whatever_models_say(
    link: ResourceLink, answers: list[Answer], services: Services, sam: User, tia: User, noon: None
) -> None:
    bodies = []
    for value in (NONE, LOW, HIGH):
        estimate(answers, value)
        say(answers, sam, tia, value)
        Grade.objects.all().delete()
        bodies.append(told(services, link))
    assert len(set(bodies)) == 1
    assert b'"scoreGiven":10.0,"scoreMaximum":10.0' in bodies[0]


def test_a_rubric_is_told_byte_for_byte_whatever_models_say(
    link: ResourceLink, answers: list[Answer], services: Services, sam: User, tia: User, noon: None
) -> None:
    for answer in answers:
        rate(answer=answer, by=tia, said=Said(levels={"answered": 4, "structure": 3}))
    bodies, proposals = [], []
    for value in (NONE, LOW, HIGH):
        estimate(answers, value)
        say(answers, sam, tia, value)
        Grade.objects.all().delete()
        assert link.assignment_id is not None
        found = proposal_for(teacher=tia, student_id=sam.pk, assignment_id=link.assignment_id, most=10)
        assert found is not None
        proposals.append(found)
        confirm_rubric(link=link, student=sam, points=found.points, by=tia)
        bodies.append(sent(services, link))
    assert len(set(bodies)) == len(set(proposals)) == 1
    assert b'"scoreGiven":7.0,"scoreMaximum":10.0' in bodies[0]


def test_the_teachers_levels_are_what_changes_it(
    link: ResourceLink, answers: list[Answer], services: Services, sam: User, tia: User, noon: None
) -> None:
    """The comparison above is able to fail."""
    bodies = []
    for level in (2, 4):
        rate(answer=answers[0], by=tia, said=Said(levels={"answered": level}))
        assert link.assignment_id is not None
        found = proposal_for(teacher=tia, student_id=sam.pk, assignment_id=link.assignment_id, most=10)
        assert found is not None
        Grade.objects.all().delete()
        confirm_rubric(link=link, student=sam, points=found.points, by=tia)
        bodies.append(sent(services, link))
    assert bodies[0] != bodies[1]


def test_no_table_of_a_model_is_read(
    link: ResourceLink, answers: list[Answer], services: Services, sam: User, tia: User
) -> None:
    estimate(answers, HIGH)
    rate(answer=answers[0], by=tia, said=Said(levels={"answered": 4}))
    ProcrastinateJob.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        told(services, link)
        confirm_rubric(link=link, student=sam, points=8, by=tia)
        tasks.note_completions(0)
        sent(services, link)
    read = {name for one in queries for name in re.findall(r'(?:FROM|JOIN|INTO|UPDATE) "(\w+)"', one["sql"])}
    assert {"practice_rating", "practice_practicesession", "lti_grade"} <= read
    assert read - MAY_READ == set()
