"""Coming by an invitation: as a new person, or as one who has an account."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.forms import JoinForm
from accounts.middleware import SESSION_KEY
from accounts.models import User
from cohorts import actions
from cohorts.errors import InvitationProblem, OtherRole, WrongAddress
from cohorts.models import Invitation
from cohorts.queries import invitation_by_token

BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    invitation = invitation_by_token(token)
    person = request.user if isinstance(request.user, User) else None
    try:
        if person:
            return _join_as(request, invitation, person)
        actions.check_invitation(invitation)
        return _join_as_new(request, invitation)
    except InvitationProblem as problem:
        return _refused(request, invitation, problem)


def _join_as(request: HttpRequest, invitation: Invitation, person: User) -> HttpResponse:
    if request.method == "POST":
        actions.accept_invitation(invitation=invitation, user=person)
        return _arrived(request, invitation)
    if actions.is_there(invitation, person):
        return _arrived(request, invitation)
    actions.check_invitation(invitation, person)
    return render(request, "cohorts/join_confirm.html", _context(request, invitation))


def _join_as_new(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    context = _context(request, invitation)
    if invitation.email and User.objects.filter(email=invitation.email).exists():
        return render(request, "cohorts/join_sign_in.html", context)
    form = JoinForm(request.POST or None, address=invitation.email, initial={"name": invitation.name})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        user = actions.join_as_new_person(
            invitation=invitation,
            name=values["name"],
            email=values.get("email", ""),
            password=values["password"],
            language=get_language() or invitation.institution.language,
        )
        login(request, user, backend=BACKEND)
        return _arrived(request, invitation)
    return render(request, "accounts/join.html", {**context, "form": form})


def _context(request: HttpRequest, invitation: Invitation) -> dict[str, Any]:
    return {
        "invitation": invitation,
        "inviting_institution": invitation.institution,
        "cohort": invitation.cohort,
        "sign_in_url": f"{reverse('accounts:sign_in')}?{urlencode({'next': request.path})}",
    }


def _arrived(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    request.session[SESSION_KEY] = str(invitation.institution_id)
    place = invitation.cohort or invitation.institution
    messages.success(request, _("You are in %(place)s.") % {"place": place})
    return redirect("home")


def _refused(request: HttpRequest, invitation: Invitation, problem: InvitationProblem) -> HttpResponse:
    """The link is dead (410), or this person may not use it (403)."""
    status = 403 if isinstance(problem, WrongAddress | OtherRole) else 410
    context = {**_context(request, invitation), "problem": problem}
    return render(request, "cohorts/join_refused.html", context, status=status)
