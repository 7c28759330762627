"""Who one is, and in which institution one is at the moment."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions
from accounts.access import PersonRequest, role_required
from accounts.forms import ProfileForm
from accounts.middleware import SESSION_KEY
from accounts.models import User
from accounts.queries import memberships_of


class SignedInRequest(HttpRequest):
    """A request of somebody who is signed in, perhaps without any institution."""

    user: User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    user = request.user
    form = ProfileForm(
        request.POST or None,
        initial={"name": user.name, "language": user.language, "time_zone": user.time_zone},
    )
    if request.method == "POST" and form.is_valid():
        actions.change_profile(user=user, **form.cleaned_data)
        with translation.override(user.language):
            messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    context = {"form": form, "memberships": memberships_of(user)}
    return render(request, "accounts/profile.html", context)


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """The footer's choice. A stranger's lies in a cookie; whoever is signed in finds it on every device."""
    wanted = request.POST.get("language", "")
    if isinstance(request.user, User) and wanted in dict(settings.LANGUAGES):
        actions.change_language(user=request.user, language=wanted)
    return i18n.set_language(request)


class ChooseForm(forms.Form):
    institution = forms.UUIDField()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose_institution(request: SignedInRequest) -> HttpResponse:
    memberships = memberships_of(request.user)
    if request.method == "POST":
        form = ChooseForm(request.POST)
        if not form.is_valid():
            raise Http404
        _choose(request, form.cleaned_data["institution"])
        return redirect("home")
    return render(request, "accounts/choose_institution.html", {"memberships": memberships})


def _choose(request: SignedInRequest, institution_id: UUID) -> None:
    if not memberships_of(request.user).filter(institution_id=institution_id).exists():
        raise Http404
    request.session[SESSION_KEY] = str(institution_id)


@require_POST
@role_required()
def leave(request: PersonRequest) -> HttpResponse:
    """Leaves the current institution."""
    membership = request.membership
    try:
        actions.leave_institution(membership=membership, by=request.user)
    except actions.ActionRefused as refused:
        messages.error(request, str(refused))
        return redirect("accounts:profile")
    request.session.pop(SESSION_KEY, None)
    messages.success(request, _("You have left %(name)s.") % {"name": membership.institution.name})
    return redirect("home")
