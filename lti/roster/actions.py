"""Taking over a roster: who is new in the course's cohort, who is back, who left. Nothing is ever deleted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry
from cohorts.models import CohortRole, Enrolment
from lti.errors import ServiceError
from lti.message.roles import MEMBERSHIP, Standing, standing
from lti.models import Course, Identity, Registration, RegistrationState
from lti.people.alone import hold, one_at_a_time
from lti.roster.people import BATCH, belonging, follow, identities_of, with_new
from lti.services import roster
from lti.services.roster import Fetched, Member

log = structlog.get_logger(__name__)
_TEST_USER = "#TestUser"


@dataclass(frozen=True, slots=True)
class Taken:
    """How many came, came back and left."""

    new: int = 0
    back: int = 0
    left: int = 0


def refresh(*, course_id: int) -> Taken:
    """Ask the platform who is in the course, and take it over. Raises ServiceError where the list is not whole.

    What was read before is taken over all the same; only then nobody is marked as having left.
    """
    course = Course.objects.select_related("registration__institution", "cohort").get(pk=course_id)
    if not may_refresh(course):
        return Taken()
    fetched = roster.fetch(course.registration, course.roster_url)
    taken = take_over(course=course, fetched=fetched)
    _note(course, fetched.problem)
    if fetched.problem is not None:
        raise fetched.problem
    log.info(
        "lti.roster",
        registration=str(course.registration_id),
        new=taken.new,
        back=taken.back,
        left=taken.left,
    )
    return taken


def may_refresh(course: Course) -> bool:
    is_active = course.registration.state == RegistrationState.ACTIVE
    return bool(course.roster_url) and is_active and course.cohort.archived_at is None


@transaction.atomic
def take_over(*, course: Course, fetched: Fetched) -> Taken:
    """Rows are written in the order in which a launch writes them, so that neither waits for the other."""
    registration = course.registration
    hold(registration.institution)
    one_at_a_time("roster", course.pk)
    known = identities_of(registration, fetched.members)
    present = [one for one in fetched.members.values() if one.is_active]
    learners = [one for one in present if learns(one)]
    follow(known, present)
    identities = with_new(registration, known, learners)
    users = {identities[one.subject].user for one in learners if one.subject in identities}
    new, back = _placed(course, {user.pk for user in belonging(registration, users)})
    left = _mark_left(course, present) if fetched.problem is None else 0
    return Taken(new, back, left)


def learns(member: Member) -> bool:
    """Whether the roster puts somebody into the cohort: learners, and those of whom it does not say what they are."""
    if any(role.endswith(_TEST_USER) for role in member.roles) or standing(member.roles) is Standing.TEACHER:
        return False
    return not member.roles or any(map(_is_learner, member.roles))


def _is_learner(role: str) -> bool:
    """`Learner` in the context, also in short or with a sub-role: `membership/Learner#GuestLearner`."""
    return role == "Learner" or (
        role.startswith(MEMBERSHIP) and "Learner" in re.split("[/#]", role[len(MEMBERSHIP) :])
    )


# --- places ---------------------------------------------------------------------------------------------


def _placed(course: Course, users: set[UUID]) -> tuple[int, int]:
    """Students of the cohort from now on: how many are new, and how many are back."""
    rows = Enrolment.objects.filter(cohort=course.cohort_id, user_id__in=users)
    left_at = dict(rows.values_list("user_id", "left_at"))
    new = [
        Enrolment(
            institution_id=course.institution_id,
            cohort_id=course.cohort_id,
            user_id=key,
            role=CohortRole.STUDENT,
        )
        for key in sorted(users - set(left_at))
    ]
    Enrolment.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    gone = {key: at for key, at in left_at.items() if at is not None}
    back = set(gone) - _taken_out(course, gone)
    # As students, whatever they were before: teaching is given by a launch.
    returned = rows.filter(user_id__in=back).update(left_at=None, role=CohortRole.STUDENT) if back else 0
    return len(new), returned


def _taken_out(course: Course, gone: dict[UUID, datetime]) -> set[UUID]:
    """Those whom somebody took out of the cohort by hand: a list does not undo that, their own launch does."""
    if not gone:
        return set()
    entries = AuditEntry.objects.filter(
        institution_id=course.institution_id,
        verb="mark_left",
        details__cohort=str(course.cohort_id),
        at__gte=min(gone.values()),
    )
    found: set[UUID] = set()
    for user, at in entries.values_list("details__user", "at"):
        left_at = gone.get(UUID(user))
        if left_at is not None and at >= left_at:
            found.add(UUID(user))
    return found


def _mark_left(course: Course, present: Iterable[Member]) -> int:
    """Whoever came from this platform and is not in its list any more. People whom we invited ourselves stay."""
    theirs = Identity.objects.filter(registration=course.registration_id)
    still = theirs.filter(subject__in=[one.subject for one in present])
    gone = Enrolment.objects.filter(
        cohort=course.cohort_id, left_at=None, user_id__in=theirs.values("user_id")
    ).exclude(user_id__in=still.values("user_id"))
    return gone.update(left_at=timezone.now())


def _note(course: Course, problem: ServiceError | None) -> None:
    """Apart from the transaction: a launch writes the course before it writes places in it."""
    now = timezone.now()
    registrations = Registration.objects.filter(pk=course.registration_id)
    if problem is None:
        Course.objects.filter(pk=course.pk).update(roster_at=now)
        registrations.update(last_roster_at=now)
        return
    registrations.update(last_error=f"roster: {problem}"[:200], last_error_at=now)
    log.warning(
        "lti.roster_failed", registration=str(course.registration_id), problem=str(problem), said=problem.said
    )
