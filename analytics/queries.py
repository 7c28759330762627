"""Reads of this app's pages that belong to no narrower module."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from accounts.models import User
from cohorts.models import Cohort, CohortRole, Enrolment
from sessions.models import PracticeSession, State

SESSIONS = 20


def get_cohort_for(user: User, cohort_id: UUID) -> Cohort:
    """A cohort that the person teaches. The same 404 for absent and forbidden."""
    teaches = Enrolment.objects.filter(user=user, role=CohortRole.TEACHER, left_at=None)
    found = Cohort.objects.select_related("institution").filter(
        pk=cohort_id,
        enrolments__in=teaches,
        institution__memberships__in=user.memberships.filter(left_at=None),
    )
    cohort = found.first()
    if cohort is None:
        raise Http404
    return cohort


def get_student_in(cohort: Cohort, user_id: UUID) -> User:
    """A student who is in the cohort now. The same 404 for absent and forbidden."""
    rows = Enrolment.objects.filter(cohort=cohort, user_id=user_id, role=CohortRole.STUDENT, left_at=None)
    enrolment = rows.select_related("user").first()
    if enrolment is None:
        raise Http404
    return enrolment.user


def recent_sessions(person: User, cohort: Cohort) -> list[PracticeSession]:
    """The student's latest finished sessions in the cohort's institution: dates and scenarios, nothing observed."""
    rows = PracticeSession.objects.filter(user=person, institution_id=cohort.institution_id, state=State.DONE)
    return list(rows.select_related("scenario", "assignment").order_by("-created_at")[:SESSIONS])
