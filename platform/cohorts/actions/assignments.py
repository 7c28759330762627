"""What a cohort is asked to practise. The scenario is known by its id only: it lives one floor above."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actions import record
from accounts.models import User
from cohorts.errors import CohortArchived, DatesWrong
from cohorts.models import Assignment, Cohort


@transaction.atomic
def assign(
    *,
    cohort: Cohort,
    scenario_id: UUID,
    opens_at: datetime,
    due_at: datetime,
    by: User,
    sessions_needed: int = 1,
    note: str = "",
) -> Assignment:
    """Raises CohortArchived, DatesWrong. The caller makes sure that the institution may use the scenario."""
    if cohort.archived_at is not None:
        raise CohortArchived
    _check_dates(opens_at, due_at)
    assignment = Assignment.objects.create(
        institution_id=cohort.institution_id,
        cohort=cohort,
        scenario_id=scenario_id,
        opens_at=opens_at,
        due_at=due_at,
        sessions_needed=sessions_needed,
        note=note,
        created_by=by,
    )
    _record(assignment, "assign", by)
    return assignment


@transaction.atomic
def change_assignment(
    *,
    assignment: Assignment,
    opens_at: datetime,
    due_at: datetime,
    sessions_needed: int,
    note: str,
    by: User,
) -> Assignment:
    """Dates, number and note; the scenario stays, for some may have practised it. Raises DatesWrong."""
    _check_dates(opens_at, due_at)
    assignment.opens_at, assignment.due_at = opens_at, due_at
    assignment.sessions_needed, assignment.note = sessions_needed, note
    assignment.save(update_fields=["opens_at", "due_at", "sessions_needed", "note"])
    _record(assignment, "change_assignment", by)
    return assignment


@transaction.atomic
def withdraw_assignment(*, assignment: Assignment, by: User) -> None:
    """Nobody is asked any more. What was practised for it stays."""
    if assignment.withdrawn_at is None:
        assignment.withdrawn_at = timezone.now()
        assignment.save(update_fields=["withdrawn_at"])
        _record(assignment, "withdraw_assignment", by)


def _check_dates(opens_at: datetime, due_at: datetime) -> None:
    if due_at <= opens_at:
        raise DatesWrong


def _record(assignment: Assignment, verb: str, by: User) -> None:
    record(
        institution=assignment.cohort.institution,
        actor=by,
        verb=verb,
        cohort=str(assignment.cohort_id),
        assignment=str(assignment.pk),
    )
