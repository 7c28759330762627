"""The student stops the analysis of one of their answers, or lets it go on."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import PersonRequest, role_required
from sessions.analysis import asking
from sessions.queries import get_answer_for


@require_POST
@role_required()
def stop_analysis(request: PersonRequest, answer_id: UUID) -> HttpResponse:
    """Twice, or after its end, it changes nothing."""
    answer = get_answer_for(request.user, answer_id)
    asking.stop_analysis(answer=answer)
    return _back(request, answer.session_id)


@require_POST
@role_required()
def go_on_analysis(request: PersonRequest, answer_id: UUID) -> HttpResponse:
    answer = get_answer_for(request.user, answer_id)
    asking.go_on(answer=answer)
    return _back(request, answer.session_id)


def _back(request: PersonRequest, session_id: UUID) -> HttpResponse:
    """To the result page; for htmx, which stays where it is, as an order to load it anew."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect("analytics:result", session_id)
