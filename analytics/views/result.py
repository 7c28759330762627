"""The result of a session: all of it for the person who practised, the summary for a teacher while it is shared."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.access import PersonRequest, role_required
from analytics.coach.panel import Panel, session_panel
from analytics.results import AnswerResultView, SessionResult, answer_result, numbers, session_result
from analytics.transcripts import plain_text
from analytics.views.coach import chosen
from sessions.models import SelfRating
from sessions.queries import get_session_for, get_shared_session_for
from sessions.ratings.queries import heard_of


@require_safe
@role_required()
def result(request: PersonRequest, session_id: UUID) -> HttpResponse:
    """The owner sees everything, a teacher the summary of the session while it is shared."""
    session = get_shared_session_for(request.user, session_id)
    found = session_result(session)
    if session.user_id != request.user.pk:
        shown = numbers(found.values, found.usual, session.scenario.language, found.profile, own=False)
        context = {"result": found, "session": session, "numbers": shown}
        return render(request, "analytics/result_shared.html", context)
    if session.is_drill:
        return redirect("analytics:drill", session.pk)
    if session.self_rating == SelfRating.ASKED:
        return redirect("practice:self_rating", session.pk)
    context = {
        "result": found,
        "session": session,
        "coach": _coach(request, found),
        "heard": heard_of(session),
    }
    return render(request, "analytics/result.html", context)


def _coach(request: PersonRequest, found: SessionResult) -> Panel | None:
    """One thing to try, once there is nothing left to wait for."""
    if found.waiting or not found.finished:
        return None
    return session_panel(found.session, found.profile, chosen(request))


@require_safe
@role_required()
def status(request: PersonRequest, session_id: UUID) -> HttpResponse:
    """Asked by the waiting page every few seconds; when nothing is left to wait for, the page loads itself anew."""
    found = session_result(get_session_for(request.user, session_id))
    response = render(request, "analytics/_waiting.html", {"result": found, "session": found.session})
    if not found.waiting:
        response["HX-Refresh"] = "true"
    return response


@require_safe
@vary_on_headers("HX-Request")
@role_required()
def answer(request: PersonRequest, session_id: UUID, answer_id: UUID) -> HttpResponse:
    """One answer, opened: a part of the result page for htmx, else a page of its own. The owner's alone.

    With `?transcript=text` what was said, as a text file.
    """
    session = get_session_for(request.user, session_id)
    if session.self_rating == SelfRating.ASKED:
        return redirect("practice:self_rating", session.pk)
    found = session_result(session)
    lines = [line for line in found.lines if line.answer.pk == answer_id]
    if not lines:
        raise Http404
    opened = answer_result(lines[0], found.usual, found.profile)
    if request.GET.get("transcript") == "text":
        return _text_of(opened)
    template = "analytics/_answer.html" if getattr(request, "htmx", False) else "analytics/answer.html"
    return render(request, template, {"opened": opened, "session": session})


def _text_of(opened: AnswerResultView) -> HttpResponse:
    if opened.spoken is None:
        raise Http404
    text = plain_text(opened.spoken, opened.line.answer.question_text)
    name = f"greenroom-answer-{opened.line.number}.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)
