"""Reads for the teacher's page of grades, and its gate. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from accounts.models import Membership, User
from cohorts.models import Cohort, CohortRole, Enrolment
from cohorts.queries import get_cohort_for
from lti.grading.completion import finished_of
from lti.grading.words import said
from lti.models import Course, Grade, GradeState, Identity, ResourceLink
from lti.roster.jobs import job_name, waiting

MOST_LINKS = 100


def get_taught_cohort_for(user: User, membership: Membership | None, cohort_id: UUID) -> Cohort:
    """The gate: grades are for those who teach the cohort, whatever else they may; the same 404 for anybody else."""
    cohort = get_cohort_for(user, membership, cohort_id)
    teaches = Enrolment.objects.filter(cohort=cohort, user=user, role=CohortRole.TEACHER, left_at=None)
    if not teaches.exists():
        raise Http404
    return cohort


# --- links ----------------------------------------------------------------------------------------------


def links_of(cohort: Cohort) -> QuerySet[ResourceLink]:
    """The cohort's links that give points, each with assignment and scenario."""
    rows = ResourceLink.objects.filter(course__cohort=cohort, assignment__cohort=cohort, points__gt=0)
    return rows.select_related("assignment__scenario", "institution").order_by("created_at", "pk")


def with_counts(links: QuerySet[ResourceLink]) -> QuerySet[ResourceLink]:
    """Each with `sent`, `waiting` and `failed`, numbers of grades."""
    return links.annotate(
        **{state.value: Count("grades", filter=Q(grades__state=state)) for state in GradeState}
    )


def get_link_of(cohort: Cohort, link_id: int) -> ResourceLink:
    """A link of a cohort that came through its gate. Raises Http404."""
    found = links_of(cohort).filter(pk=link_id).first()
    if found is None:
        raise Http404
    return found


# --- students -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A student in a link's assignment. `is_known`: the platform sent them here, so it can be told a grade."""

    student: User
    done: int
    needed: int
    grade: Grade | None
    problem: str
    is_known: bool


def students_of(cohort: Cohort) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.filter(cohort=cohort, role=CohortRole.STUDENT, left_at=None)
    return rows.select_related("user").order_by("user__name", "user_id")


def rows_of(link: ResourceLink, students: Sequence[User]) -> list[Row]:
    """Three queries, however many there are."""
    keys = [student.pk for student in students]
    grades = {grade.user_id: grade for grade in Grade.objects.filter(link=link, user_id__in=keys)}
    known = Identity.objects.filter(registration=link.registration_id, user_id__in=keys)
    is_known = set(known.values_list("user_id", flat=True))
    assignment = link.assignment
    if assignment is None:
        return []
    done = finished_of(assignment.pk, keys)
    return [
        Row(
            student,
            done=min(done.get(student.pk, 0), assignment.sessions_needed),
            needed=assignment.sessions_needed,
            grade=(grade := grades.get(student.pk)),
            problem=said(grade.problem) if grade else "",
            is_known=student.pk in is_known,
        )
        for student in students
    ]


# --- rosters --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Roster:
    """A course of the cohort, when its roster was read last, and whether that is about to happen or went wrong."""

    course: Course
    at: datetime | None
    is_waiting: bool
    has_failed: bool


def rosters_of(cohort: Cohort) -> list[Roster]:
    courses = list(Course.objects.filter(cohort=cohort).select_related("registration").order_by("pk")[:20])
    jobs = set(waiting([course.pk for course in courses]).values_list("lock", flat=True))
    return [
        Roster(course, course.roster_at, job_name(course.pk) in jobs, _has_failed(course))
        for course in courses
    ]


def _has_failed(course: Course) -> bool:
    """Failures are kept with the registration, by service."""
    failed_at = course.registration.last_error_at
    if failed_at is None or not course.registration.last_error.startswith(("roster:", "access token:")):
        return False
    return course.roster_at is None or failed_at > course.roster_at
