"""Points by a teacher's own ratings: how they come about, who may confirm them, and what they take the place of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions import withdraw_consent
from accounts.models import AuditEntry, Institution, Purpose, Role, User
from cohorts.models import Assignment, Cohort, CohortRole, Enrolment
from lti.grading.actions import confirm_rubric, grade_completions
from lti.grading.errors import NothingRated, OutOfRange
from lti.grading.rubric import proposal, proposal_for
from lti.models import Grade, GradeSource, GradeState, Identity, ResourceLink
from sessions.models import LEVELS, Answer, AnswerState, PracticeSession, Rating, RatingKind, State
from sessions.ratings.actions import Said, rate
from tests.conftest import person
from tests.lti.served import practised

pytestmark = pytest.mark.django_db


def answered(session: PracticeSession, position: int = 0) -> Answer:
    question = session.scenario.questions.order_by("position")[position]
    return Answer.objects.create(
        institution=session.institution,
        session=session,
        question=question,
        position=position,
        question_text=question.text,
        state=AnswerState.SAVED,
        stream_ms=60_000,
    )


@pytest.fixture
def answer(sam: User, assignment: Assignment, agree: Callable[..., None]) -> Answer:
    agree(sam, assignment.institution, Purpose.REVIEW)
    return answered(practised(sam, assignment)[0])


def rated(answer: Answer, by: User, engagement: int | None = None, **levels: int) -> Rating:
    return rate(answer=answer, by=by, said=Said(levels=levels, engagement=engagement))


def points_of(teacher: User, student: User, assignment: Assignment, most: float = 10) -> float | None:
    found = proposal_for(teacher=teacher, student_id=student.pk, assignment_id=assignment.pk, most=most)
    return found.points if found else None


# --- the arithmetic -------------------------------------------------------------------------------------


def levels(*given: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"key": key, "name": key, "level": level} for key, level in given]


def test_every_criterion_counts_the_same() -> None:
    found = proposal([levels(("a", 5), ("b", 2)), levels(("a", 4))], most=10)
    assert found is not None
    assert [(one.name, one.level, one.answers) for one in found.criteria] == [("a", 4.5, 2), ("b", 2.0, 1)]
    assert (found.level, found.points, found.highest) == (3.25, 6.5, 5)


@pytest.mark.parametrize(("level", "points"), [(5, 7.5), (1, 1.5), (3, 4.5)])
def test_the_highest_level_is_all_points(level: int, points: float) -> None:
    found = proposal([levels(("a", level), ("b", level))], most=7.5)
    assert found is not None
    assert found.points == points


def test_nothing_rated_proposes_nothing() -> None:
    assert proposal([], most=10) is None
    assert proposal([[]], most=10) is None


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, LEVELS)), min_size=1, max_size=4),
        min_size=1,
        max_size=8,
    ),
    st.floats(0.01, 1e6, allow_nan=False),
)
def test_points_stay_within_what_there_is(given_levels: list[list[tuple[str, int]]], most: float) -> None:
    found = proposal([levels(*one) for one in given_levels], most)
    assert found is not None
    assert 0 <= found.points <= most
    assert 1 <= found.level <= LEVELS


# --- whose ratings --------------------------------------------------------------------------------------


def test_ratings_of_the_assignments_answers_count(
    answer: Answer, assignment: Assignment, sam: User, tia: User
) -> None:
    assert points_of(tia, sam, assignment) is None
    rated(answer, tia, answered=4, structure=3)
    assert points_of(tia, sam, assignment) == 7
    second = answered(practised(sam, assignment)[0])
    rated(second, tia, structure=5)
    assert points_of(tia, sam, assignment) == 8


def test_what_is_not_the_teachers_word_does_not_count(
    answer: Answer, assignment: Assignment, sam: User, tia: User, northfield: Institution, cohort: Cohort
) -> None:
    other = person("other@x.example", "Other", northfield, Role.TEACHER)
    Enrolment.objects.create(institution=northfield, cohort=cohort, user=other, role=CohortRole.TEACHER)
    rated(answer, other, answered=5)
    Rating.objects.create(
        institution=northfield, answer=answer, rater=sam, kind=RatingKind.SELF, criteria=levels(("a", 5))
    )
    assert points_of(tia, sam, assignment) is None
    assert points_of(other, sam, assignment) == 10


@pytest.mark.parametrize("level", [1, 5])
def test_a_level_of_engagement_does_not_count(
    answer: Answer, assignment: Assignment, sam: User, tia: User, level: int
) -> None:
    rated(answer, tia, engagement=level)
    assert points_of(tia, sam, assignment) is None
    rated(answer, tia, engagement=level, answered=3)
    assert points_of(tia, sam, assignment) == 6


@pytest.mark.parametrize(
    "change",
    [{"is_drill": True}, {"state": State.PAUSED}, {"assignment": None}],
    ids=["a drill", "not finished", "for nothing"],
)
def test_answers_elsewhere_do_not_count(
    answer: Answer, assignment: Assignment, sam: User, tia: User, change: dict[str, Any]
) -> None:
    rated(answer, tia, answered=5)
    PracticeSession.objects.update(**change)
    assert points_of(tia, sam, assignment) is None


def test_a_consent_that_is_taken_back_takes_the_ratings_back(
    answer: Answer, assignment: Assignment, sam: User, tia: User
) -> None:
    rated(answer, tia, answered=5)
    withdraw_consent(user=sam, institution=assignment.institution, purpose=Purpose.REVIEW)
    assert points_of(tia, sam, assignment) is None


def test_a_teacher_who_left_the_cohort_proposes_nothing(
    answer: Answer, assignment: Assignment, sam: User, tia: User
) -> None:
    rated(answer, tia, answered=5)
    Enrolment.objects.filter(user=tia).delete()
    assert points_of(tia, sam, assignment) is None


# --- confirming -----------------------------------------------------------------------------------------


def test_confirmed_points_take_completions_place(
    link: ResourceLink, sams_identity: Identity, answer: Answer, assignment: Assignment, sam: User, tia: User
) -> None:
    practised(sam, assignment, 1)
    grade_completions()
    Grade.objects.update(state=GradeState.SENT, tries=2, problem="x")
    rated(answer, tia, answered=4)
    made = confirm_rubric(link=link, student=sam, points=7.25, by=tia)
    grade = Grade.objects.get()
    assert (grade.pk, grade.points, grade.most) == (made.pk, 7.25, 10)
    assert (grade.source, grade.state) == (GradeSource.RUBRIC, GradeState.WAITING)
    assert (grade.tries, grade.problem) == (0, "")
    assert grade.confirmed_by == tia
    assert grade_completions() == 0
    assert Grade.objects.get().points == 7.25


def test_the_audit_names_nobody_and_no_points(
    link: ResourceLink, answer: Answer, assignment: Assignment, sam: User, tia: User
) -> None:
    rated(answer, tia, answered=4)
    confirm_rubric(link=link, student=sam, points=7, by=tia)
    entry = AuditEntry.objects.get(verb="confirm_grade")
    assert entry.actor == tia
    assert entry.details == {"user": str(sam.pk), "assignment": str(assignment.pk)}


@pytest.mark.parametrize("points", [-0.01, 10.01, float("nan"), float("inf")])
def test_points_outside_are_refused(
    link: ResourceLink, answer: Answer, sam: User, tia: User, points: float
) -> None:
    rated(answer, tia, answered=4)
    with pytest.raises(OutOfRange):
        confirm_rubric(link=link, student=sam, points=points, by=tia)
    assert not Grade.objects.exists()


def test_without_a_rating_there_is_nothing_to_confirm(
    link: ResourceLink, answer: Answer, sam: User, tia: User
) -> None:
    with pytest.raises(NothingRated):
        confirm_rubric(link=link, student=sam, points=5, by=tia)
    assert not Grade.objects.exists()


def test_a_link_without_points_takes_none(link: ResourceLink, answer: Answer, sam: User, tia: User) -> None:
    rated(answer, tia, answered=4)
    link.points = None
    with pytest.raises(NothingRated):
        confirm_rubric(link=link, student=sam, points=5, by=tia)
