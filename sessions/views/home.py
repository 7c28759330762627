"""A student's first page: what to practise now, and how it went last time."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.access import PersonRequest
from accounts.models import Institution, User
from cohorts.models import Assignment
from sessions import choosing, queries
from sessions.disputes.queries import latest_reply
from sessions.models import AnswerState, PracticeSession, State
from sessions.ratings.queries import news_for
from sessions.views.language import own_language

OFFERED = 3


def student_home(request: PersonRequest, *, advice: Any = None) -> HttpResponse:
    """`advice` is the last one, from the floor above (`analytics.coach.panel.Latest`)."""
    user, institution = request.user, request.membership.institution
    begun = choosing.begun_sessions(user, institution)
    finished = PracticeSession.objects.filter(user=user, institution=institution, state=State.DONE)
    finished = finished.filter(is_drill=False)
    scenarios = choosing.own_language_first(queries.scenarios_for(institution), own_language())
    context = {
        "next_assignment": _next_assignment(user, institution),
        "open_session": _open_session(begun[0]) if begun else None,
        "news": news_for(user, institution),
        "last_result": _last_result(finished.select_related("scenario").order_by("-created_at").first()),
        "practised_count": finished.count(),
        "scenarios": scenarios[:OFFERED],
        "advice": advice,
        "dispute_reply": latest_reply(user, institution),
    }
    return render(request, "sessions/home.html", context)


def _next_assignment(user: User, institution: Institution) -> dict[str, Any] | None:
    """The soonest due of those that are not done yet; none when all are."""
    assignments: list[Any] = queries.open_assignments(user, institution)
    for assignment in assignments:
        if assignment.finished < assignment.sessions_needed:
            return _assignment(assignment, assignment.finished)
    return None


def _assignment(assignment: Assignment, done: int) -> dict[str, Any]:
    needed = assignment.sessions_needed
    return {
        "title": assignment.scenario.title,
        "due": assignment.due_at,
        "done": done,
        "needed": needed,
        "marks": [number < done for number in range(needed)],
        "scenario_id": assignment.scenario_id,
        "assignment_id": assignment.pk,
    }


def _open_session(session: PracticeSession) -> dict[str, Any]:
    return {
        "title": session.scenario.title,
        "resume_url": reverse("practice:room", args=[session.pk]),
        "question_no": session.position + 1,
        "of": len(session.question_ids),
    }


def _last_result(session: PracticeSession | None) -> dict[str, Any] | None:
    if session is None:
        return None
    saved = session.answers.filter(state=AnswerState.SAVED).count()
    sentence = ngettext("You answered %(count)d question.", "You answered %(count)d questions.", saved) % {
        "count": saved
    }
    return {
        "title": session.scenario.title,
        "when": session.ended_at or session.created_at,
        "sentence": sentence,
        "url": reverse("analytics:result", args=[session.pk]),
    }
