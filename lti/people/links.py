"""A resource link in a course, and the assignment that it opens.

Which assignment it is stands in the link's custom parameters, which a teacher's choice put there (Deep Linking). It
counts only where it belongs to the launching course's own cohort: a course that was copied from another one brings the
other one's assignments along, and anybody who may edit a course can write any number there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from cohorts.models import Assignment, CohortRole, Enrolment
from lti.launch.arrival import Arrived
from lti.models import IDENTIFIER, Course, Identity, ResourceLink
from lti.people import told
from sessions.models import Scenario


class Opening(StrEnum):
    """Whether an assignment can be practised now."""

    OPEN = "open"
    NOT_YET = "not_yet"
    PAST = "past"
    WITHDRAWN = "withdrawn"


def opening_of(assignment: Assignment, *, now: datetime | None = None) -> Opening:
    now = now or timezone.now()
    if assignment.withdrawn_at is not None or assignment.cohort.archived_at is not None:
        return Opening.WITHDRAWN
    if now < assignment.opens_at:
        return Opening.NOT_YET
    return Opening.OPEN if now < assignment.due_at else Opening.PAST


def can_be_started(assignment: Assignment) -> bool:
    """Whether its interview is offered and has questions."""
    offered = Scenario.objects.filter(pk=assignment.scenario_id, archived_at=None)
    return offered.filter(questions__retired_at=None).exists()


def get_assignment_for(user: User, assignment_id: UUID) -> Assignment:
    """The gate of an assignment for whom it asks: the students of its cohort. Raises Http404."""
    asked = Enrolment.objects.filter(
        cohort=OuterRef("cohort"), user=user, role=CohortRole.STUDENT, left_at=None
    )
    rows = Assignment.objects.select_related("scenario", "cohort").filter(Exists(asked), pk=assignment_id)
    found = rows.first()
    if found is None:
        raise Http404
    return found


def get_link_for(user: User, link_id: int) -> ResourceLink:
    """The gate of a link: who came from its platform, and is in its course where it has one. Raises Http404."""
    came = Identity.objects.filter(registration=OuterRef("registration"), user=user)
    found = _rows().filter(Exists(came), pk=link_id).first()
    if found is None or not _is_in(found.course, user):
        raise Http404
    return found


def _is_in(course: Course | None, user: User) -> bool:
    if course is None:
        return True
    return Enrolment.objects.filter(cohort=course.cohort_id, user=user, left_at=None).exists()


def _rows() -> QuerySet[ResourceLink]:
    return ResourceLink.objects.select_related("course", "assignment__scenario", "assignment__cohort")


# --- as a launch says it ----------------------------------------------------------------------------


def link_of(arrived: Arrived, course: Course | None) -> ResourceLink | None:
    """The launching link, up to date; None for a message that is not about one."""
    named, registration = arrived.message.resource_link, arrived.registration
    if named is None or not told.is_fit(named.id):
        return None
    found = _rows().filter(registration=registration, link_id=named.id).first()
    if found is None:
        found, _made = ResourceLink.objects.get_or_create(
            registration=registration,
            link_id=named.id,
            defaults={"institution_id": registration.institution_id, "course": course},
        )
    _refresh(found, _said(arrived, course, found))
    return found


def _said(arrived: Arrived, course: Course | None, link: ResourceLink) -> dict[str, Any]:
    """What the message says of the link. What it does not say stays as it was."""
    named, custom = arrived.message.resource_link, arrived.message.custom
    said = {
        "title": told.line(named.title, IDENTIFIER) if named else "",
        "line_item_url": told.address(arrived.message.grades.line_item),
        "points": told.points(custom.get("points", "")),
    }
    places = {"course": course, "assignment": _assignment(custom, course, link)} if course else {}
    return {field: value for field, value in said.items() if value} | places


def _assignment(custom: Mapping[str, str], course: Course, link: ResourceLink) -> Assignment | None:
    known, key = link.assignment, told.key(custom.get("assignment", ""))
    if known is not None and known.cohort_id != course.cohort_id:
        known = None
    if key is None or (known is not None and known.pk == key):
        return known
    rows = Assignment.objects.select_related("scenario", "cohort")
    return rows.filter(pk=key, cohort=course.cohort_id).first() or known


def _refresh(link: ResourceLink, said: dict[str, Any]) -> None:
    changed = [field for field, value in said.items() if getattr(link, field) != value]
    for field, value in said.items():
        # Also where it is the same: what the launch has read already is not read again.
        setattr(link, field, value)
    if changed:
        link.save(update_fields=changed)
