"""The student's own page of what is not measured against them, and of their own targets."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import PersonRequest
from analytics.accommodation import asked_for, groups
from scoring.actions import set_profile
from scoring.performance.profile import ProfileError
from scoring.queries import profile_of
from sessions.access import learner_required
from sessions.listener.renewal import ask_renewal
from sessions.scores import score_again


@require_http_methods(["GET", "HEAD", "POST"])
@learner_required
def accommodation(request: PersonRequest) -> HttpResponse:
    """The whole profile in one form; what was wrong with it is said beside the cue, and then nothing is kept."""
    if request.method == "POST":
        return _save(request)
    profile = profile_of(user_id=request.user.pk, institution_id=request.membership.institution_id)
    return render(request, "analytics/accommodation.html", {"groups": groups(profile)})


def _save(request: PersonRequest) -> HttpResponse:
    person = {"user_id": request.user.pk, "institution_id": request.membership.institution_id}
    try:
        off, targets = asked_for(request.POST)
        with transaction.atomic():
            set_profile(**person, off=off, targets=targets)
            score_again(**person)
            ask_renewal(**person)
    except ProfileError as error:
        shown = groups(posted=request.POST, error=error)
        return render(request, "analytics/accommodation.html", {"groups": shown, "refused": True}, status=422)
    messages.success(request, _("Saved. It holds from now on, and for the results you already have."))
    return redirect("analytics:accommodation")
