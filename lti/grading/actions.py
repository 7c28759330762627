"""Every write about grades. Which teacher may was decided by the gate that cohort and student came through.

A grade is made of one of two things, and each has one verb here: `grade_completions` and `confirm_rubric`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import record
from accounts.models import User
from lti.grading.completion import Done, done_without_grade, graded_links
from lti.grading.errors import NothingRated, OutOfRange
from lti.grading.jobs import queue_sending
from lti.grading.rubric import DECIMALS, proposal_for
from lti.grading.words import Problem
from lti.models import Grade, GradeSource, GradeState, ResourceLink


def grade_completions(*, links: QuerySet[ResourceLink] | None = None, user_id: UUID | None = None) -> int:
    """Full points for everybody who is done and has no grade yet; of all links, of some, or for one person.

    It finds also who was done before the link was first opened, or before it gave points. Doing it twice, or twice at
    once, changes nothing; a confirmed rubric stays. Returns how many were found.
    """
    found = done_without_grade(links=links, user_id=user_id)
    if found:
        _give_full_points(found)
    return len(found)


@transaction.atomic
def _give_full_points(found: Iterable[Done]) -> None:
    grades = [
        Grade(
            institution_id=one.institution_id,
            link_id=one.link_id,
            user_id=one.user_id,
            source=GradeSource.COMPLETION,
            points=one.points,
            most=one.points,
        )
        for one in found
    ]
    Grade.objects.bulk_create(grades, ignore_conflicts=True)
    for link_id in sorted({grade.link_id for grade in grades}):
        queue_sending(link_id=link_id)


@transaction.atomic
def confirm_rubric(*, link: ResourceLink, student: User, points: float, by: User) -> Grade:
    """The teacher's word: it takes the place of completion, and of what was confirmed before; it is sent at once.

    Raises NothingRated where the teacher has rated nothing of this student in the assignment, OutOfRange.
    """
    if link.points is None or link.assignment_id is None:
        raise NothingRated
    most = link.points
    if not (math.isfinite(points) and 0 <= points <= most):
        raise OutOfRange
    if not proposal_for(teacher=by, student_id=student.pk, assignment_id=link.assignment_id, most=most):
        raise NothingRated
    grade, _made = Grade.objects.select_for_update().update_or_create(
        link=link,
        user=student,
        defaults={
            "institution_id": link.institution_id,
            "source": GradeSource.RUBRIC,
            "points": min(round(points, DECIMALS), most),
            "most": most,
            "confirmed_by": by,
            "confirmed_at": timezone.now(),
            **_WAITING,
        },
    )
    record(
        institution=link.institution,
        actor=by,
        verb="confirm_grade",
        user=str(student.pk),
        assignment=str(link.assignment_id),
    )
    queue_sending(link_id=link.pk)
    return grade


@transaction.atomic
def send_again(*, link: ResourceLink, grade_id: UUID | None = None) -> int:
    """By hand: one grade of the link whatever its state, or all that failed. Returns how many wait now."""
    rows = Grade.objects.filter(link=link)
    rows = rows.filter(state=GradeState.FAILED) if grade_id is None else rows.filter(pk=grade_id)
    found = rows.update(**_WAITING)
    if found:
        queue_sending(link_id=link.pk)
    return found


def heed_link(*, link_id: int) -> None:
    """A launch told something new of the link: whoever is done gets a grade, and what lacked a column is sent again."""
    link = graded_links().filter(pk=link_id).first()
    if link is None:
        return
    grade_completions(links=graded_links().filter(pk=link_id))
    _send_what_lacked_a_column(link)


@transaction.atomic
def _send_what_lacked_a_column(link: ResourceLink) -> None:
    lacking = Grade.objects.filter(link=link, state=GradeState.FAILED, problem__in=LACKED_A_COLUMN)
    if lacking.update(**_WAITING):
        queue_sending(link_id=link.pk)


LACKED_A_COLUMN = (Problem.NO_COLUMN, Problem.COLUMN_GONE, Problem.NOT_OFFERED)
_WAITING = {"state": GradeState.WAITING, "tries": 0, "problem": ""}
"""`stamped_at` stays: the next timestamp must be later than the last one, whatever is sent."""
