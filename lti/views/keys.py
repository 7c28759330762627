"""Our own keys, for the operator of the house: every institution's platforms rely on the same ones."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lti.keys.own import STAYS
from lti.registering import rotation


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def our_keys(request: HttpRequest) -> HttpResponse:
    if not getattr(request.user, "is_staff", False):
        raise PermissionDenied
    if request.method == "POST":
        rotation.rotate(why="page")
        messages.success(request, _("A new key signs from now on."))
        return redirect("lti:our_keys")
    context = {"keys": rotation.keys(), "stays": STAYS.days, "old": rotation.OLD.days}
    return render(request, "lti/registrations/keys.html", context)
