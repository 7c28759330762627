"""What is stored about a person, what they agreed to, and how they take it with them or have it deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.contrib.auth import aget_user, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, data
from accounts.access import PersonRequest, role_required
from accounts.forms import ConsentForm, DeleteForm
from accounts.models import Membership, Purpose, Role, User
from accounts.queries import ConsentState, consent_states, memberships_of
from accounts.views.profile import SignedInRequest


@require_safe
@login_required
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/privacy.html", _context(request))


def _context(request: Any) -> dict[str, Any]:
    membership: Membership | None = request.membership or None
    if membership is None:
        return {}
    institution = membership.institution
    consents = consent_states(request.user, institution)
    practises = membership.role == Role.STUDENT or any(state.standing for state in consents)
    return {
        "practises": practises,
        "holdings": data.holdings_of(request.user, institution),
        "consents": consents,
        "left_behind": _left_behind(consents, data.kept_under(request.user, institution)),
        "elsewhere": memberships_of(request.user).exclude(pk=membership.pk),
    }


def _left_behind(consents: list[ConsentState], kept: dict[Purpose, int]) -> list[tuple[ConsentState, int]]:
    """What is still there although the person no longer agrees to the purpose: they may delete it."""
    counted = [(state, kept.get(state.wording.purpose, 0)) for state in consents if not state.standing]
    return [(state, count) for state, count in counted if count]


@require_POST
@role_required()
def consent(request: PersonRequest) -> HttpResponse:
    """Agrees to a purpose, withdraws it, or deletes what was kept under it; then back to where one was."""
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return render(request, "400.html", status=400)
    purpose = Purpose(form.cleaned_data["purpose"])
    try:
        _decide(request, purpose, form.cleaned_data["act"], form.cleaned_data["version"])
    except actions.OldWording as refused:
        messages.error(request, str(refused))
    return redirect(_back(request))


def _decide(request: PersonRequest, purpose: Purpose, act: str, version: int | None) -> None:
    user, institution = request.user, request.membership.institution
    if act == ConsentForm.GIVE:
        actions.give_consent(user=user, institution=institution, purpose=purpose, version=version)
        messages.success(request, _("Agreed: %(purpose)s.") % {"purpose": purpose.label})
    elif act == ConsentForm.WITHDRAW:
        actions.withdraw_consent(user=user, institution=institution, purpose=purpose)
        messages.success(request, _("Withdrawn, from now on: %(purpose)s.") % {"purpose": purpose.label})
    else:
        deleted = actions.delete_under_purpose(user=user, institution=institution, purpose=purpose)
        messages.success(request, _("Deleted.") if deleted else _("There was nothing to delete."))


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else "accounts:privacy"


@require_safe
async def download(request: HttpRequest) -> HttpResponseBase:
    """Everything about the person as one ZIP, streamed while it is read."""
    user = await aget_user(request)
    if not isinstance(user, User):
        return redirect_to_login(request.get_full_path())
    response = StreamingHttpResponse(_blocks(data.zip_of(user)), content_type="application/zip")
    name = f"greenroom-{timezone.localdate().isoformat()}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


async def _blocks(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    # The event loop never waits for the database or the storage.
    take = sync_to_async(lambda: next(blocks, None), thread_sensitive=True)
    while (block := await take()) is not None:
        if block:
            yield block


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete(request: SignedInRequest) -> HttpResponse:
    """The account and everything about the person, for good, after their own address was typed."""
    user = request.user
    form = DeleteForm(request.POST or None, user=user)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/privacy_delete.html", {"form": form})
    try:
        deleted = actions.erase_person(user=user, by=user)
    except actions.ActionRefused as refused:
        form.add_error(None, str(refused))
        return render(request, "accounts/privacy_delete.html", {"form": form})
    logout(request)
    practices = deleted.get("practice.PracticeSession", 0)
    messages.success(request, _gone(practices))
    return redirect("accounts:sign_in")


def _gone(practices: int) -> str:
    if not practices:
        return _("Your account and everything about you is deleted.")
    return ngettext(
        "Your account is deleted, with %(count)d practice and everything else about you.",
        "Your account is deleted, with %(count)d practices and everything else about you.",
        practices,
    ) % {"count": practices}
