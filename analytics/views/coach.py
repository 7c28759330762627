"""The coach: what was advised and practised so far, and one piece of a session at a time. The learner's alone."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, role_required
from analytics.coach import page, panel, queries
from scoring.queries import profile_of
from sessions.access import learner_required
from sessions.listener.queries import runs_advice
from sessions.queries import get_session_for

DRILLS_ON_A_PAGE = 10


@require_safe
@learner_required
def coach(request: PersonRequest) -> HttpResponse:
    """Earlier advice with its effect, and the drills, newest first."""
    user, institution = request.user, request.membership.institution
    profile = profile_of(user_id=user.pk, institution_id=institution.pk)
    drills = Paginator(queries.drills_of(user, institution), DRILLS_ON_A_PAGE)
    shown = drills.get_page(request.GET.get("page"))
    remembered = page.remembered_lines(user, institution, profile)
    lines = page.drill_lines(shown.object_list)
    context = {
        "advises": runs_advice(institution),
        "remembered": remembered,
        "drills": shown,
        "drill_lines": lines,
        "simulated": any(one.simulated for one in remembered) or any(one.simulated for one in lines),
    }
    return render(request, "analytics/coach.html", context)


@require_safe
@role_required()
def advice(request: PersonRequest, session_id: UUID) -> HttpResponse:
    """The panel of the result page with another piece, for htmx; empty where there is no panel (any more)."""
    session = get_session_for(request.user, session_id)
    profile = profile_of(user_id=session.user_id, institution_id=session.institution_id)
    shown = panel.session_panel(session, profile, chosen(request))
    if shown is None:
        return HttpResponse()
    return render(request, "analytics/_coach.html", {"coach": shown, "moved": True})


def chosen(request: HttpRequest) -> int:
    """`?piece=2`: which piece is shown, from 1; the first where it is no number."""
    try:
        return int(request.GET.get("piece", "1")[:4])
    except ValueError:
        return 1
