"""Where a resource link launch leads: the lobby of what is asked for, the choice of interviews, or the cohort."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.models import Membership, Role
from cohorts.models import Assignment, CohortRole, Enrolment
from lti.launch.arrival import Arrived
from lti.message.roles import Standing
from lti.models import ResourceLink
from lti.people import joining
from lti.people.alone import one_at_a_time
from lti.people.entering import Entered
from lti.people.links import Opening, link_of, opening_of
from sessions.access import may_practise
from sessions.actions import start_session
from sessions.choosing import usual_choices
from sessions.errors import CannotStart
from sessions.models import PracticeSession, State


def way(arrived: Arrived, entered: Entered) -> str:
    """The path that the launch leads to; first past the question whether an account that is there is theirs."""
    link = link_of(arrived, entered.course)
    if entered.course is None:
        link = None  # kept up to date, but without a course nobody has a place to which it could lead
    if joining.offer_of(entered.identity) is not None:
        return join_path(link)
    return path_of(link, entered.membership, teaches=entered.standing is Standing.TEACHER)


def join_path(link: ResourceLink | None) -> str:
    """The link goes along rather than where it leads: that is another place for another account."""
    return reverse("lti:join") + (f"?{urlencode({'link': link.pk})}" if link else "")


def teaches(link: ResourceLink | None, membership: Membership) -> bool:
    """Whether the person teaches the link's course, some time after the launch."""
    if link is None or link.course is None:
        return False
    rows = Enrolment.objects.filter(cohort=link.course.cohort_id, user=membership.user_id, left_at=None)
    return rows.filter(role=CohortRole.TEACHER).exists()


def path_of(link: ResourceLink | None, membership: Membership, *, teaches: bool) -> str:
    """Where a link leads this person; without one, where there is most to do for them."""
    if teaches and link is not None and link.course is not None:
        return reverse("analytics:cohort", args=[link.course.cohort_id])
    if link is not None and link.assignment is not None:
        return _to_practise(link.assignment, membership)
    if may_practise(membership):
        return reverse("practice:choose")
    return reverse("home") if membership.role != Role.TEACHER else reverse("cohorts:list")


def _to_practise(assignment: Assignment, membership: Membership) -> str:
    """The lobby of one session for the assignment; what was begun goes on there."""
    closed = reverse("lti:not_now", args=[assignment.pk])
    if opening_of(assignment) is not Opening.OPEN:
        return closed
    try:
        session_id = _unfinished(assignment, membership) or _started(assignment, membership)
    except CannotStart:
        return closed
    return reverse("practice:lobby", args=[session_id])


def _unfinished(assignment: Assignment, membership: Membership) -> UUID | None:
    rows = PracticeSession.objects.filter(
        user=membership.user_id,
        institution=membership.institution_id,
        assignment=assignment,
        scenario=assignment.scenario_id,
        is_drill=False,
    )
    begun = rows.exclude(state=State.DONE).order_by("-created_at")
    return begun.values_list("pk", flat=True).first()


@transaction.atomic
def _started(assignment: Assignment, membership: Membership) -> UUID:
    one_at_a_time("practice", membership.user_id, assignment.pk)
    if begun := _unfinished(assignment, membership):
        return begun
    user, institution = membership.user, membership.institution
    usual = usual_choices(user, institution)
    return start_session(
        user=user,
        institution=institution,
        scenario=assignment.scenario,
        mode=usual.mode,
        record=usual.record,
        hints=usual.hints,
        assignment=assignment,
    ).pk
