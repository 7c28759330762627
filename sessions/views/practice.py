"""Choosing an interview and starting it."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest
from cohorts.models import Assignment
from sessions import choosing, queries
from sessions.access import learner_required
from sessions.actions import start_session
from sessions.errors import CannotStart
from sessions.models import Scenario
from sessions.views.language import language_name, own_language
from sessions.words import cannot_start

PER_PAGE = 12


class StartForm(forms.Form):
    scenario = forms.UUIDField()
    assignment = forms.UUIDField(required=False)


@require_safe
@learner_required
def choose(request: PersonRequest) -> HttpResponse:
    institution = request.membership.institution
    own = own_language()
    scenarios = queries.scenarios_for(institution)
    languages = choosing.languages_of(scenarios, own)
    language = request.GET.get("language", "")
    if language in languages:
        scenarios = [scenario for scenario in scenarios if scenario.language == language]
    else:
        language = ""
    page = Paginator(choosing.own_language_first(scenarios, own), PER_PAGE).get_page(request.GET.get("page"))
    minutes = choosing.minutes_of(list(page))
    context = {
        "page": page,
        "cards": [(scenario, minutes.get(scenario.pk, 1)) for scenario in page],
        "language": language,
        "languages": [(code, language_name(code)) for code in languages],
        "assignments": queries.open_assignments(request.user, institution),
        "begun": choosing.begun_sessions(request.user, institution),
    }
    return render(request, "sessions/choose.html", context)


@require_POST
@learner_required
def start(request: PersonRequest) -> HttpResponse:
    """A session of the chosen scenario, and on into its lobby."""
    form = StartForm(request.POST)
    if not form.is_valid():
        return redirect("practice:choose")
    scenario = queries.get_scenario_for(request.membership.institution, form.cleaned_data["scenario"])
    assignment = _assignment(request, form.cleaned_data["assignment"])
    try:
        session_id = _session_for(request, scenario, assignment)
    except CannotStart as problem:
        messages.error(request, cannot_start(problem.code))
        return redirect("practice:choose")
    return redirect("practice:lobby", session_id)


def _session_for(request: PersonRequest, scenario: Scenario, assignment: Assignment | None) -> UUID:
    user, institution = request.user, request.membership.institution
    waiting = choosing.waiting_session(user, institution, scenario, assignment)
    if waiting is not None:
        return waiting.pk
    usual = choosing.usual_choices(user, institution)
    return start_session(
        user=user,
        institution=institution,
        scenario=scenario,
        mode=usual.mode,
        record=usual.record,
        hints=usual.hints,
        assignment=assignment,
    ).pk


def _assignment(request: PersonRequest, assignment_id: UUID | None) -> Assignment | None:
    if assignment_id is None:
        return None
    return get_object_or_404(
        queries.assignments_of(request.user, request.membership.institution), pk=assignment_id
    )
