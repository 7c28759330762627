"""A link whose assignment cannot be practised now: since when, until when, and what one can do instead."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, role_required
from lti.people.links import Opening, can_be_started, get_assignment_for, opening_of
from sessions.access import may_practise


@require_safe
@role_required()
def not_now(request: PersonRequest, assignment_id: UUID) -> HttpResponse:
    assignment = get_assignment_for(request.user, assignment_id)
    opening = opening_of(assignment)
    if opening is Opening.OPEN and can_be_started(assignment):
        return redirect("practice:choose")
    context = {
        "assignment": assignment,
        "opening": opening,
        "may_practise": may_practise(request.membership),
    }
    return render(request, "lti/not_now.html", context)
