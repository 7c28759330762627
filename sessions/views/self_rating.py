"""Rating one's own answers, before the result: the same rubric that teachers rate by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import PersonRequest, role_required
from accounts.actions import OldWording, give_consent
from accounts.models import Purpose
from accounts.purposes import current
from sessions.models import Answer, AnswerState, PracticeSession, ResultState, SelfRating
from sessions.queries import answers_of, get_session_for
from sessions.ratings.actions import rate_self, skip_self_rating
from sessions.ratings.errors import NotAsked, RatingRefused
from sessions.ratings.forms import Scale, levels_in, scales
from sessions.ratings.queries import may_be_asked
from sessions.ratings.rubric import Criterion, rubric_of, shown
from sessions.ratings.words import refused


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer with its rows."""

    answer: Answer
    scales: list[Scale]

    @property
    def number(self) -> int:
        return self.answer.position + 1


@require_http_methods(["GET", "HEAD", "POST"])
@role_required()
def self_rating(request: PersonRequest, session_id: UUID) -> HttpResponse:
    """Once, after the last answer; whoever has decided, or was never asked, goes on to the result."""
    session = get_session_for(request.user, session_id)
    if session.self_rating != SelfRating.ASKED:
        return redirect("analytics:result", session_id)
    answers = [one for one in answers_of(session) if one.state == AnswerState.SAVED]
    if request.method != "POST":
        return _page(request, session, answers, {})
    try:
        _decide(request, session, answers)
    except NotAsked:
        return redirect("analytics:result", session_id)  # another window was quicker
    except RatingRefused as problem:
        return _page(request, session, answers, request.POST, problem=refused(problem), status=422)
    _offer_taken(request, session)
    return redirect("analytics:result", session_id)


def _decide(request: PersonRequest, session: PracticeSession, answers: list[Answer]) -> None:
    if request.POST.get("act") == "skip":
        skip_self_rating(session=session)
        return
    criteria = rubric_of(session.institution_id, session.scenario_id)
    levels = {answer.pk: levels_in(request.POST, str(answer.pk), criteria) for answer in answers}
    rate_self(session=session, levels=levels)


def _offer_taken(request: PersonRequest, session: PracticeSession) -> None:
    """The offer on the page to let teachers rate as well, where its box was ticked."""
    if request.POST.get("review") != "on":
        return
    version = request.POST.get("version", "")
    try:
        give_consent(
            user=request.user,
            institution=session.institution,
            purpose=Purpose.REVIEW,
            version=int(version) if version.isdecimal() else 0,
        )
    except OldWording as problem:
        messages.error(request, str(problem))


def _page(
    request: PersonRequest,
    session: PracticeSession,
    answers: list[Answer],
    posted: Mapping[str, Any],
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    rubric: list[Criterion] = shown(rubric_of(session.institution_id, session.scenario_id))
    words = current(Purpose.REVIEW)
    context = {
        "session": session,
        "asked": [Asked(answer, scales(str(answer.pk), rubric, posted)) for answer in answers],
        "waiting": any(_waits(answer) for answer in answers),
        "offer": words if may_be_asked(request.user, session.institution) else None,
        "how_long": words.how_long_at(session.institution),
        "ticked": posted.get("review") == "on",
        "problem": problem,
    }
    return render(request, "sessions/self_rating.html", context, status=status)


def _waits(answer: Answer) -> bool:
    result = getattr(answer, "result", None)
    return result is None or result.state == ResultState.WAITING
