"""Asking a cohort to practise: choose an interview, say until when and how often; change and withdraw it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import PersonRequest, role_required
from accounts.actions import ActionRefused
from accounts.models import Role
from cohorts.actions import assignments as verbs
from cohorts.models import Assignment, Cohort
from cohorts.queries import assignments_of, get_assignment_for, get_cohort_for
from sessions import choosing, queries
from sessions.forms import AssignForm
from sessions.models import Scenario
from sessions.views.scenarios import find, previews

PER_PAGE = 10
STANDING = 50
"""At most so many of a cohort's assignments are listed beside the choice."""


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def assign(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    """Without ?scenario= the choice, with it the form beside the questions."""
    cohort = get_cohort_for(request.user, request.membership, cohort_id)
    chosen = _chosen(request)
    if chosen is None:
        return _choose(request, cohort)
    form = AssignForm(request.POST or None, initial=_usual_dates())
    if request.method == "POST" and form.is_valid():
        try:
            verbs.assign(cohort=cohort, scenario_id=chosen.pk, by=request.user, **form.verb_arguments())
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, _("Assigned. Your students see it on their first page from the first day on.")
            )
            return redirect("analytics:cohort", cohort.pk)
    return render(request, "sessions/assign.html", _about(cohort, chosen) | {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def edit(request: PersonRequest, assignment_id: UUID) -> HttpResponse:
    assignment = get_assignment_for(request.user, request.membership, assignment_id)
    form = AssignForm(request.POST or None, initial=_values_of(assignment))
    if request.method == "POST" and form.is_valid():
        try:
            verbs.change_assignment(assignment=assignment, by=request.user, **form.verb_arguments())
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The assignment is changed."))
            return redirect("analytics:cohort", assignment.cohort_id)
    scenario = Scenario.objects.get(pk=assignment.scenario_id)
    context = _about(assignment.cohort, scenario) | {"form": form, "assignment": assignment}
    return render(request, "sessions/assign.html", context)


@require_POST
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def withdraw(request: PersonRequest, assignment_id: UUID) -> HttpResponse:
    assignment = get_assignment_for(request.user, request.membership, assignment_id)
    verbs.withdraw_assignment(assignment=assignment, by=request.user)
    messages.success(request, _("Withdrawn. Nobody is asked any more; what was practised for it is kept."))
    return redirect("analytics:cohort", assignment.cohort_id)


def _chosen(request: PersonRequest) -> Scenario | None:
    wanted = request.GET.get("scenario")
    if not wanted:
        return None
    try:
        scenario_id = UUID(wanted)
    except ValueError:
        return None
    return queries.get_scenario_for(request.membership.institution, scenario_id)


def _choose(request: PersonRequest, cohort: Cohort) -> HttpResponse:
    page = Paginator(find(request), PER_PAGE).get_page(request.GET.get("page"))
    minutes = choosing.minutes_of(list(page))
    context = {
        "cohort": cohort,
        "page": page,
        "cards": [(scenario, minutes.get(scenario.pk, 1)) for scenario in page],
        "q": request.GET.get("q", ""),
        "standing": assignments_of(cohort)[:STANDING],
    }
    return render(request, "sessions/assign_choose.html", context)


def _about(cohort: Cohort, scenario: Scenario) -> dict[str, Any]:
    return {
        "cohort": cohort,
        "scenario": scenario,
        "minutes": choosing.minutes_of([scenario]).get(scenario.pk, 1),
        "previews": previews(scenario),
    }


def _usual_dates() -> dict[str, Any]:
    today = timezone.localdate()
    return {"opens": today, "due": today + timedelta(days=14)}


def _values_of(assignment: Assignment) -> dict[str, Any]:
    return {
        "opens": timezone.localdate(assignment.opens_at),
        "due": timezone.localdate(assignment.due_at),
        "sessions_needed": assignment.sessions_needed,
        "note": assignment.note,
    }
