"""Reads of this app's pages that belong to no narrower module."""

from __future__ import annotations

from accounts.models import User
from cohorts.models import Cohort
from sessions.models import PracticeSession, State

SESSIONS = 20


def recent_sessions(person: User, cohort: Cohort) -> list[PracticeSession]:
    """The student's latest finished sessions in the cohort's institution: dates and scenarios, nothing observed."""
    rows = PracticeSession.objects.filter(user=person, institution_id=cohort.institution_id, state=State.DONE)
    rows = rows.filter(is_drill=False)
    return list(rows.select_related("scenario", "assignment").order_by("-created_at")[:SESSIONS])
