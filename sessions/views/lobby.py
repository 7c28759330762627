"""The lobby: what is agreed to, whether camera and microphone work, and how this session is practised."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import PersonRequest, role_required
from accounts.actions import OldWording, give_consent, withdraw_consent
from accounts.models import Institution, Purpose, User
from accounts.purposes import current
from accounts.queries import standing_purposes
from sessions.actions.preparing import prepare_session
from sessions.choosing import minutes_of
from sessions.drills.room import watched_in
from sessions.drills.watching import needs_camera
from sessions.errors import CannotStart
from sessions.models import Mode, PracticeSession, State
from sessions.queries import get_session_for
from sessions.words import cannot_start

FOR_NOW = (Purpose.CAMERA, Purpose.RECORDING)
"""What changes how this session is practised; the others are about what happens with it afterwards."""


class PrepareForm(forms.Form):
    mode = forms.ChoiceField(choices=Mode.choices)
    record = forms.BooleanField(required=False)
    hints = forms.BooleanField(required=False)


class ConsentForm(forms.Form):
    purpose = forms.ChoiceField(choices=Purpose.choices)
    version = forms.IntegerField(help_text="Of the words that were on the screen.")
    agreed = forms.BooleanField(required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required()
def lobby(request: PersonRequest, session_id: UUID) -> HttpResponse:
    session = get_session_for(request.user, session_id)
    if session.state != State.LOBBY:
        return redirect("practice:room", session_id)
    if request.method == "POST" and _prepared(request, session):
        return redirect("practice:room", session_id)
    return render(request, "sessions/lobby.html", _context(request, session))


def _prepared(request: PersonRequest, session: PracticeSession) -> bool:
    form = PrepareForm(request.POST)
    if not form.is_valid():
        return False
    try:
        prepare_session(session_id=session.pk, **form.cleaned_data)
    except CannotStart as problem:
        messages.error(request, cannot_start(problem.code))
        return problem.code == "already_begun"
    return True


@require_POST
@role_required()
def consent(request: PersonRequest, session_id: UUID) -> HttpResponse:
    """One switch of the lobby: agree to a purpose, or withdraw. Takes effect at once."""
    session = get_session_for(request.user, session_id)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    try:
        _change_consent(request.user, session.institution, **form.cleaned_data)
    except OldWording as problem:
        return HttpResponse(str(problem), status=409, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


def _change_consent(
    user: User, institution: Institution, *, purpose: str, version: int, agreed: bool
) -> None:
    if agreed:
        give_consent(user=user, institution=institution, purpose=Purpose(purpose), version=version)
    else:
        withdraw_consent(user=user, institution=institution, purpose=Purpose(purpose))


def _purposes(session: PracticeSession, agreed: set[Purpose]) -> list[dict[str, Any]]:
    """Each purpose with the words that are agreed to."""
    wordings = [current(purpose) for purpose in Purpose]
    return [
        {
            "wording": wording,
            "how_long": wording.how_long_at(session.institution),
            "agreed": wording.purpose in agreed,
        }
        for wording in wordings
    ]


def _context(request: PersonRequest, session: PracticeSession) -> dict[str, Any]:
    agreed = standing_purposes(request.user, session.institution_id)
    purposes = _purposes(session, agreed)
    watched = watched_in(session)
    return {
        "session": session,
        "watched": watched,
        "scenario": session.scenario,
        "minutes": minutes_of([session.scenario]).get(session.scenario_id, 1),
        "for_now": [one for one in purposes if one["wording"].purpose in FOR_NOW],
        "for_later": [one for one in purposes if one["wording"].purpose not in FOR_NOW],
        "page": {
            "session": str(session.pk),
            "camera": Purpose.CAMERA in agreed,
            "recording": Purpose.RECORDING in agreed,
            "mode": session.mode,
            "record": session.record,
            "needsCamera": needs_camera([one.cue for one in watched]),
            "consentUrl": reverse("practice:consent", args=[session.pk]),
        },
    }
