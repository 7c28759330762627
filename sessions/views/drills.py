"""Starting a drill from an advice, or from one cue of an answer."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import PersonRequest, role_required
from sessions.drills.actions import start_drill as begin_drill
from sessions.drills.queries import get_advice_for
from sessions.errors import CannotStart
from sessions.models import Advice, Answer, State
from sessions.queries import get_answer_for
from sessions.words import cannot_start


class DrillForm(forms.Form):
    """An advice, or an answer. Beside them `cue` names what is practised, once or twice; of an advice none is all."""

    advice = forms.UUIDField(required=False)
    answer = forms.UUIDField(required=False)


@require_POST
@role_required()
def start_drill(request: PersonRequest) -> HttpResponse:
    """A drill, or the one of the same that was not ended, and on into its lobby or room."""
    form = DrillForm(request.POST)
    if not form.is_valid():
        raise Http404
    answer, advice = _about(request, form.cleaned_data["advice"], form.cleaned_data["answer"])
    cues = request.POST.getlist("cue")
    try:
        session = begin_drill(user=request.user, answer=answer, cues=cues, advice=advice)
    except CannotStart as problem:
        messages.error(request, cannot_start(problem.code))
        return redirect(
            f"{reverse('analytics:result', args=[answer.session_id])}#answer-{answer.position + 1}"
        )
    return redirect("practice:lobby" if session.state == State.LOBBY else "practice:room", session.pk)


def _about(
    request: PersonRequest, advice_id: UUID | None, answer_id: UUID | None
) -> tuple[Answer, Advice | None]:
    """What is practised, through its gate. Raises Http404."""
    if advice_id is not None:
        advice = get_advice_for(request.user, advice_id)
        return advice.answer, advice
    if answer_id is None:
        raise Http404
    return get_answer_for(request.user, answer_id), None
