"""The practice room, and deleting a recording made there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, role_required
from sessions.actions.deleting import GoingOn
from sessions.actions.deleting import delete_session as remove_session
from sessions.choosing import minutes_of
from sessions.drills.room import Watched, watched_in
from sessions.models import Mode, PracticeSession, State
from sessions.queries import get_recording_for, get_session_for
from sessions.recordings.actions import delete_recording as forget_recording


@require_safe
@role_required()
def room(request: PersonRequest, session_id: UUID) -> HttpResponse:
    session = get_session_for(request.user, session_id)
    if session.state == State.DONE:
        return redirect(_after(session), session_id)
    watched = watched_in(session)
    page = page_data(session, watched)
    context = {"session": session, "scenario": session.scenario, "page": page, "watched": watched}
    return render(request, "sessions/room.html", context)


def _after(session: PracticeSession) -> str:
    """Where a session leads when it is done."""
    return "analytics:drill" if session.is_drill else "analytics:result"


def page_data(session: PracticeSession, watched: Sequence[Watched] = ()) -> dict[str, Any]:
    """What the room's module needs to know; see static/sessions/room.js."""
    return {
        "session": str(session.pk),
        "socket": f"/live/practice/{session.pk}/",
        "state": session.state,
        "language": session.scenario.language,
        "camera": session.mode == Mode.CAMERA,
        "record": session.record,
        "hints": session.hints,
        "title": session.scenario.title,
        "questions": len(session.question_ids),
        "drill": [one.page_data() for one in watched],
        "expected_s": minutes_of([session.scenario]).get(session.scenario_id, 1) * 60,
        "urls": {
            "lobby": reverse("practice:lobby", args=[session.pk]),
            "result": reverse(_after(session), args=[session.pk]),
            "home": reverse("home"),
            "answers": "/api/v1/answers/",
        },
    }


@require_POST
@role_required()
def delete_recording(request: PersonRequest, recording_id: UUID) -> HttpResponse:
    """The student deletes the recording of one answer; the result and its numbers stay."""
    recording = get_recording_for(request.user, recording_id)
    session_id = recording.answer.session_id
    forget_recording(recording=recording)
    messages.success(request, _("The recording is deleted. What was observed in the answer is kept."))
    return redirect("analytics:result", session_id)


@require_POST
@role_required()
def delete_session(request: PersonRequest, session_id: UUID) -> HttpResponse:
    """The student deletes one interview, or one drill, with everything that was kept of it."""
    session = get_session_for(request.user, session_id)
    try:
        remove_session(session=session)
    except GoingOn:
        messages.error(request, _("This interview is going on. End it first; then it can be deleted."))
        return redirect("analytics:result", session_id)
    if session.is_drill:
        messages.success(request, _("The drill is deleted, with everything that was kept of it."))
        return redirect("analytics:coach")
    messages.success(request, _("The interview is deleted, with everything that was kept of it."))
    return redirect("home")
