"""The question whether an account that is there is the same person's."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access import PersonRequest, role_required
from accounts.models import Membership, User
from lti.frames import SESSION_KEY
from lti.frames.signing_in import begin_session
from lti.models import ResourceLink
from lti.people import joining, ways
from lti.people.links import get_link_for

APART = "apart"


class PasswordForm(forms.Form):
    """The password of the account that is there already: only its owner knows it."""

    password = forms.CharField(
        label=gettext_lazy("Password of that account"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required()
def join(request: PersonRequest) -> HttpResponse:
    """Offered after a launch whose person has the address of an account; decided once, then on to where it leads."""
    offer = joining.offer_for(request.user)
    if request.method != "POST":
        return _asked(request, offer, PasswordForm()) if offer else redirect("home")
    if offer is None:
        return _on(request, request.user, request.membership)
    if request.POST.get("act") == APART:
        joining.stay_apart(offer.identity)
        return _on(request, request.user, _standing(request.user, offer))
    return _joined(request, offer)


def _joined(request: PersonRequest, offer: joining.Offer) -> HttpResponse:
    form = PasswordForm(request.POST)
    if not form.is_valid() or not _is_owner(request, offer, form.cleaned_data["password"]):
        if form.is_valid():
            form.add_error("password", _("This is not the password of that account. Nothing was changed."))
        return _asked(request, offer, form, status=422)
    try:
        identity = joining.join(offer)
    except joining.CannotJoin:
        messages.info(request, _("Nothing was joined: this was decided in another window already."))
        return redirect("home")
    framed_by = request.session.get(SESSION_KEY)
    begin_session(request, offer.owner, identity.institution, framed_by=framed_by)
    messages.success(request, _("Your accounts are one from now on."))
    return _on(request, offer.owner, _standing(offer.owner, offer))


def _is_owner(request: HttpRequest, offer: joining.Offer, password: str) -> bool:
    """As at sign-in, with the same limit on tries."""
    found = authenticate(request, username=offer.owner.email, password=password)
    return found is not None and found.pk == offer.owner.pk


def _standing(user: User, offer: joining.Offer) -> Membership:
    rows = Membership.objects.select_related("user", "institution")
    return rows.get(user=user, institution=offer.identity.institution_id)


def _asked(
    request: PersonRequest, offer: joining.Offer, form: PasswordForm, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "address": offer.owner.email,
        "platform": offer.identity.registration.name,
        "link": request.GET.get("link", ""),
    }
    return render(request, "lti/join.html", context, status=status)


def _on(request: HttpRequest, user: User, membership: Membership) -> HttpResponse:
    """To where the launch would have led at once."""
    link = _link(request, user)
    return redirect(ways.path_of(link, membership, teaches=ways.teaches(link, membership)))


def _link(request: HttpRequest, user: User) -> ResourceLink | None:
    """The link that brought the person; None where the address names none of theirs."""
    named = request.GET.get("link", "")
    if not (named.isascii() and named.isdigit() and len(named) < 16):
        return None
    try:
        return get_link_for(user, int(named))
    except Http404:
        return None
