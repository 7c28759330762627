"""Making a practice session."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from accounts.models import Institution, Membership, Purpose, User
from accounts.queries import standing_purposes
from cohorts.models import Assignment, Cohort, CohortRole, Enrolment
from sessions.errors import CannotStart
from sessions.models import Mode, PracticeSession, Scenario
from sessions.ordering import ordered


@transaction.atomic
def start_session(
    *,
    user: User,
    institution: Institution,
    scenario: Scenario,
    mode: str,
    record: bool,
    hints: bool = True,
    assignment: Assignment | None = None,
) -> PracticeSession:
    """A new session in its lobby, its questions in their final order. Raises CannotStart.

    The camera needs the consent to practise with it and `record` the one to keep a recording; practising
    by voice needs none.
    """
    check_person(user, institution)
    check_consent(user, institution, mode=mode, record=record)
    check_scenario(institution, scenario)
    if assignment is not None:
        _check_assignment(user, institution, scenario, assignment)
    session_id = uuid.uuid4()
    return PracticeSession.objects.create(
        id=session_id,
        institution=institution,
        user=user,
        scenario=scenario,
        assignment=assignment,
        cohort=assignment.cohort if assignment else _only_cohort(user, institution),
        mode=Mode(mode),
        record=record,
        hints=hints,
        question_ids=_question_ids(scenario, seed=str(session_id)),
    )


def check_person(user: User, institution: Institution) -> None:
    """Raises CannotStart where they do not belong there (any more)."""
    if not Membership.objects.filter(user=user, institution=institution, left_at=None).exists():
        raise CannotStart("not_a_member")


def check_consent(user: User, institution: Institution, *, mode: str, record: bool) -> None:
    """Raises CannotStart where what is asked for was not agreed to."""
    agreed = standing_purposes(user, institution.pk)
    if mode == Mode.CAMERA and Purpose.CAMERA not in agreed:
        raise CannotStart("camera_not_agreed")
    if record and Purpose.RECORDING not in agreed:
        raise CannotStart("recording_not_agreed")


def check_scenario(institution: Institution, scenario: Scenario) -> None:
    """Raises CannotStart where it is not offered (any more)."""
    if scenario.archived_at is not None or scenario.institution_id not in {None, institution.pk}:
        raise CannotStart("scenario_gone")


def _check_assignment(
    user: User, institution: Institution, scenario: Scenario, assignment: Assignment
) -> None:
    enrolled = Enrolment.objects.filter(
        cohort=assignment.cohort_id, user=user, role=CohortRole.STUDENT, left_at=None
    )
    if assignment.institution_id != institution.pk or not enrolled.exists():
        raise CannotStart("assignment_not_yours")
    is_open = assignment.opens_at <= timezone.now() < assignment.due_at
    if assignment.withdrawn_at is not None or not is_open:
        raise CannotStart("assignment_closed")
    if assignment.scenario_id != scenario.pk:
        raise CannotStart("assignment_other_scenario")


def _question_ids(scenario: Scenario, *, seed: str) -> list[uuid.UUID]:
    questions = ordered(list(scenario.questions.filter(retired_at=None)), rule=scenario.order_rule, seed=seed)
    if not questions:
        raise CannotStart("no_questions")
    return [question.pk for question in questions]


def _only_cohort(user: User, institution: Institution) -> Cohort | None:
    """The cohort that practice without an assignment counts for, when there is no doubt which."""
    cohorts = Cohort.objects.filter(
        institution=institution,
        archived_at=None,
        enrolments__user=user,
        enrolments__role=CohortRole.STUDENT,
        enrolments__left_at=None,
    )[:2]
    return cohorts[0] if len(cohorts) == 1 else None
