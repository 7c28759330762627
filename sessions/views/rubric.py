"""The criteria by which an institution rates the answers of a scenario: add, reorder, rename, take out, see, save."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import PersonRequest, role_required
from accounts.models import Role
from sessions.models import Scenario
from sessions.queries import get_scenario_for
from sessions.ratings.actions import drop_rubric, set_rubric
from sessions.ratings.errors import RubricRefused
from sessions.ratings.forms import criteria_in, edited, scales
from sessions.ratings.rubric import (
    ANCHOR_LENGTH,
    MOST,
    NAME_LENGTH,
    Criterion,
    has_own,
    rubric_of,
    shown,
    stored,
)
from sessions.ratings.words import refused


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def rubric(request: PersonRequest, scenario_id: UUID) -> HttpResponse:
    """Every button sends the rows as they are; only "save" and "drop" write."""
    institution = request.membership.institution
    scenario = get_scenario_for(institution, scenario_id)
    act = request.POST.get("act", "")
    if request.method != "POST":
        return _page(request, scenario, shown(rubric_of(institution.pk, scenario.pk)))
    if act == "drop":
        drop_rubric(institution=institution, scenario=scenario, by=request.user)
        messages.success(request, _("Greenroom's own criteria count again."))
        return redirect("practice:rubric", scenario.pk)
    criteria = criteria_in(request.POST)
    return (
        _saved(request, scenario, criteria)
        if act == "save"
        else _page(request, scenario, edited(criteria, act))
    )


def _saved(request: PersonRequest, scenario: Scenario, criteria: list[Criterion]) -> HttpResponse:
    named = [one for one in criteria if one.name or one.low or one.high]
    try:
        set_rubric(
            institution=request.membership.institution,
            scenario=scenario,
            criteria=stored(named),
            by=request.user,
        )
    except RubricRefused as problem:
        return _page(request, scenario, criteria, problem=refused(problem), status=422)
    messages.success(
        request, _("The rubric is saved. Ratings that were given keep the criteria they were given by.")
    )
    return redirect("practice:rubric", scenario.pk)


def _page(
    request: PersonRequest,
    scenario: Scenario,
    criteria: list[Criterion],
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "scenario": scenario,
        "criteria": criteria,
        "preview": scales("preview", [one for one in criteria if one.name], {}),
        "most": MOST,
        "name_length": NAME_LENGTH,
        "anchor_length": ANCHOR_LENGTH,
        "has_own": has_own(request.membership.institution_id, scenario.pk),
        "problem": problem,
    }
    return render(request, "sessions/rubric.html", context, status=status)
