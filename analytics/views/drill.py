"""A drill's result: before and after."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, role_required
from analytics.drills import drill_view
from analytics.results import session_result
from sessions.drills.queries import get_drill_for
from sessions.models import State


@require_safe
@role_required()
def drill(request: PersonRequest, session_id: UUID) -> HttpResponse:
    """The owner's alone; one that is not ended goes on in its room."""
    found = get_drill_for(request.user, session_id)
    if found.session.state != State.DONE:
        return redirect("practice:room", session_id)
    result = session_result(found.session)
    line = result.lines[0] if result.lines else None
    context = {"session": found.session, "result": result, "view": drill_view(found, line, result.profile)}
    return render(request, "analytics/drill.html", context)
