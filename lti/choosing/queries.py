"""Reads about a choice in progress, and its gate: nothing loads a selection for a page any other way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import Membership, User
from cohorts.models import Assignment, Cohort
from cohorts.queries import assignments_of, get_cohort_for
from lti.choosing.items import Item, content_item
from lti.choosing.picks import Pick, from_json
from lti.models import Selection
from sessions.models import Scenario

LIFETIME = timedelta(hours=4)
"""After that the platform's page behind the picker is most likely gone too."""

MOST_REUSED = 50
"""At most so many of a cohort's assignments are offered, the one due next first."""

SECOND_CLICK = timedelta(seconds=15)
"""So soon after the answer a browser that asks again has lost the first page on its way."""


@dataclass(frozen=True, slots=True)
class Line:
    """A pick with what a page says of it; `scenario` is None when it is no longer offered."""

    pick: Pick
    scenario: Scenario | None
    opens_at: datetime | None
    due_at: datetime | None
    sessions_needed: int


def get_selection_for(user: User, membership: Membership, selection_id: UUID) -> Selection:
    """The gate: the teacher's own choice, as long as they still teach the cohort. Raises Http404."""
    rows = Selection.objects.select_related("registration", "institution", "course__cohort__institution")
    found = rows.filter(pk=selection_id, user=user, institution=membership.institution_id).first()
    if found is None:
        raise Http404
    if found.course is not None:
        get_cohort_for(user, membership, found.course.cohort_id)
    return found


def is_over_time(selection: Selection) -> bool:
    return timezone.now() - selection.made_at > LIFETIME


def is_fresh(selection: Selection) -> bool:
    """Whether it was answered just now."""
    at = selection.answered_at
    return at is not None and timezone.now() - at < SECOND_CLICK


def picks_of(selection: Selection) -> list[Pick]:
    return [from_json(kept) for kept in selection.picks]


def reusable(cohort: Cohort) -> QuerySet[Assignment]:
    """What the cohort is asked to practise already, that is not over; each with `scenario`."""
    return assignments_of(cohort).filter(due_at__gt=timezone.now())[:MOST_REUSED]


def get_reusable(cohort: Cohort, assignment_id: UUID) -> Assignment:
    """One of the cohort's standing assignments. Raises Http404."""
    found = assignments_of(cohort).filter(pk=assignment_id).first()
    if found is None:
        raise Http404
    return found


def offered(institution_id: UUID, scenario_ids: Iterable[UUID]) -> dict[UUID, Scenario]:
    """Those of the scenarios that the institution may use at this moment, by their ids."""
    rows = Scenario.objects.filter(Q(institution=None) | Q(institution=institution_id), archived_at=None)
    return rows.in_bulk(list(scenario_ids))


def standing(cohort: Cohort, assignment_ids: Iterable[UUID]) -> dict[UUID, Assignment]:
    """Those of the assignments that the cohort has and that are not withdrawn, by their ids, with `scenario`."""
    return assignments_of(cohort).in_bulk(list(assignment_ids))


def lines(selection: Selection, cohort: Cohort, picks: Sequence[Pick]) -> list[Line]:
    """The picks as a page tells of them, in two queries however many there are."""
    planned = [pick.plan.scenario_id for pick in picks if pick.plan]
    placed = [pick.assignment_id for pick in picks if pick.assignment_id]
    scenarios = offered(selection.institution_id, planned) if planned else {}
    assignments = standing(cohort, placed) if placed else {}
    return [_line(pick, scenarios, assignments) for pick in picks]


def _line(pick: Pick, scenarios: dict[UUID, Scenario], assignments: dict[UUID, Assignment]) -> Line:
    if pick.plan:
        plan, scenario = pick.plan, scenarios.get(pick.plan.scenario_id)
        return Line(pick, scenario, plan.opens_at, plan.due_at, plan.sessions_needed)
    found = assignments.get(pick.assignment_id) if pick.assignment_id else None
    if found is None:
        return Line(pick, None, None, None, 0)
    return Line(pick, found.scenario, found.opens_at, found.due_at, found.sessions_needed)


def content_items(selection: Selection, cohort: Cohort, launch_url: str) -> list[Item]:
    """What an answered choice sends. What was withdrawn since then is left out."""
    sent = [(pick, pick.assignment_id) for pick in picks_of(selection) if pick.assignment_id]
    found = standing(cohort, [key for _pick, key in sent])
    graded = selection.accepts_line_item
    return [
        content_item(pick, found[key], launch_url=launch_url, with_line_item=graded)
        for pick, key in sent
        if key in found
    ]
